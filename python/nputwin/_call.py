"""One call of a verb: its words, and what they refer to in memory or in a folder that goes away."""

from __future__ import annotations

import ctypes
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Sequence, TypeVar, Union

import numpy as np

from . import _library
from ._arrays import Lent, Shapes, shape_options
from ._context import Context, Progress
from ._errors import Error, Incomplete
from ._model import Model, ModelSource, model_of
from ._records import record
from ._result import Result

if TYPE_CHECKING:
    import numpy.typing as npt

Input = Union[str, "os.PathLike[str]", "npt.NDArray[Any]"]
Inputs = Union[Input, Sequence[Input], Mapping[str, Input]]
Side = Union[str, "os.PathLike[str]", Mapping[str, Any]]
Strings = Union[str, Sequence[str]]
R = TypeVar("R", bound=Result)


class Answer:
    """What a verb gave: the exit code that the tool would have, what it would print, and what it tells beside that."""

    def __init__(self, status: int, content: bytes, notes: list[str], error: str) -> None:
        self.status = status
        self.content = content
        self.notes = notes
        self.error = error

    @property
    def text(self) -> str:
        """What the tool would print: JSON, where the verb has that."""
        return self.content.decode()

    def __repr__(self) -> str:
        return f"<nputwin.Answer: exit code {self.status}, {len(self.content)} bytes>"


