"""JSON to dataclasses, by the types of their fields."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, Callable, Mapping, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def record(kind: type[T], document: Mapping[str, Any]) -> T:
    """A dataclass from a JSON object. What the object lacks has the field's default; what no field is for is left out."""
    return kind(**{name: make(document[key]) for name, key, make in _fields(cast(Any, kind)) if key in document})


@functools.lru_cache(maxsize=None)
def _fields(kind: type[Any]) -> list[tuple[str, str, Callable[[Any], Any]]]:
    """Each field: its name, its key in JSON (the same, unless its metadata has another), what makes its value."""
    hints = get_type_hints(kind)
    return [(field.name, field.metadata.get("json", field.name), _maker(hints[field.name])) for field in dataclasses.fields(kind)]


def _maker(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return lambda value: record(hint, value)  # type: ignore[arg-type]
    if origin is Union:  # Optional
        inner = _maker(arguments[0])
        return lambda value: None if value is None else inner(value)
    if origin is list:
        inner = _maker(arguments[0])
        return (lambda value: value) if inner is _same else lambda value: [inner(one) for one in value]
    if origin is tuple:
        return tuple
    if hint is float:
        return float
    return _same


def _same(value: Any) -> Any:
    return value
