"""prove: whether profiles compute each op alike, for all inputs."""

from __future__ import annotations

import dataclasses
import os
from typing import Any, Optional, Union

from ._arrays import Shapes
from ._call import Call, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result, flat


@dataclasses.dataclass
class Example:
    """One argument at which the sides give other values: an exact sum, a code, or a pair of codes (`second`)."""

    element: int
    argument: int
    second: int
    a: float
    b: float


@dataclasses.dataclass
class ProvenOp:
    """The verdict on one op: equal (for all inputs), differs (an input is known), open (neither is shown).

    by: what the op is a function of. differing of `arguments` arguments tell the sides apart; at_most: some of these may
    not be possible. largest: the largest distance, in steps of the output's code. confidence: how each side's rule is known.
    """

    op: int
    type: str
    name: str
    verdict: str
    by: str
    arguments: int
    differing: int
    at_most: bool
    largest: float
    confidence_a: str
    confidence_b: str
    why: str = ""
    example: Optional[Example] = None


@dataclasses.dataclass
class OpenParameter:
    """The proof repeated with another value of a parameter that evidence leaves open; equal: the ops that then are."""

    profile: str
    parameter: str
    value: str
    equal: list[int] = dataclasses.field(default_factory=list)
    error: str = ""


@dataclasses.dataclass
class ProvenPair:
    """Two profiles. whole: every op was looked at."""

    a: str
    b: str
    equal: bool
    whole: bool
    stopped: bool
    ops_equal: int
    ops_differing: int
    ops_open: int
    ops: list[ProvenOp]
    open: list[OpenParameter] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(repr=False)
class Proof(Result):
    """Whether profiles compute a model alike for all inputs, op by op. Each is compared with the first."""

    equal: bool
    pairs: list[ProvenPair]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each op of each pair."""
        return [dict(a=pair.a, b=pair.b, **flat(op)) for pair in self.pairs for op in pair.ops]

    def headline(self) -> str:
        """The result in a sentence."""
        return "; ".join(f"{pair.a} and {pair.b}: {pair.ops_equal} of {len(pair.ops)} ops equal for all inputs, "
                         f"{pair.ops_differing} differ, {pair.ops_open} open" for pair in self.pairs)


def prove(
    model: ModelSource,
    for_: Strings,
    *,
    open: bool = False,
    certificate: Optional[Union[str, "os.PathLike[str]"]] = None,
    until: Optional[Union[str, int]] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Proof:
    """Proves of every op whether profiles compute it alike, for all inputs that it can get. No input is needed.

    Args:
      model: path, bytes or `Model`.
      for_: two or more profiles, as a list or with commas between.
      open: also repeat the proof for every value of the parameters that evidence leaves open.
      certificate: a file to write what was proven to, which tools/check_certificate.py checks without our code.
      until, on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      A `Proof`. `equal` is True where every op is equal, and so the whole model.

    Raises:
      nputwin.Error: fewer than two profiles, or one that is not known.
      nputwin.Incomplete: part of the model cannot run; `result` has the rest.

    Source: docs/arithmetic/thresholds.md says why counts of sums are enough.
    """
    with Call("prove") as call:
        call.model(model).option("for", for_).option("open", open).option("certificate", certificate).option("until", until)
        return call.prepared(shapes, on_cpu, threads, isa).result(Proof, progress)
