"""run: a model's outputs with one profile's arithmetic."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np

from . import _library
from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._errors import Incomplete
from ._model import ModelSource

if TYPE_CHECKING:
    from ._arrays import AnyArray


def run(
    model: ModelSource,
    profile: str,
    inputs: Inputs,
    *,
    all: bool = False,
    until: Optional[Union[str, int]] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> dict[str, AnyArray]:
    """Runs a model with one profile's arithmetic on all samples of the inputs.

    Args:
      model: path, bytes or `Model`.
      profile: whose arithmetic.
      inputs: as of `diff`.
      all: every op's output, not only the model's.
      until, on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      An array for each output by its name; samples are stacked along the first dimension: [samples*N, …]. Values are codes;
      `Interpreter.get_output_details` has their scales.

    Raises:
      nputwin.Error: no such profile or input; the outputs are not finite where they must be.
      nputwin.Incomplete: part of the model cannot run; `result` has what could.

    Source: the profile's rules, ``nputwin profiles show NAME``.
    """
    with Call("run") as call:
        path = os.path.join(call.folder(), "outputs.npz")
        call.model(model).option("profile", profile).inputs(inputs).option("all", all).option("until", until).option("output", path)
        call.option("format", "text").option("top", 1)  # all values as JSON would be many times the outputs
        answer = call.prepared(shapes, on_cpu, threads, isa).answer(progress)
        with np.load(path) as stored:
            outputs: dict[str, Any] = {name: stored[name] for name in stored.files}
    if answer.status == _library.FAILED:
        raise Incomplete(answer.error, outputs)
    return outputs
