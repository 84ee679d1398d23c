"""Runs a quantized .tflite with the exact arithmetic of a CPU runtime or NPU, and shows where two of them differ.

`Interpreter` has the interface of ai_edge_litert's and takes `profile=`. `diff`, `explain`, `characterise`, `nearest`,
`prove`, `harden`, `cut`, `lint`, `run`, `inspect` and `profiles` do what the tool's verbs do, on paths, bytes and NumPy
arrays; `compare` goes sample by sample; `call` does any verb. Results have attributes, `to_pandas()`, and a table in
notebooks. `testing.assert_same` is for tests. A call releases the GIL; arrays that are contiguous are read where they lie.

Names are loaded when they are first used, so that the import stays short.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # with `as`, a type checker takes a name for one of this package's own
    from . import testing as testing
    from ._call import Answer as Answer, call as call
    from ._characterise import Characterisation as Characterisation, characterise as characterise
    from ._compare import Comparison as Comparison, Pair as Pair, compare as compare
    from ._cut import Part as Part, Parts as Parts, cut as cut
    from ._delegate import delegate_path as delegate_path, load_delegate as load_delegate
    from ._diff import Diff as Diff, Layer as Layer, Output as Output, Stats as Stats, diff as diff
    from ._errors import Error as Error, Incomplete as Incomplete
    from ._explain import Explanation as Explanation, explain as explain
    from ._harden import Hardened as Hardened, harden as harden
    from ._library import version as version
    from ._lint import Finding as Finding, Lint as Lint, lint as lint
    from ._model import Model as Model
    from ._nearest import Nearest as Nearest, nearest as nearest
    from ._profiles import Inspection as Inspection, Profile as Profile, Profiles as Profiles, inspect as inspect, profiles as profiles
    from ._prove import Proof as Proof, prove as prove
    from ._resolver import OpResolverType as OpResolverType
    from ._result import Result as Result
    from ._run import run as run
    from ._tool import tool_path as tool_path
    from .interpreter import Interpreter as Interpreter, InterpreterWithCustomOps as InterpreterWithCustomOps

    __version__: str

_MODULES = {
    "_call": ["Answer", "call"],
    "_characterise": ["Characterisation", "characterise"],
    "_compare": ["Comparison", "Pair", "compare"],
    "_cut": ["Part", "Parts", "cut"],
    "_delegate": ["delegate_path", "load_delegate"],
    "_diff": ["Diff", "Layer", "Output", "Stats", "diff"],
    "_errors": ["Error", "Incomplete"],
    "_explain": ["Explanation", "explain"],
    "_harden": ["Hardened", "harden"],
    "_library": ["version"],
    "_lint": ["Finding", "Lint", "lint"],
    "_model": ["Model"],
    "_nearest": ["Nearest", "nearest"],
    "_profiles": ["Inspection", "Profile", "Profiles", "inspect", "profiles"],
    "_prove": ["Proof", "prove"],
    "_resolver": ["OpResolverType"],
    "_result": ["Result"],
    "_run": ["run"],
    "_tool": ["tool_path"],
    "interpreter": ["Interpreter", "InterpreterWithCustomOps"],
}
_WHERE = {name: module for module, names in _MODULES.items() for name in names}
_NAMES = sorted([*_WHERE, "testing"])
if not TYPE_CHECKING:  # a type checker cannot compute the list, and without one takes the imports above
    __all__ = _NAMES


def __getattr__(name: str) -> Any:
    if name == "testing":
        return importlib.import_module(".testing", __name__)
    if name == "__version__":  # of the library: it need not be the one that was installed with this package
        value = __getattr__("version")().split()[1]
    elif name in _WHERE:
        value = getattr(importlib.import_module("." + _WHERE[name], __name__), name)
    else:
        raise AttributeError(f"module 'nputwin' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES, "__version__"})
