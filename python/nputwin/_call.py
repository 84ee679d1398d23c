"""One call of a verb: its words, and what they refer to in memory or in a folder that goes away."""

from __future__ import annotations

import ctypes
import json
import numbers
import os
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, TypeVar, Union

import numpy as np

from . import _library
from ._arrays import Lent, Shapes, shape_options
from ._context import Context, Progress
from ._errors import Error, Incomplete
from ._model import Model, ModelSource
from ._records import record
from ._result import Result

if TYPE_CHECKING:
    import numpy.typing as npt

Input = Union[str, "os.PathLike[str]", "npt.NDArray[Any]", "tuple[npt.NDArray[Any], str]"]
Inputs = Union[Input, Sequence[Input], Mapping[str, Input]]
Side = Union[str, "os.PathLike[str]", Mapping[str, Any]]
Strings = Union[str, Sequence[str]]
R = TypeVar("R", bound=Result)
ARRAY_OPTIONS = ("layout", "quantize")  # docs/inputs.md


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
        self._models: dict[str, Model] = {}
        self._arrays: dict[str, Lent] = {}
        self._folder: Optional[tempfile.TemporaryDirectory[str]] = None

    def folder(self) -> str:
        """A folder that goes away with this call."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="nputwin-")
        return self._folder.name

    def wrote(self, path: str) -> bool:
        """Whether a path is that of a file in the folder of this call."""
        return self._folder is not None and path.startswith(os.path.join(self._folder.name, ""))

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
        return self

    def option(self, name: str, value: Any) -> Call:
        """An option: left out (None, False), given alone (True), once, or once for each of a sequence."""
        if isinstance(value, (bool, np.bool_)):
            self.words += [f"--{name}"] if value else []
            return self
        if value is None:
            return self
        for one in [value] if isinstance(value, (str, numbers.Number, os.PathLike)) else value:
            self.words.append(f"--{name}={os.fspath(one) if isinstance(one, os.PathLike) else one}")
        return self

    def prepared(self, shapes: Optional[Shapes], on_cpu: Strings, threads: Optional[int] = None, isa: Optional[str] = None) -> Call:
        for name, value in shape_options(shapes, on_cpu):
            self.option(name, value)
        return self.option("threads", threads).option("isa", isa)

    def inputs(self, inputs: Optional[Inputs]) -> Call:
        for target, source in named(inputs):
            self.option("input", target + self._source(source))
        return self

    def _source(self, source: Any) -> str:
        if isinstance(source, (str, os.PathLike)):
            return os.fspath(source)
        array, options = parted(source)
        if not hasattr(array, "__array__"):
            raise TypeError(f"an input is a source such as 'noise:1', a path, an array or a pair (array, 'quantize=yes'), not "
                            f"{type(source).__name__}; several inputs are a list or a dict of these")
        return f"memory:{self._lend(array)}{options}"

    def _lend(self, array: Any) -> str:
        name = f"in{len(self._arrays)}"
        self._arrays[name] = Lent(array)
        return name

    def side(self, name: str, side: Side) -> Call:
        """A profile, the path of a capture or a document, a document as a dict, or a dict of arrays by tensor name.

        Raises:
          ValueError: the dict is empty.
        """
        if not isinstance(side, Mapping):
            return self.option(name, os.fspath(side))
        if not side:
            raise ValueError(f"side {name}: the dict is empty; expected a profile's document, or arrays by tensor name")
        if not all(hasattr(values, "__array__") for values in side.values()):
            return self.option(name, json.dumps(side))
        path = os.path.join(self.folder(), f"{name}.npz")
        with zipfile.ZipFile(path, "w") as archive:  # np.savez would take a tensor called `file` for its own argument
            for tensor, values in side.items():
                with archive.open(f"{tensor}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(values), allow_pickle=False)
        return self.option(name, path)

    def answer(self, progress: Optional[Progress] = None) -> Answer:
        """Does it.

        Raises:
          nputwin.Error: there is no result.
        """
        context = Context(progress)
        words = (ctypes.c_char_p * len(self.words))(*[_library.text(word) for word in self.words])
        count = len(self._models) + len(self._arrays)
        attachments = (_library.Attachment * count)(
            *[_library.Attachment(ctypes.sizeof(_library.Attachment), _library.text(name), model.handle.pointer, None)
              for name, model in self._models.items()],
            *[_library.Attachment(ctypes.sizeof(_library.Attachment), _library.text(name), None, ctypes.pointer(lent.struct))
              for name, lent in self._arrays.items()])
        made = ctypes.c_void_p()
        try:
            with context.interruptible():
                status = context.call("call", context.handle, words, len(self.words), attachments, count, ctypes.byref(made))
            if not made:
                raise Error(context.error())
            size = ctypes.c_size_t()
            text = context.library.nputwin_answer_text(made, ctypes.byref(size))
            error = context.error() if status == _library.FAILED else ""
            return Answer(status, ctypes.string_at(text, size.value), list(context.notes), error)
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


def named(inputs: Optional[Inputs]) -> list[tuple[str, Any]]:
    """Each input: ``NAME=`` in front of its source, or nothing, and the source."""
    if inputs is None:
        return []
    if isinstance(inputs, Mapping):
        return [(f"{name}=", source) for name, source in inputs.items()]
    if not isinstance(inputs, (list, tuple)) or _is_pair(inputs):
        return [("", inputs)]
    return [("", source) for source in inputs]


def parted(source: Any) -> tuple[Any, str]:
    """A source, and what stands behind it: a comma and the options of a pair, or nothing.

    Raises:
      ValueError: an option that arrays do not have. The library refuses it, too; here a list may have been meant.
    """
    if not _is_pair(source):
        return source, ""
    array, options = source
    for option in options.split(","):
        if option.partition("=")[0] not in ARRAY_OPTIONS:
            raise ValueError(f"an array has no option {option!r}; it has: {', '.join(ARRAY_OPTIONS)}. Several inputs are a list")
    return array, f",{options}"


def _is_pair(source: Any) -> bool:
    return isinstance(source, tuple) and len(source) == 2 and hasattr(source[0], "__array__") and isinstance(source[1], str)


def path_word(path: Union[str, "os.PathLike[str]"]) -> str:
    """A path as a word of the command line, where a dash in front would make it an option."""
    text = os.fspath(path)
    return os.path.join(".", text) if text.startswith("-") else text


def call(*words: Any, progress: Optional[Progress] = None) -> Answer:
    """Does what the tool does with these words, such as ``call("report", model, "--a", "vip-v8", …)``.

    The other functions are made of this one; it serves the verbs and formats that have none.

    Args:
      words: of the command line, without ``nputwin``. A number, a `Model`, bytes of one, an array, or a pair of an array and
        options, such as ``(array, "quantize=yes")``, may stand for a word of its own.
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
            elif isinstance(word, numbers.Number):
                made.words.append(str(word))
            else:
                made.words.append(made._source(word))
        return made.answer(progress)
