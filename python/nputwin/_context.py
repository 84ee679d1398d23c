"""A context of the library: errors, progress, notes, and how Ctrl-C ends long work."""

from __future__ import annotations

import contextlib
import ctypes
import json
import signal
import threading
from typing import Any, Callable, ContextManager, Iterator, Optional

from . import _library
from ._errors import Error

Progress = Callable[[int, int], object]


class _Listener:
    """What the library calls while it works. Nothing may be raised through the library: it is kept, and ends the work."""

    def __init__(self, progress: Optional[Progress]) -> None:
        self.notes: list[str] = []
        self.raised: Optional[BaseException] = None
        self.signals: list[tuple[Any, ...]] = []
        self._progress = progress

    def progress(self, _user: Any, done: int, all_steps: int) -> None:
        try:
            if self._progress is not None:
                self._progress(done, all_steps)
        except BaseException as e:  # KeyboardInterrupt too
            self.raised = e

    def note(self, _user: Any, text: Optional[bytes]) -> None:
        try:
            if text:
                self.notes.append(text.decode(errors="replace"))
        except BaseException as e:
            self.raised = e

    def stop(self, _user: Any) -> int:
        return 0 if self.raised is None and not self.signals else 1


class _Interruptible(ContextManager[None]):
    """Ctrl-C while the library works ends the work, and is handled as ever once the library has returned.

    Python runs a signal's handler where it enters a function, in a callback before its first line: what the handler raised
    there would be lost. So for the time of the call the handler only takes note. Signals come to the main thread alone.
    """

    def __init__(self, listener: _Listener) -> None:
        self._listener = listener
        self._handler: Any = None

    def __enter__(self) -> None:
        self._listener.signals = []
        if threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
            self._handler = signal.signal(signal.SIGINT, lambda *arrived: self._listener.signals.append(arrived))

    def __exit__(self, *_: object) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
            for arrived in self._listener.signals:
                self._handler(*arrived)


class Context:
    """One context. Its lock keeps two threads from using it at once; different contexts run side by side."""

    def __init__(self, progress: Optional[Progress] = None) -> None:
        self.library = _library.library()
        self.lock = threading.RLock()
        self._working = False
        self.listener = _Listener(progress)
        self.handle = self.library.nputwin_context_new()
        if not self.handle:
            raise MemoryError("nputwin: out of memory")
        self._callbacks = _library.Callbacks(  # kept: the library has pointers to the functions
            ctypes.sizeof(_library.Callbacks), None, _library.PROGRESS(self.listener.progress),
            _library.NOTE(self.listener.note), _library.STOP(self.listener.stop))
        self.do("context_set_callbacks", self.handle, ctypes.byref(self._callbacks))

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.library.nputwin_context_free(self.handle)

    @property
    def notes(self) -> list[str]:
        return self.listener.notes

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other threads out.

        Raises:
          nputwin.Error: this is called by a callback of a call with this context, which the library does not allow.
        """
        with self.lock:
            self._check_free()
            yield

    def _check_free(self) -> None:
        if self._working:
            raise Error("called by its own callback; expected a call once that has returned")

    def call(self, function: str, *arguments: Any) -> int:
        """Calls a function that returns a status, and returns that. What a callback raised is raised here."""
        with self.lock:
            self._check_free()
            self.listener.raised = None
            self._working = True
            try:
                status: int = getattr(self.library, "nputwin_" + function)(*arguments)
            finally:
                self._working = False
            raised, self.listener.raised = self.listener.raised, None
        if raised is not None:
            raise raised
        return status

    def interruptible(self) -> ContextManager[None]:
        """For calls that ask whether to stop: Ctrl-C ends them."""
        return _Interruptible(self.listener)

    def error(self) -> str:
        return str(self.library.nputwin_error(self.handle).decode(errors="replace"))

    def do(self, function: str, *arguments: Any) -> None:
        """Calls a function that must not fail.

        Raises:
          nputwin.Error: it did.
        """
        with self.lock:
            if self.call(function, *arguments) == _library.FAILED:
                raise Error(self.error())

    def document(self, function: str, pointer: Optional[int]) -> Any:
        """Calls a function that gives JSON, and reads that.

        Raises:
          nputwin.Error: it gave none.
        """
        with self.alone():
            text = getattr(self.library, "nputwin_" + function)(pointer)
            if text is None:
                raise Error(self.error())
            return json.loads(text)

    def make(self, function: str, *arguments: Any) -> Handle:
        """Calls a function that makes a handle: the last argument is where that goes."""
        made = ctypes.c_void_p()
        self.do(function, *arguments, ctypes.byref(made))
        return Handle(self, function.split("_", 1)[0], made.value)


class Handle:
    """What the library made. It is freed with this object, and so before its context."""

    def __init__(self, context: Context, kind: str, pointer: Optional[int]) -> None:
        self.context = context
        self.pointer = pointer
        self._free = getattr(context.library, f"nputwin_{kind}_free")

    def __del__(self) -> None:
        if self.pointer:
            self._free(self.pointer)


def options(pairs: list[tuple[str, str]]) -> tuple[Any, int]:
    """The settings of a twin or comparison as the library takes them."""
    array = (_library.Option * len(pairs))(*[_library.Option(_library.text(name), _library.text(value)) for name, value in pairs])
    return array, len(pairs)
