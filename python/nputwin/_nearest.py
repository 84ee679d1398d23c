"""nearest: which CPU build comes nearest to a chip."""

from __future__ import annotations

import dataclasses
from typing import Any, Optional

from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result


@dataclasses.dataclass
class Distance:
    """How far one output of the model is from the chip's. largest: in steps of the code; sqnr_db None: nothing differs."""

    name: str
    elements: int
    mismatches: int
    largest: float
    sqnr_db: Optional[float] = None


@dataclasses.dataclass
class Isolated:
    """Values of layers that differ where an op gets the chip's own inputs."""

    mismatches: int
    elements: int


@dataclasses.dataclass
class Build:
    """CPU builds that give the same codes, and how far they are from the chip."""

    profiles: list[str]
    isolated: Isolated
    outputs: list[Distance]


@dataclasses.dataclass
class OnCpu:
    """Ops that on the CPU make the outputs keep the limit `until`, with the share of products that moves."""

    until: str
    cpu: str
    ops: list[int]
    differing_ops: list[int]
    multiply_accumulates: int
    moved_multiply_accumulates: int
    spread: bool
    stopped: bool
    before: list[Distance]
    outputs: list[Distance]
    command: str = ""


@dataclasses.dataclass
class Refusal:
    """A profile that cannot run the model, and why."""

    profile: str
    why: str


@dataclasses.dataclass(repr=False)
class Nearest(Result):
    """CPU builds by their distance from a chip, the nearest first."""

    to: str
    samples: int
    any_near: bool
    builds: list[Build]
    refused: list[Refusal] = dataclasses.field(default_factory=list)
    on_cpu: Optional[OnCpu] = None

    def rows(self) -> list[dict[str, Any]]:
        """A row for each output of each group of builds."""
        return [{"profiles": ", ".join(build.profiles), "isolated_mismatches": build.isolated.mismatches,
                 "isolated_elements": build.isolated.elements, "output": output.name, "elements": output.elements,
                 "mismatches": output.mismatches, "largest": output.largest, "sqnr_db": output.sqnr_db}
                for build in self.builds for output in build.outputs]

    def headline(self) -> str:
        """The result in a sentence."""
        if not self.builds:
            return f"no build can be compared with {self.to}"
        near = "" if self.any_near else " (none is near: another set of inputs would give another order)"
        return f"nearest to {self.to} on {self.samples} samples: {', '.join(self.builds[0].profiles)}{near}"


def nearest(
    model: ModelSource,
    to: str,
    inputs: Inputs,
    *,
    among: Strings = (),
    on_cpu_until: Optional[str] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Nearest:
    """Ranks CPU builds by how near their outputs come to a chip's.

    Args:
      model: path, bytes or `Model`.
      to: the chip's profile.
      inputs: as of `diff`.
      among: the builds to rank; by default all CPU runtimes that are built in.
      on_cpu_until: also search few ops whose move to the nearest build makes the outputs keep this: "mismatch<=1%".
      on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      A `Nearest`. `any_near` is False where the best and the worst lie within 6 dB.

    Raises:
      nputwin.Error: no such profile or input; a limit that equal outputs do not keep.

    Source: docs/how-to/are_my_two_sides_equal.md.
    """
    with Call("nearest") as call:
        call.model(model).option("to", to).inputs(inputs).option("among", among).option("on-cpu-until", on_cpu_until)
        return call.prepared(shapes, on_cpu, threads, isa).result(Nearest, progress)
