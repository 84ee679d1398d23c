"""diff: where two sides differ, layer by layer."""

from __future__ import annotations

import dataclasses
import math
import os
import shlex
from typing import Any, Optional, Sequence, Union

from ._arrays import Shapes
from ._call import Call, Inputs, Side, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result, flat


@dataclasses.dataclass
class Where:
    """The box that all mismatches lie in: first and last index, both included."""

    rows: Optional[list[int]] = None
    columns: Optional[list[int]] = None
    channels: Optional[list[int]] = None
    text: str = ""


@dataclasses.dataclass
class Border:
    """The elements at the edge of the picture, and how many of them differ."""

    elements: int
    mismatches: int


@dataclasses.dataclass
class Stats:
    """How B differs from A in one layer. Differences are B - A, in steps of the code, or in the values' unit for numbers.

    sqnr_db, psnr_db and cosine are of real values; None: nothing differs, or it is not defined. histogram: how many
    elements differ by each number of steps. first_element: counted through all samples.
    """

    elements: int
    mismatches: int
    mismatch_percent: float
    largest: float
    bias: float
    std: float
    mae: float
    rmse: float
    sqnr_db: Optional[float] = None
    psnr_db: Optional[float] = None
    cosine: Optional[float] = None
    saturated_percent: Optional[float] = None
    trust: Optional[float] = None
    channel_mismatches: Optional[list[int]] = None
    border: Optional[Border] = None
    where: Optional[Where] = None
    histogram: Optional[dict[str, int]] = None
    shift: Optional[Any] = None
    first_element: Optional[int] = None


@dataclasses.dataclass
class Bound:
    """What the largest difference cannot exceed, in its unit; None: not known (docs/arithmetic/thresholds.md)."""

    isolated: Optional[float] = None
    accumulated_from_found_inputs: Optional[float] = None
    accumulated: Optional[float] = None
    range: Optional[float] = None


@dataclasses.dataclass
class Known:
    """How each side's rule is known: measured, evidence, source, statement, assumed; None of a recording."""

    a: Optional[str] = None
    b: Optional[str] = None


@dataclasses.dataclass
class Layer:
    """One output of one op.

    isolated: B's op on A's inputs; None between recordings. accumulated: each side on its own. causes: isolated mismatches
    by the step of the arithmetic where the sides part. step: the real value of one step of the code.
    """

    op: int
    type: str
    tensor: int
    name: str
    dtype: str
    shape: list[int]
    accumulated: Stats
    isolated: Optional[Stats] = None
    causes: dict[str, int] = dataclasses.field(default_factory=dict)
    step: Optional[float] = None
    known: Optional[Known] = None
    bound: Optional[Bound] = None
    expected_mismatches: Optional[float] = None


@dataclasses.dataclass
class Output:
    """One output of the model, and what its difference means.

    kind: values, classes, boxes, embedding or mask; known_from: what says so. verdict: same, differs, or proves nothing
    (the output stays what it is whatever goes in). agreement: in numbers, by the kind.
    """

    name: str
    op: int
    tensor: int
    kind: str
    known_from: str
    verdict: str
    figures: str
    meaning: str
    agreement: Optional[dict[str, Any]] = None
    moves_with_the_input: Optional[bool] = None


@dataclasses.dataclass
class Cause:
    """A step of the arithmetic at which the sides part, and how many elements it moves; op: that has most of them."""

    cause: str
    elements: int
    op: int
    known: str = ""


@dataclasses.dataclass
class Usual:
    """Isolated mismatches that the two rules lead to expect, and those found, in `values` values of layers."""

    expected: float
    found: int
    values: int
    is_usual: bool


@dataclasses.dataclass
class Advice:
    """What to do about a difference, and the command that does it."""

    sentence: str
    command: str


