"""Assertions for tests, with or without pytest."""

from __future__ import annotations

import numbers
import os
import tempfile
import warnings
from typing import Optional, Sequence, Union

import numpy as np

from ._arrays import Shapes
from ._call import Inputs, Side, Strings, named, parted
from ._diff import Diff, diff
from ._model import Model, ModelSource

__all__ = ["assert_same"]


def assert_same(
    model: ModelSource,
    a: Side,
    b: Side,
    inputs: Optional[Inputs] = None,
    tolerance: Union[float, str, Sequence[str]] = 0,
    *,
    scope: str = "outputs",
    mode: Optional[str] = None,
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
) -> Diff:
    """Asserts that a model gives the same on two sides. A failure shows the first layer that differs, and how to explain it.

    Args:
      model, a, b, inputs, mode, on_cpu, shapes, threads: as of `nputwin.diff`.
      tolerance: the largest difference that is accepted, in steps of the code (in the values' unit for float outputs);
        or conditions under which to fail, such as "output:cosine<0.999" (docs/how-to/ci.md).
      scope: "outputs": the model's outputs; "layers": every layer.

    Returns:
      The `Diff`, for further assertions.

    Raises:
      AssertionError: the sides differ by more. Where model or inputs came from memory, they are written to a folder that
        the message names, for the command that it ends with.
      nputwin.Error: no such model, side or input.

    Warns:
      UserWarning: an output stays what it is whatever goes in, so that nothing is proven.

    Source: as of `nputwin.diff`.
    """
    __tracebackhide__ = True
    if scope not in ("outputs", "layers"):
        raise ValueError(f"scope={scope!r}: expected 'outputs' or 'layers'")
    if isinstance(tolerance, (float, numbers.Number)):
        conditions: Strings = f"{'output:' if scope == 'outputs' else ''}largest>{tolerance}"
    else:
        conditions = tolerance
    found = diff(model, a, b, inputs, fail_if=conditions, mode=mode, on_cpu=on_cpu, shapes=shapes, threads=threads)
    for output in found.outputs:
        if output.verdict == "proves nothing":
            warnings.warn(f"output {output.name!r} stays what it is whatever goes in: that it is the same proves nothing", stacklevel=2)
    if found.status != 0:
        raise AssertionError(failure(found, model, inputs))
    return found


def failure(found: Diff, model: ModelSource, inputs: Optional[Inputs]) -> str:
    """What a failed assertion says."""
    lines = [f"{found.a} (A) and {found.b} (B) differ on {found.samples} samples of {found.model}"]
    lines += found.failures
    layer = found.first_layer
    if layer is not None:
        stats = layer.isolated or layer.accumulated
        kind = "by itself" if layer.isolated is not None else "accumulated"
        lines.append(f"first layer: op {layer.op} {layer.type} {layer.name!r}")
        lines.append(f"  {kind} {stats.mismatches} of {stats.elements} elements differ ({stats.mismatch_percent:.3f} %), by at most "
                     f"{stats.largest:g}; accumulated {layer.accumulated.mismatches}")
        if layer.causes:
            lines.append("  causes: " + ", ".join(f"{cause} {count}" for cause, count in layer.causes.items()))
    lines += [f"output {output.name!r}: {output.figures}" for output in found.outputs]
    lines += [f"advice: {advice.sentence}" for advice in found.advice]
    command = kept_command(found, model, inputs)
    if command is not None:
        lines += ["explain it with:", "  " + command]
    return "\n".join(lines)


def kept_command(found: Diff, model: ModelSource, inputs: Optional[Inputs]) -> Optional[str]:
    """The explain command, with what came from memory written to files."""
    if found.explain_command() is None:
        return None
    folder = ""

    def kept(name: str) -> str:
        nonlocal folder
        folder = folder or tempfile.mkdtemp(prefix="nputwin-failure-")
        return os.path.join(folder, name)

    path: Optional[str] = None
    if isinstance(model, (bytes, bytearray, memoryview, Model)):
        path = kept("model.tflite")
        (model if isinstance(model, Model) else Model(model)).save(path)
    sources: list[str] = []
    for target, source in named(inputs):
        if not isinstance(source, (str, os.PathLike)):
            array, options = parted(source)
            file = kept(f"input{len(sources)}.npy")
            np.save(file, np.asarray(array))
            source = file + options
        sources.append(target + os.fspath(source))
    return found.explain_command(path, sources)
