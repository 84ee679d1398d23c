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

if TYPE_CHECKING:
    from . import testing
    from ._call import Answer, call
    from ._characterise import Characterisation, characterise
    from ._compare import Comparison, Pair, compare
    from ._cut import Part, Parts, cut
    from ._delegate import delegate_path, load_delegate
    from ._diff import Diff, Layer, Output, Stats, diff
    from ._errors import Error, Incomplete
    from ._explain import Explanation, explain
    from ._harden import Hardened, harden
    from ._library import version
    from ._lint import Finding, Lint, lint
    from ._model import Model
    from ._nearest import Nearest, nearest
    from ._profiles import Inspection, Profile, Profiles, inspect, profiles
    from ._prove import Proof, prove
    from ._result import Result
    from ._run import run
    from ._tool import tool_path
    from .interpreter import Interpreter, InterpreterWithCustomOps, OpResolverType

__all__ = [
    "Answer", "Characterisation", "Comparison", "Diff", "Error", "Explanation", "Finding", "Hardened", "Incomplete", "Inspection",
    "Interpreter", "InterpreterWithCustomOps", "Layer", "Lint", "Model", "Nearest", "OpResolverType", "Output", "Pair", "Part",
    "Parts", "Profile", "Profiles", "Proof", "Result", "Stats", "call", "characterise", "compare", "cut", "delegate_path", "diff",
    "explain", "harden", "inspect", "lint", "load_delegate", "nearest", "profiles", "prove", "run", "testing", "tool_path", "version",
]

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
    "_result": ["Result"],
    "_run": ["run"],
    "_tool": ["tool_path"],
    "interpreter": ["Interpreter", "InterpreterWithCustomOps", "OpResolverType"],
}
_WHERE = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "testing":
        return importlib.import_module(".testing", __name__)
    if name not in _WHERE:
        raise AttributeError(f"module 'nputwin' has no attribute {name!r}")
    value = getattr(importlib.import_module("." + _WHERE[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
