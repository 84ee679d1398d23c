"""characterise: which sums two profiles round differently."""

from __future__ import annotations

import dataclasses
from typing import Any, Optional, Union

from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result, flat


@dataclasses.dataclass
class ChannelSums:
    """The sums of one channel. intervals: {"code", "first", "count"}: `count` sums from `first` on get another code."""

    multiplier: float
    lowest: int
    highest: int
    differing_sums: int
    intervals: list[dict[str, int]]
    expected: Optional[float] = None
    measured: Optional[int] = None


@dataclasses.dataclass
class LayerSums:
    """One multiply-accumulate layer. reachable_share: of the sums that any input could make, the part that differs (0 to 1).

    expected and measured: elements of `elements` that differ in isolation; unknown: why nothing can be said.
    """

    op: int
    type: str
    name: str
    reachable_share: Optional[float] = None
    elements: Optional[int] = None
    expected: Optional[float] = None
    measured: Optional[int] = None
    channels: list[ChannelSums] = dataclasses.field(default_factory=list)
    unknown: str = ""


@dataclasses.dataclass(repr=False)
class Characterisation(Result):
    """Which sums two profiles round differently, layer by layer, and how often to expect it."""

    a: str
    b: str
    samples: int
    layers: list[LayerSums]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each layer."""
        return [dict(flat(layer, leave_out=["name", "unknown"]), differing_sums=sum(c.differing_sums for c in layer.channels),
                     unknown=layer.unknown, name=layer.name) for layer in self.layers]

    def headline(self) -> str:
        """The result in a sentence."""
        expected = sum(layer.expected or 0 for layer in self.layers)
        measured = sum(layer.measured or 0 for layer in self.layers)
        counts = f": {expected:.1f} isolated differences expected, {measured} measured" if self.samples else ""
        return f"{self.a} (A) and {self.b} (B), {len(self.layers)} layers, {self.samples} samples{counts}"


def characterise(
    model: ModelSource,
    a: str,
    b: str,
    inputs: Optional[Inputs] = None,
    *,
    until: Optional[Union[str, int]] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Characterisation:
    """Says which sums of each layer two profiles round differently, and how often to expect it on these inputs.

    Args:
      model: path, bytes or `Model`.
      a, b: profiles.
      inputs: as of `diff`. Without them only the sums are known, not how often they occur.
      until, on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      A `Characterisation`. Sums are exact accumulators, before they are rescaled.

    Raises:
      nputwin.Error: no such profile or input.
      nputwin.Incomplete: part of the model cannot run; `result` has the rest.

    Source: docs/arithmetic/thresholds.md: on either side the output rises with the sum, so its first sums say everything.
    """
    with Call("characterise") as call:
        call.model(model).option("a", a).option("b", b).inputs(inputs).option("until", until)
        return call.prepared(shapes, on_cpu, threads, isa).result(Characterisation, progress)
