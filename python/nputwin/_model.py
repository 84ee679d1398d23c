"""Models: what a .tflite file holds."""

from __future__ import annotations

import os
from typing import Any, Optional, Union

from . import _library
from ._context import Context

ModelSource = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, "Model"]


class Model:
    """A .tflite file that has been read, from a path or from bytes. It does not change, and threads can share it.

    Every function of this package that takes a model takes a path, bytes, or one of these, which saves reading the file
    again.

    Args:
      source: a path, or the file's bytes (bytes, bytearray, memoryview). Bytes are copied once.
      name: what stands for the path in messages and results, where the source is bytes.

    Raises:
      nputwin.Error: there is no such file, it is no .tflite, or its structure is broken. The message says where.

    Source: the format is schema/tflite.fbs of TensorFlow Lite; indices are those of the file's main graph.
    """

    def __init__(self, source: Union[str, "os.PathLike[str]", bytes, bytearray, memoryview], name: str = "model") -> None:
        context = Context()
        self.path: Optional[str] = None
        self.content: Optional[bytes] = None
        if isinstance(source, (bytes, bytearray, memoryview)):
            self.content = bytes(source)  # no copy of bytes
            self.handle = context.make("model_from_memory", context.handle, self.content, len(self.content), _library.text(name))
        else:
            self.path = os.fspath(source)
            self.handle = context.make("model_open", context.handle, _library.text(self.path))
        self.json: dict[str, Any] = context.document("model_json", self.handle.pointer)

    @property
    def name(self) -> str:
        """The path, or the name that was given with the bytes."""
        return str(self.json["name"])

    @property
    def description(self) -> str:
        """What the file says of itself."""
        return str(self.json["description"])

    @property
    def tensors(self) -> list[dict[str, Any]]:
        """Each tensor: index, name, type, shape, scale, zero_point, axis, constant, variable."""
        return list(self.json["tensors"])

    @property
    def ops(self) -> list[dict[str, Any]]:
        """Each op: index, op (its type), custom, and the indices of its inputs (-1: left out) and outputs."""
        return list(self.json["ops"])

    @property
    def inputs(self) -> list[int]:
        """The indices of the tensors that the model takes."""
        return list(self.json["inputs"])

    @property
    def outputs(self) -> list[int]:
        """The indices of the tensors that the model gives."""
        return list(self.json["outputs"])

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        if self.content is not None:
            return self.content
        assert self.path is not None
        with open(self.path, "rb") as f:
            return f.read()

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes the file's bytes to a path."""
        content = self.to_bytes()
        with open(path, "wb") as f:
            f.write(content)

    def __repr__(self) -> str:
        return f"<nputwin.Model {self.name!r}: {len(self.json['ops'])} ops>"


def model_of(source: ModelSource) -> Model:
    """The model itself, or read from what was given."""
    return source if isinstance(source, Model) else Model(source)
