"""Whose arithmetic an interpreter has: a profile, in the mode that LiteRT's op resolver type names."""

from __future__ import annotations

import enum
import platform
from typing import Optional


@enum.unique
class OpResolverType(enum.Enum):
    """Which kernels a runtime uses. With a profile of a runtime it chooses the profile of that mode."""

    AUTO = 0
    BUILTIN = 1
    BUILTIN_REF = 2
    BUILTIN_WITHOUT_DEFAULT_DELEGATES = 3


_MODE = {OpResolverType.AUTO: "", OpResolverType.BUILTIN: "", OpResolverType.BUILTIN_REF: "-ref",
         OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES: "-builtin"}


def default_profile() -> str:
    """The profile of the newest LiteRT that was measured for this machine's processor."""
    return "litert-2.1-arm64" if platform.machine() in ("aarch64", "arm64") else "litert-2.3-x86"


def profile_of(profile: Optional[str], resolver: OpResolverType) -> str:
    """The profile of that mode.

    Raises:
      ValueError: no such type; a mode of a document, which is one profile only.
    """
    mode = _MODE.get(resolver)
    if mode is None:
        raise ValueError(f"Unrecognized passed in op resolver type: {resolver}")
    name = profile or default_profile()
    if mode and (name.startswith("{") or name.endswith(".json")):
        raise ValueError(f"experimental_op_resolver_type={resolver}: a profile's document has no modes; expected AUTO or BUILTIN")
    return name + mode
