"""nputwin as a delegate of a real TensorFlow Lite or LiteRT."""

from __future__ import annotations

import importlib
from typing import Any, Mapping, Optional

from ._errors import Error
from ._library import native_file

RUNTIMES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter", "tensorflow.lite")


def delegate_path() -> str:
    """The path of the delegate's library, for ``--external_delegate_path`` and `load_delegate` of any runtime.

    Raises:
      nputwin.Error: this installation has none.
    """
    return native_file("libnputwin_delegate.so", "NPUTWIN_DELEGATE", "the delegate")


def _runtime() -> Any:
    for name in RUNTIMES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise Error(f"no runtime to load the delegate into: expected one of {', '.join(RUNTIMES)}; pip install ai-edge-litert")


def load_delegate(options: Optional[Mapping[str, object]] = None, runtime: Any = None) -> Any:
    """Loads nputwin's delegate into a real runtime, whose Interpreter then takes it in experimental_delegates.

    Args:
      options: the delegate's options, such as ``{"profile": "vip-v8"}``; each value is given as text.
      runtime: the module whose `load_delegate` is called; by default the first of ai_edge_litert.interpreter,
        tflite_runtime.interpreter and tensorflow.lite that is installed.

    Returns:
      The runtime's Delegate.

    Raises:
      nputwin.Error: this installation has no delegate, or there is no runtime.
      ValueError: the delegate refused its options; the runtime says why.
    """
    path = delegate_path()
    module = _runtime() if runtime is None else runtime
    load = module.load_delegate if hasattr(module, "load_delegate") else module.experimental.load_delegate
    return load(path, dict(options or {}))
