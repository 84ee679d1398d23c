"""cut: parts of a model as models of their own."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any, Iterator, Optional, Union

from ._arrays import Shapes
from ._call import Call, result_of
from ._model import ModelSource
from ._result import Result


@dataclasses.dataclass
class PartTensor:
    """A tensor that a part takes or gives; `tensor` is its index in the whole model."""

    tensor: int
    name: str
    dtype: str
    shape: list[int]


@dataclasses.dataclass
class Part:
    """One part: its file's name, the ops of the whole model that it holds, and the .tflite itself."""

    file: str
    ops: list[int]
    inputs: list[PartTensor]
    outputs: list[PartTensor]
    model: bytes = b""


@dataclasses.dataclass(repr=False)
class Parts(Result):
    """The parts, in the order of their last op. They can be counted, indexed and gone through."""

    parts: list[Part]

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, k: int) -> Part:
        return self.parts[k]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each part."""
        return [{"file": part.file, "ops": len(part.ops), "first": min(part.ops, default=None), "last": max(part.ops, default=None),
                 "inputs": ", ".join(t.name for t in part.inputs), "outputs": ", ".join(t.name for t in part.outputs),
                 "bytes": len(part.model)} for part in self.parts]

    def headline(self) -> str:
        """The result in a sentence."""
        return f"{len(self.parts)} parts"


def cut(
    model: ModelSource,
    *,
    every_layer: bool = False,
    layers: Optional[tuple[int, int]] = None,
    layer: Optional[Union[int, str]] = None,
    output: Optional[Union[str, "os.PathLike[str]"]] = None,
    shapes: Optional[Shapes] = None,
) -> Parts:
    """Extracts parts of a model as models of their own.

    Args:
      model: path, bytes or `Model`.
      every_layer: a part for each op, from the model's inputs to there.
      layers: the ops from the first to the last, both included.
      layer: one op: its index, or the name of its output.
      output: a folder to write the parts to, too.
      shapes: shapes of inputs by name, where they are not the file's.

    Returns:
      `Parts`, each with its bytes as `model`. Tensors keep their names.

    Raises:
      nputwin.Error: not exactly one of every_layer, layers and layer; no such op.

    Source: the file format, schema/tflite.fbs; tests run each part in the real runtimes.
    """
    with Call("cut") as call:
        folder = call.folder() if output is None else os.fspath(output)
        call.model(model).option("every-layer", every_layer).option("layer", layer).option("output", folder)
        call.option("layers", None if layers is None else f"{layers[0]}:{layers[1]}")
        answer = call.prepared(shapes, ()).answer()
        document = json.loads(answer.content)
        parts = result_of(Parts, {"parts": document}, answer.notes, answer.status)
        for part in parts.parts:
            with open(part.file, "rb") as f:
                part.model = f.read()
            part.file = os.path.basename(part.file)
        return parts