class Call:
    """Collects the words of one call. Arrays and models stand in it as ``memory:NAME``: their memory is lent."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self._sources: list[ModelSource] = []
        self._models: dict[str, Model] = {}
        self._arrays: dict[str, Lent] = {}
        self._folder: Optional[tempfile.TemporaryDirectory[str]] = None

    def folder(self) -> str:
        """A folder that goes away with this call."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="nputwin-")
        return self._folder.name

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def model(self, source: ModelSource) -> Call:
        if isinstance(source, (bytes, bytearray, memoryview, Model)):
            name = f"model{len(self._models) or ''}"
            source = self._models[name] = source if isinstance(source, Model) else Model(source, name)
            self.words.append(f"memory:{name}")
        else:
            self.words.append(path_word(source))
        self._sources.append(source)
        return self

    def _check_names(self, names: Iterable[str]) -> None:
        # The library looks for misspelt names in sources that it reads itself, and not beside memory.
        models = [model_of(source) for source in self._sources]
        known = [str(model.tensors[index]["name"]) for model in models for index in model.inputs]
        for name in names:
            if name not in known:
                raise Error(f"{models[0].name}: the model has no input '{name}'; its inputs: {', '.join(map(repr, known))}")

    def option(self, name: str, value: Any) -> Call:
        """An option: left out (None, False), given alone (True), once, or once for each of a sequence."""
        if value is None or value is False:
            return self
        if value is True:
            self.words.append(f"--{name}")
            return self
        for one in [value] if isinstance(value, (str, int, float, os.PathLike)) else value:
            self.words.append(f"--{name}={os.fspath(one) if isinstance(one, os.PathLike) else one}")
        return self

    def prepared(self, shapes: Optional[Shapes], on_cpu: Strings, threads: Optional[int] = None, isa: Optional[str] = None) -> Call:
        for name, value in shape_options(shapes, on_cpu):
            self.option(name, value)
        return self.option("threads", threads).option("isa", isa)

    def inputs(self, inputs: Optional[Inputs]) -> Call:
        if inputs is None:
            return self
        if isinstance(inputs, Mapping):
            self._check_names(inputs)
            for name, source in inputs.items():
                self.option("input", f"{name}={self._source(source)}")
        elif isinstance(inputs, (list, tuple)):
            for source in inputs:
                self.option("input", self._source(source))
        else:
            self.option("input", self._source(inputs))
        return self

    def _source(self, source: Any) -> str:
        if isinstance(source, (str, os.PathLike)):
            return os.fspath(source)
        if not hasattr(source, "__array__"):
            raise TypeError(f"an input is a source such as 'noise:1', a path or an array, not {type(source).__name__}; "
                            "several inputs are a list or a dict of these")
        return f"memory:{self._lend(source)}"

    def _lend(self, array: Any) -> str:
        name = f"in{len(self._arrays)}"
        self._arrays[name] = Lent(array)
        return name

    def side(self, name: str, side: Side) -> Call:
        """A profile, the path of a capture or a document, a document as a dict, or a dict of arrays by tensor name."""
        if not isinstance(side, Mapping):
            return self.option(name, os.fspath(side))
        if not all(hasattr(values, "__array__") for values in side.values()):
            return self.option(name, json.dumps(side))
        path = os.path.join(self.folder(), f"{name}.npz")
        arrays: dict[str, Any] = {str(tensor): np.asarray(values) for tensor, values in side.items()}
        np.savez(path, **arrays)
        return self.option(name, path)

    def answer(self, progress: Optional[Progress] = None) -> Answer:
        """Does it.

        Raises:
          nputwin.Error: there is no result.
        """
        context = Context(progress)
        words = (ctypes.c_char_p * len(self.words))(*[os.fsencode(word) for word in self.words])
        count = len(self._models) + len(self._arrays)
        attachments = (_library.Attachment * count)(
            *[_library.Attachment(ctypes.sizeof(_library.Attachment), name.encode(), model.handle.pointer, None)
              for name, model in self._models.items()],
            *[_library.Attachment(ctypes.sizeof(_library.Attachment), name.encode(), None, ctypes.pointer(lent.struct))
              for name, lent in self._arrays.items()])
        made = ctypes.c_void_p()
        try:
            with context.interruptible():
                status = context.call("call", context.handle, words, len(self.words), attachments, count, ctypes.byref(made))
            if not made:
                raise Error(context.error())
            size = ctypes.c_size_t()
            text = context.library.nputwin_answer_text(made, ctypes.byref(size))
            notes = list(context.notes)
            # Each note says something of what is missing.
            error = "\n".join(notes or [context.error()]) if status == _library.FAILED else ""
            return Answer(status, ctypes.string_at(text, size.value), notes, error)
        finally:
            context.library.nputwin_answer_free(made)

    def result(self, kind: type[R], progress: Optional[Progress] = None, *, partial: bool = False) -> R:
        """Does it and gives the JSON answer as a `kind`. `partial`: a result of which a part is missing is one, too.

        Raises:
          nputwin.Error: there is no result.
          nputwin.Incomplete: part of the model cannot run, and not `partial`.
        """
        answer = self.answer(progress)
        made = result_of(kind, json.loads(answer.content), answer.notes, answer.status)
        if answer.status == _library.FAILED and not partial:
            raise Incomplete(answer.error, made)
        return made


def result_of(kind: type[R], document: Any, notes: list[str], status: int) -> R:
    """The JSON document as a `kind`."""
    made = record(kind, document)
    made.json = document
    made.notes = notes
    made.status = status
    return made


def path_word(path: Union[str, "os.PathLike[str]"]) -> str:
    """A path as a word of the command line, where a dash in front would make it an option."""
    text = os.fspath(path)
    return os.path.join(".", text) if text.startswith("-") else text


def call(*words: Any, progress: Optional[Progress] = None) -> Answer:
    """Does what the tool does with these words, such as ``call("report", model, "--a", "vip-v8", …)``.

    The other functions are made of this one; it serves the verbs and formats that have none.

    Args:
      words: of the command line, without ``nputwin``. A `Model`, bytes of one, or an array may stand for a word of its own.
      progress: called with the steps that are done and all of them.

    Returns:
      An `Answer`. `status` 0: done, the same; 1: differs, or a condition failed; 2: a part could not be done.

    Raises:
      nputwin.Error: there is no result; the message is the one that the tool would print.
    """
    with Call() as made:
        for word in words:
            if isinstance(word, (Model, bytes, bytearray, memoryview)):
                made.model(word)
            else:
                made.words.append(made._source(word))
        return made.answer(progress)