@dataclasses.dataclass(repr=False)
class Diff(Result):
    """One model as two sides, layer by layer (docs/diff.schema.json)."""

    model: str
    a: str
    b: str
    samples: int
    layers: list[Layer]
    outputs: list[Output]
    causes: list[Cause] = dataclasses.field(default_factory=list)
    advice: list[Advice] = dataclasses.field(default_factory=list)
    swapped: list[list[str]] = dataclasses.field(default_factory=list)
    usual: Optional[Usual] = None
    first: Optional[int] = None
    worst: Optional[int] = None
    sample_ranges: list[list[int]] = dataclasses.field(default_factory=list)
    model_sha256: str = ""
    command: str = ""
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    inputs: list[dict[str, str]] = dataclasses.field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether no value of any layer that was compared differs."""
        return self.first is None

    @property
    def outputs_same(self) -> bool:
        """Whether no value of the model's outputs differs."""
        return all(output.verdict != "differs" for output in self.outputs)

    @property
    def failures(self) -> list[str]:
        """The conditions of `fail_if` that hold, and what got worse than the baseline; a sentence each."""
        return [note[len("failed: "):] for note in self.notes if note.startswith("failed: ")]

    @property
    def first_layer(self) -> Optional[Layer]:
        """The first layer that differs by itself; where none is known, the first whose accumulated values differ."""
        alone = [layer for layer in self.layers if layer.isolated is not None and layer.isolated.mismatches > 0]
        return next(iter(alone + [layer for layer in self.layers if layer.op == self.first]), None)

    def place(self) -> Optional[tuple[int, int, list[int]]]:
        """The first element that differs in `first_layer`: sample, op, index. None where nothing is known to differ alone."""
        layer = self.first_layer
        element = layer.isolated.first_element if layer is not None and layer.isolated is not None else None
        if layer is None or element is None:
            return None
        sample, rest = divmod(element, max(1, math.prod(layer.shape)))
        index: list[int] = []
        for size in reversed(layer.shape):
            rest, i = divmod(rest, size)
            index.insert(0, i)
        return sample, layer.op, index

    def explain_command(self, model: Optional[str] = None, inputs: Optional[Sequence[str]] = None) -> Optional[str]:
        """The command that takes the first differing element apart: on the sides that are profiles. None where none is.

        Args:
          model: the path to write into it, where the model came from memory.
          inputs: the sources to write into it, likewise.
        """
        place, layer = self.place(), self.first_layer
        if place is None or layer is None or layer.known is None:
            return None
        profiles = [side for side, known in ((self.a, layer.known.a), (self.b, layer.known.b)) if known is not None]
        if not profiles:
            return None
        sample, op, index = place
        words = ["nputwin", "explain", model or self.model]
        for letter, profile in zip("ab", profiles):
            words += [f"--{letter}", profile]
        for source in inputs if inputs is not None else [one["source"] for one in self.inputs]:
            words += ["--input", source]
        words += ["--sample", str(sample), "--layer", str(op), "--index", ",".join(map(str, index))]
        for pattern in self.options.get("on_cpu", []):
            words += ["--on-cpu", pattern]
        for name, shape in self.options.get("shapes", {}).items():
            words += ["--shape", f"{name}={'x'.join(map(str, shape))}"]
        return " ".join(shlex.quote(word) for word in words)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each layer: what it is, its accumulated figures, and with the prefix isolated_ those by itself."""
        table = []
        for layer in self.layers:
            row = flat(layer, leave_out=["name"])
            row.update(flat(layer.accumulated, leave_out=["first_element"]))
            isolated = flat(layer.isolated) if layer.isolated is not None else {}
            row.update({f"isolated_{name}": isolated.get(name) for name in ("mismatches", "mismatch_percent", "largest", "bias")})
            row["name"] = layer.name
            table.append(row)
        return table

    def headline(self) -> str:
        """The result in a sentence."""
        outputs = "; ".join(f"{output.name}: {output.figures or output.verdict}" for output in self.outputs)
        layer = self.first_layer
        first = "no layer differs" if layer is None else f"first op {layer.op} {layer.type}"
        return f"{self.a} (A) and {self.b} (B), {self.samples} samples: {first}. {outputs}"

    def __str__(self) -> str:
        lines = [self.headline()]
        for layer in self.layers:
            alone = "-" if layer.isolated is None else f"{layer.isolated.mismatch_percent:.3f} %"
            lines.append(f"{layer.op:4} {layer.type:20} isolated {alone:>10} accumulated {layer.accumulated.mismatch_percent:8.3f} %"
                         f" largest {layer.accumulated.largest:g}  {layer.name[:60]}")
        return "\n".join(lines)


def diff(
    model: ModelSource,
    a: Side,
    b: Side,
    inputs: Optional[Inputs] = None,
    *,
    fail_if: Strings = (),
    baseline: Optional[Union[str, "os.PathLike[str]"]] = None,
    output_kind: Strings = (),
    samples: Optional[tuple[int, int]] = None,
    until: Optional[Union[str, int]] = None,
    bound: bool = False,
    mode: Optional[str] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Diff:
    """Runs a model on two sides and says, layer by layer, where they differ.

    Args:
      model: path, bytes or `Model`.
      a: the first side: a profile ("vip-v8", a variant, a placement), a profile's document as a dict, your own runtime
        ("runtime:PYTHON"), the path of tensors that a board wrote (docs/captures.md), or a dict of arrays by tensor name,
        each [samples*N, …].
      b: the second side, likewise. Differences are B - A.
      inputs: a source such as "noise:1" or "noise:1..100" (docs/inputs.md), a path, an array of the input's shape [N, …] or
        [samples*N, …]; a pair of an array and options, such as ``(array, "quantize=yes")`` or ``(array, "layout=nchw")``; a
        list of these in the order of the model's inputs; or a dict by input name. None: between two recordings.
        Contiguous arrays are read where they lie, others are copied once. Each sample is copied once for both sides,
        and once into the input of each side's model.
      fail_if: conditions, such as "output:cosine<0.999" (docs/how-to/ci.md). `failures` says which hold.
      baseline: an earlier result's file: `failures` has only what got worse.
      output_kind: what outputs are: "classes", "boxes", "embedding", "mask", "values", or "NAME=KIND".
      samples: compare only these samples, first and last, the latter excluded.
      until: the last op to run: its index, or the name of an output of it.
      bound: also what the largest differences cannot exceed.
      mode: which kernels a runtime uses: "default", "builtin" or "ref".
      on_cpu: ops that a placement's delegate must not claim.
      shapes: shapes of inputs by name, where they are not the file's.
      threads, isa: of the computation. No result depends on them.
      progress: called with the steps that are done and all of them. What it raises ends the work, as Ctrl-C does.

    Returns:
      A `Diff`. Figures of layers are in steps of the code (LSB), percent, or dB, as their names say.

    Raises:
      nputwin.Error: no such profile, file or input; what was expected and what came.
      nputwin.Incomplete: part of the model cannot run; `result` has the rest.

    Source: each layer's rule and how it is known are in ``layer.known`` and in docs/arithmetic.
    """
    with Call("diff") as call:
        call.model(model).side("a", a).side("b", b).inputs(inputs).option("fail-if", fail_if).option("baseline", baseline)
        call.option("output-kind", output_kind).option("until", until).option("bound", bound).option("mode", mode)
        call.option("samples", f"{samples[0]}:{samples[1]}" if samples is not None else None)
        found = call.prepared(shapes, on_cpu, threads, isa).result(Diff, progress)
        for name in "ab":  # a file that has gone by now
            if call.wrote(getattr(found, name)):
                setattr(found, name, "arrays")
        return found
