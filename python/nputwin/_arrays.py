"""NumPy arrays to and from the structs of the library, without copies."""

from __future__ import annotations

import ctypes
import functools
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

import numpy as np

from . import _library

if TYPE_CHECKING:
    import numpy.typing as npt

    AnyArray = npt.NDArray[Any]

Shapes = Mapping[str, Sequence[int]]


class Lent:
    """An array that the library reads during a call: its own memory, unless that is strided or big-endian."""

    def __init__(self, values: Any) -> None:
        array = np.asarray(values)
        self.array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
        self._type = _library.text(self.array.dtype.name)
        self._shape = (ctypes.c_int64 * self.array.ndim)(*self.array.shape)
        self.struct = _library.Array(
            ctypes.sizeof(_library.Array), self.array.ctypes.data, self.array.nbytes, self._type, self._shape, self.array.ndim)


class _Memory:
    """Memory of the library as NumPy sees it. It keeps the memory's owner; arrays on it, and their slices, keep it."""

    def __init__(self, owner: object, interface: dict[str, Any]) -> None:
        self.owner = owner
        self.__array_interface__ = interface


@functools.lru_cache(maxsize=None)
def _dtype(name: bytes) -> np.dtype[Any]:
    return np.dtype(name.decode())


def described(tensor: _library.Tensor) -> tuple[np.dtype[Any], tuple[int, ...]]:
    return _dtype(tensor.type), tuple(tensor.shape[:tensor.dimensions])


def view(tensor: _library.Tensor, owner: object, data: Optional[int], writable: bool = False) -> tuple[AnyArray, _Memory]:
    """The tensor's values where the library has them, and what lives as long as an array on them does."""
    dtype, shape = described(tensor)
    if 0 in shape:  # has no memory
        memory = _Memory(owner, np.zeros(shape, dtype).__array_interface__)
    else:
        memory = _Memory(owner, {"version": 3, "typestr": dtype.str, "shape": shape, "data": (data, not writable)})
    return np.asarray(memory), memory


def shape_options(shapes: Optional[Shapes], on_cpu: Union[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The options of the tool that say which shapes the inputs have, and what a delegate must not claim."""
    pairs = [("shape", f"{name}={'x'.join(str(int(d)) for d in shape)}") for name, shape in (shapes or {}).items()]
    return pairs + [("on-cpu", str(pattern)) for pattern in ([on_cpu] if isinstance(on_cpu, str) else on_cpu)]
