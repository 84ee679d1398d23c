"""compare: two sides, sample by sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _arrays, _library
from ._arrays import Lent, Shapes
from ._call import Strings, result_of
from ._context import Context, Handle, options
from ._diff import Diff, Layer, Output
from ._errors import Error
from ._model import Model, ModelSource, model_of

if TYPE_CHECKING:
    from ._arrays import AnyArray


class Pair(NamedTuple):
    """An op's output on both sides; `tensor` is its index in the file. The arrays lie in the library's memory: copy what is to outlive the callback."""

    tensor: int
    name: str
    a: Any
    b: Any


class Comparison:
    """Two sides that are compared sample by sample, as `diff` does it at once. One thread at a time may use it.

    Args:
      model: path, bytes or `Model`.
      a, b: sides, as `diff` takes them as text.
      on_cpu, shapes, threads, isa: as of `diff`.

    Raises:
      nputwin.Error: no such side.

    Source: as of `diff`.
    """

    def __init__(self, model: ModelSource, a: str, b: str, *, on_cpu: Strings = (), shapes: Optional[Shapes] = None,
                 threads: int = 1, isa: Optional[str] = None) -> None:
        self._model: Model = model_of(model)
        self._sides = {"a": a, "b": b}
        self._context = Context()
        array, count = options([("threads", str(threads)), ("isa", isa or "auto"), *_arrays.shape_options(shapes, on_cpu)])
        self._handle = self._context.make(
            "comparison_new", self._context.handle, self._model.handle.pointer, _library.text(a), _library.text(b), array, count)
        self._watch: Any = None
        self._samples = 0

    def add(self, sample: Union[AnyArray, Sequence[AnyArray], Mapping[str, AnyArray]]) -> None:
        """Runs one sample on both sides. It is copied once for both, and once into the input of each side's model.

        Args:
          sample: an array of the input's type and shape; of several inputs a list in their order, or a dict by name.

        Raises:
          nputwin.Error: another type or shape than the input's.
        """
        if isinstance(sample, Mapping):
            names = [self._model.tensors[index]["name"] for index in self._model.inputs]
            if set(names) != set(sample):
                raise Error(f"expected an array for each of {', '.join(names)}; got {', '.join(map(str, sample))}")
            sample = [sample[name] for name in names]
        lent = [Lent(values) for values in (sample if isinstance(sample, (list, tuple)) else [sample])]
        arrays = (_library.Array * len(lent))(*[one.struct for one in lent])
        with self._context.interruptible():
            self._context.do("comparison_add", self._handle.pointer, arrays, len(lent))
        self._samples += 1

    def watch(self, function: Optional[Callable[[Pair], object]]) -> None:
        """Has `function` called with each op's output on both sides, while a sample runs; None ends that.

        What it raises is raised by `add`.
        """
        watch = _library.PAIR() if function is None else _shown_to(function, self._handle)
        self._context.do("comparison_watch", self._handle.pointer, watch, None)
        self._watch = watch  # kept: the library calls it

    def result(self) -> Diff:
        """The samples so far, as a `Diff` without the provenance of inputs.

        Raises:
          nputwin.Error: no sample was added, or one failed in the middle.
        """
        found = self._context.document("comparison_json", self._handle.pointer)
        document = {"model": self._model.name, **self._sides, "samples": self._samples, **found}
        diff = result_of(Diff, document, list(self._context.notes), _library.OK)
        diff.status = _library.OK if diff.same else _library.DIFFERS
        diff.outputs = diff.outputs or [_output(layer) for layer in diff.layers if layer.tensor in self._model.outputs]
        return diff


def _shown_to(function: Callable[[Pair], object], handle: Handle) -> Any:
    """What the library calls with each pair. It does not hold the comparison, which holds it."""
    listener = handle.context.listener

    def shown(_user: Any, a: Any, b: Any) -> None:
        try:
            of_a, of_b = a.contents, b.contents
            function(Pair(int(of_a.index), of_a.name.decode(errors="replace"),
                          _arrays.view(of_a, handle, of_a.data)[0], _arrays.view(of_b, handle, of_b.data)[0]))
        except BaseException as e:  # must not pass through the library
            listener.raised = e
    return _library.PAIR(shown)


def _output(layer: Layer) -> Output:
    """A layer as an output of the model, of which no more is known than values."""
    stats = layer.accumulated
    differs = stats.mismatches > 0
    figures = f"{stats.mismatches} of {stats.elements} values differ, by at most {stats.largest:g}" if differs else ""
    return Output(layer.name, layer.op, layer.tensor, "values", "", "differs" if differs else "same", figures, "")


def compare(model: ModelSource, a: str, b: str, *, on_cpu: Strings = (), shapes: Optional[Shapes] = None, threads: int = 1,
            isa: Optional[str] = None) -> Comparison:
    """A `Comparison` of two sides, to which samples are added one by one, as a camera or a data loader gives them.

    Args:
      model, a, b, on_cpu, shapes, threads, isa: as of `Comparison`.

    Returns:
      A `Comparison`.

    Raises:
      nputwin.Error: no such side.

    Source: as of `diff`.
    """
    return Comparison(model, a, b, on_cpu=on_cpu, shapes=shapes, threads=threads, isa=isa)
