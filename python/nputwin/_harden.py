"""harden: a model on which CPU and NPU give the same bytes."""

from __future__ import annotations

import dataclasses
import os
from typing import Any, Optional, Sequence, Union, cast

from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._errors import Error
from ._model import ModelSource
from ._result import Result


@dataclasses.dataclass
class UnequalOp:
    """An op that is not proven equal; `differing` of `of` arguments tell the sides apart."""

    op: int
    type: str
    verdict: str
    differing: int
    of: int


@dataclasses.dataclass
class Counts:
    """How many ops there are, how many are equal for all inputs, and which are not."""

    ops: int
    equal: int
    unequal: list[UnequalOp]


@dataclasses.dataclass
class HardenedPair:
    """Two profiles, before and after."""

    a: str
    b: str
    before: Counts
    after: Counts


@dataclasses.dataclass
class LeftOp:
    """An op that is left different: between which sides, why, and the pattern of `on_cpu` that avoids it."""

    op: int
    type: str
    name: str
    sides: list[str]
    why: str
    differing: int
    of: int
    by: str
    largest: float
    bound: Optional[float] = None
    on_cpu: Any = None


@dataclasses.dataclass
class LayerChange:
    """What became of a layer's channels, by way; gain: the most that a channel now counts more or less (0.01: 1 %)."""

    op: int
    type: str
    channels: dict[str, int]
    gain_median: float
    gain_most: float
    open_rules: int = 0
    given_up: Any = ""
    why: str = ""


@dataclasses.dataclass
class OutputPrice:
    """What an output of the model loses, in dB of SQNR beside the network in numbers; control: the file as it was on the
    other device. to_file_db: SQNR beside the file as it was. same_top: the share of samples (0 to 1) whose largest value
    stays where it is."""

    name: str
    sqnr_before_db: Optional[float] = None
    sqnr_after_db: Optional[float] = None
    loss_db: Optional[float] = None
    control_loss_db: Optional[float] = None
    to_file_db: Optional[float] = None
    control_to_file_db: Optional[float] = None
    cosine: Optional[float] = None
    control_cosine: Optional[float] = None
    same_top: Optional[float] = None
    control_same_top: Optional[float] = None


@dataclasses.dataclass
class Price:
    """The price, measured on `samples` samples; of_noise: no inputs were given. Losses are in dB."""

    samples: int
    of_noise: bool
    reference: str
    control: str
    tensors: int
    no_numbers: str = ""
    median_loss_db: Optional[float] = None
    median_control_loss_db: Optional[float] = None
    templates: Optional[dict[str, Any]] = None
    outputs: list[OutputPrice] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class HardenedModel:
    """One file. `model`: its bytes; written: where the tool wrote them, "" where nothing was written."""

    path: str = dataclasses.field(metadata={"json": "model"})
    written: str
    profiles: list[str]
    equal: bool
    proofs: list[HardenedPair]
    left: list[LeftOp]
    layers: list[LayerChange]
    price: Optional[Price] = None
    model: bytes = dataclasses.field(default=b"", metadata={"json": "content"})  # not of the document


@dataclasses.dataclass(repr=False)
class Hardened(Result):
    """Models on which the profiles give the same bytes, as far as they can. equal: every op of every model is proven equal."""

    equal: bool
    models: list[HardenedModel]

    @property
    def model(self) -> bytes:
        """The hardened .tflite.

        Raises:
          nputwin.Error: there are several, in `models`.
        """
        if len(self.models) != 1:
            raise Error(f"{len(self.models)} models were hardened: each is in models")
        return self.models[0].model

    @property
    def price(self) -> Optional[Price]:
        """The price of the first model."""
        return self.models[0].price

    def rows(self) -> list[dict[str, Any]]:
        """A row for each pair of profiles of each model."""
        return [{"model": model.path, "a": pair.a, "b": pair.b, "ops": pair.after.ops, "equal_before": pair.before.equal,
                 "equal_after": pair.after.equal} for model in self.models for pair in model.proofs]

    def headline(self) -> str:
        """The result in a sentence."""
        left = sum(len(model.left) for model in self.models)
        price = self.price
        loss = "" if price is None or price.median_loss_db is None else f"; the median tensor loses {price.median_loss_db:.2f} dB"
        return ("every op is equal on all of these profiles, for all inputs" if self.equal else f"{left} ops are left different") + loss


def harden(
    model: Union[ModelSource, Sequence[ModelSource]],
    for_: Strings,
    inputs: Optional[Inputs] = None,
    *,
    output: Optional[Union[str, "os.PathLike[str]"]] = None,
    max_loss_db: Optional[float] = None,
    change_io: bool = False,
    float_weights: Optional[Union[str, "os.PathLike[str]"]] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Hardened:
    """Writes a model on which profiles give the same bytes: it moves scales so that no sum that can be made is a tie.

    Args:
      model: path, bytes or `Model`; a list of several that run one behind the other.
      for_: two or more profiles, or a set of them such as "imx8mp" or "all-free"; a list, or with commas between.
      inputs: calibration, as of `diff`: biases take up the mean of what rounding changes, and the price is measured.
      output: where to write it, too; of several models a folder.
      max_loss_db: the most that the median of all tensors may lose of its SQNR, in dB. Where it would lose more, this raises.
      change_io: inputs and outputs of the model may get other scales, too.
      float_weights: the weights before they were quantized: a float .tflite, or an .npz by tensor names.
      on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      A `Hardened`: `model` has the bytes, `equal` says whether every op is proven equal, `price` what it costs.

    Raises:
      nputwin.Error: fewer than two profiles; a model that cannot be written; more loss than max_loss_db.

    Source: docs/how-to/make_cpu_and_npu_agree.md; the result is proven as by `prove`.
    """
    with Call("harden") as call:
        several = isinstance(model, (list, tuple))
        for one in cast("Sequence[ModelSource]", model) if several else [cast(ModelSource, model)]:
            call.model(one)
        path = os.fspath(output) if output is not None else os.path.join(call.folder(), "hardened" if several else "hardened.tflite")
        call.option("output", path).option("for", for_).inputs(inputs).option("max-loss-db", max_loss_db)
        call.option("change-io", change_io).option("float-weights", float_weights)
        hardened = call.prepared(shapes, on_cpu, threads, isa).result(Hardened, progress)
        for made in hardened.models:
            if made.written:
                with open(made.written, "rb") as f:
                    made.model = f.read()
            if output is None:
                made.written = ""
        return hardened
