"""A model prepared to run with one profile's arithmetic."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Optional, Sequence

import numpy as np

from . import _arrays, _library
from ._context import Context, options
from ._model import Model

if TYPE_CHECKING:
    from ._arrays import AnyArray


class Twin:
    """The library's twin: inputs and outputs by their position, tensors by their index in the file."""

    def __init__(self, model: Model, profile: str, settings: Sequence[tuple[str, str]]) -> None:
        self.context = Context()
        array, count = options(list(settings))
        self._handle = self.context.make(
            "twin_new", self.context.handle, model.handle.pointer, _library.text(profile), array, count)
        self.pointer = self._handle.pointer
        self._shapes: dict[int, tuple[int, ...]] = {}  # they stay, and so do the inputs' places
        self._places: dict[int, AnyArray] = {}

    def _tensor(self, function: str, *where: int) -> _library.Tensor:
        tensor = _library.Tensor(struct_size=ctypes.sizeof(_library.Tensor))
        self.context.do(function, self.pointer, *where, ctypes.byref(tensor))
        return tensor

    def set_input(self, k: int, array: AnyArray) -> None:
        """Copies an array of the input's type and shape, once, however its values lie."""
        with self.context.lock:  # no run of another thread may read half of it
            place = self._places.get(k)
            if place is None:
                place = self._places[k] = self.input(k)[0]
            np.copyto(place, array)

    def run(self) -> None:
        self.context.do("twin_run", self.pointer)

    def reset(self) -> None:
        with self.context.alone():
            self.context.library.nputwin_twin_reset(self.pointer)

    def input(self, k: int) -> tuple[AnyArray, object]:
        """Where the next run reads input k; writable."""
        data = self.context.library.nputwin_twin_input_data(self.pointer, k)
        return _arrays.view(self._tensor("twin_input", k), self._handle, data, writable=True)

    def output(self, k: int) -> tuple[AnyArray, object]:
        tensor = self._tensor("twin_output", k)
        return _arrays.view(tensor, self._handle, tensor.data)

    def tensor(self, index: int) -> Optional[tuple[AnyArray, object]]:
        """The values of a tensor; None where there are none."""
        tensor = self._tensor("twin_tensor", index)
        return _arrays.view(tensor, self._handle, tensor.data) if tensor.data else None

    def shape(self, index: int) -> tuple[int, ...]:
        shape = self._shapes.get(index)
        if shape is None:
            shape = self._shapes[index] = _arrays.described(self._tensor("twin_tensor", index))[1]
        return shape

    def accumulators(self, op: int) -> AnyArray:
        """A copy of the sums of an op: the library overwrites its own with the next op's."""
        with self.context.alone():
            tensor = self._tensor("twin_accumulators", op)
            values = _arrays.view(tensor, self._handle, tensor.data)[0].copy()
        return values
