"""explain: one output element, each step of its arithmetic, and why two sides differ in it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Optional, Sequence, Union

from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result


@dataclasses.dataclass
class Step:
    """One step: what it is, and the exact number as decimal and binary text."""

    what: str
    decimal: str
    binary: str


@dataclasses.dataclass
class Multiplier:
    """The factor of a channel: value = mantissa * 2**(shift - bits), where it is kept in integers."""

    value: float
    mantissa: Optional[int] = None
    shift: Optional[int] = None
    bits: Optional[int] = None


@dataclasses.dataclass
class Product:
    """One product of the sum: where input and weight stand, the input's code, what it is multiplied with."""

    input: list[int]
    weight: list[int]
    code: float
    factor: float
    product: float


@dataclasses.dataclass
class Operand:
    """One operand of an op that sums up no products."""

    name: str
    index: list[int]
    code: float
    real: float


@dataclasses.dataclass
class Above:
    """An input of the op of which some elements differ already, and the op that made it."""

    name: str
    differing: int
    all: int
    op: Optional[int] = None


@dataclasses.dataclass
class Change:
    """One rule of B in the place of A's, in this order: the step, whether it is another method, the code that comes."""

    step: str
    method: bool
    code: float


@dataclasses.dataclass
class Computed:
    """The element on one side.

    code and real are of the op on A's inputs, end_to_end is the code where the side runs the whole model. rule: in words;
    rules: the profile that has it. steps: from the exact sum to the code.
    """

    profile: str
    rules: str
    rule: str
    code: float
    real: float
    end_to_end: float
    steps: list[Step] = dataclasses.field(default_factory=list)
    requantize: str = ""
    sum: Optional[int] = None
    register: Optional[int] = None
    multipliers: list[Multiplier] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(repr=False)
class Explanation(Result):
    """One output element completely. cause: the first rule of B that moves A's code towards B's; path: each that was tried."""

    op: int
    type: str
    name: str
    dtype: str
    shape: list[int]
    index: list[int]
    a: Computed
    b: Optional[Computed] = None
    input: str = ""
    weights: str = ""
    bias: Optional[int] = None
    products: list[Product] = dataclasses.field(default_factory=list)
    operands: list[Operand] = dataclasses.field(default_factory=list)
    above: list[Above] = dataclasses.field(default_factory=list)
    cause: Optional[str] = None
    path: list[Change] = dataclasses.field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether both sides give this element the same code, each on its own."""
        return self.b is None or self.a.end_to_end == self.b.end_to_end

    def rows(self) -> list[dict[str, Any]]:
        """A row for each step of each side."""
        sides = [("A", self.a)] + ([("B", self.b)] if self.b is not None else [])
        return [{"side": letter, "profile": side.profile, "step": step.what, "decimal": step.decimal, "binary": step.binary}
                for letter, side in sides for step in side.steps]

    def headline(self) -> str:
        """The result in a sentence."""
        where = f"op {self.op} {self.type}, element [{','.join(map(str, self.index))}]"
        text = f"{where}: {self.a.profile} (A) gives {self.a.code:g}"
        if self.b is not None:
            text += f", {self.b.profile} (B) gives {self.b.code:g} on A's inputs"
        return text + (f"; cause: {self.cause}" if self.cause else "")


def explain(
    model: ModelSource,
    a: Union[str, dict[str, Any]],
    b: Optional[Union[str, dict[str, Any]]] = None,
    inputs: Optional[Inputs] = None,
    *,
    layer: Optional[Union[int, str]] = None,
    index: Optional[Sequence[int]] = None,
    output: Optional[int] = None,
    sample: Optional[int] = None,
    until: Optional[Union[str, int]] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Explanation:
    """Takes one output element apart: its exact sum, each step of the arithmetic, and the step at which two sides part.

    Args:
      model: path, bytes or `Model`.
      a: whose arithmetic: a profile or its document. Recordings cannot be explained.
      b: the side to compare with.
      inputs: as of `diff`; needed.
      layer: the op: its index, or the name of its output. By default the first that differs by itself.
      index: the element, an index for each dimension. By default the first that differs.
      output: which of the op's outputs.
      sample: which sample of the inputs.
      until, on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      An `Explanation`; numbers of steps are exact and are texts.

    Raises:
      nputwin.Error: no such layer or element, no input, or a side that is a recording.

    Source: the steps are those of the profile's rule; ``a.rule`` names it and docs/arithmetic says where it is known from.
    """
    with Call("explain") as call:
        call.model(model)
        for name, side in (("a", a), ("b", b)):
            call.option(name, json.dumps(side) if isinstance(side, dict) else side)
        call.inputs(inputs).option("layer", layer).option("output", output).option("sample", sample)
        call.option("index", None if index is None else ",".join(str(int(i)) for i in index)).option("until", until)
        return call.prepared(shapes, on_cpu, threads, isa).result(Explanation, progress)
