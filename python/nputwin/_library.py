"""Finds libnputwin.so and declares the functions of nputwin.h."""

from __future__ import annotations

import ctypes as c
import functools
import os
from typing import Any, Union

from ._errors import Error

OK, DIFFERS, FAILED = 0, 1, 2
API_VERSION = 1  # of the header that the declarations below follow
NATIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_native")

PROGRESS = c.CFUNCTYPE(None, c.c_void_p, c.c_size_t, c.c_size_t)
NOTE = c.CFUNCTYPE(None, c.c_void_p, c.c_char_p)
STOP = c.CFUNCTYPE(c.c_int, c.c_void_p)


class Callbacks(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("user", c.c_void_p), ("progress", PROGRESS), ("note", NOTE), ("stop", STOP)]


class Option(c.Structure):
    _fields_ = [("name", c.c_char_p), ("value", c.c_char_p)]


class Tensor(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t), ("index", c.c_int32), ("name", c.c_char_p), ("type", c.c_char_p),
        ("shape", c.POINTER(c.c_int32)), ("dimensions", c.c_size_t), ("scales", c.POINTER(c.c_float)),
        ("zero_points", c.POINTER(c.c_int32)), ("scale_count", c.c_size_t), ("axis", c.c_int32),
        ("data", c.c_void_p), ("bytes", c.c_size_t),
    ]


class Array(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t), ("data", c.c_void_p), ("bytes", c.c_size_t), ("type", c.c_char_p),
        ("shape", c.POINTER(c.c_int64)), ("dimensions", c.c_size_t),
    ]


class Attachment(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("name", c.c_char_p), ("model", c.c_void_p), ("array", c.POINTER(Array))]


PAIR = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(Tensor), c.POINTER(Tensor))

_handle, _text, _size, _status = c.c_void_p, c.c_char_p, c.c_size_t, c.c_int
_options = [c.POINTER(Option), _size]
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "version": (_text, []),
    "api_version": (c.c_int, []),
    "context_new": (_handle, []),
    "context_free": (None, [_handle]),
    "error": (_text, [_handle]),
    "context_set_callbacks": (_status, [_handle, c.POINTER(Callbacks)]),
    "model_open": (_status, [_handle, _text, c.POINTER(_handle)]),
    "model_from_memory": (_status, [_handle, _handle, _size, _text, c.POINTER(_handle)]),
    "model_free": (None, [_handle]),
    "model_json": (_text, [_handle]),
    "twin_new": (_status, [_handle, _handle, _text, *_options, c.POINTER(_handle)]),
    "twin_free": (None, [_handle]),
    "twin_input_count": (_size, [_handle]),
    "twin_output_count": (_size, [_handle]),
    "twin_input": (_status, [_handle, _size, c.POINTER(Tensor)]),
    "twin_input_data": (_handle, [_handle, _size]),
    "twin_set_input": (_status, [_handle, _size, _handle, _size]),
    "twin_run": (_status, [_handle]),
    "twin_reset": (None, [_handle]),
    "twin_output": (_status, [_handle, _size, c.POINTER(Tensor)]),
    "twin_tensor": (_status, [_handle, c.c_int32, c.POINTER(Tensor)]),
    "twin_accumulators": (_status, [_handle, _size, c.POINTER(Tensor)]),
    "comparison_new": (_status, [_handle, _handle, _text, _text, *_options, c.POINTER(_handle)]),
    "comparison_free": (None, [_handle]),
    "comparison_watch": (_status, [_handle, PAIR, _handle]),
    "comparison_add": (_status, [_handle, c.POINTER(Array), _size]),
    "comparison_json": (_text, [_handle]),
    "call": (_status, [_handle, c.POINTER(_text), _size, c.POINTER(Attachment), _size, c.POINTER(_handle)]),
    "answer_free": (None, [_handle]),
    "answer_text": (_handle, [_handle, c.POINTER(_size)]),
}


def text(value: Union[str, "os.PathLike[str]"]) -> bytes:
    """A text as the library takes it. Paths may have bytes that are no UTF-8, which Python holds as surrogates.

    Raises:
      ValueError: a NUL byte, where the library would take the text to end.
    """
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise ValueError(f"embedded null byte in {os.fspath(value)!r}")
    return encoded


def native_file(name: str, variable: str, what: str) -> str:
    """The path of a file that the wheel carries, or of the one that an environment variable names."""
    path = os.environ.get(variable) or os.path.join(NATIVE, name)
    if not os.path.exists(path):
        raise Error(f"{what}: there is no {path}; install the wheel, or set {variable} to its path")
    return path


@functools.lru_cache(maxsize=None)
def library() -> Any:
    """The loaded library. CDLL releases the GIL for as long as a call lasts."""
    path = native_file("libnputwin.so.1", "NPUTWIN_LIBRARY", "the native library")
    try:
        loaded = c.CDLL(path)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, "nputwin_" + name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as e:
        raise Error(f"{path}: {e}") from e
    if loaded.nputwin_api_version() < API_VERSION:
        raise Error(f"{path}: has version {loaded.nputwin_api_version()} of the interface; expected {API_VERSION} or more")
    return loaded


def version() -> str:
    """The version of the native library, with its commit and build.

    Raises:
      nputwin.Error: the library is not there, or cannot be loaded.
    """
    return str(library().nputwin_version().decode())
