"""profiles and inspect: whose arithmetic there is, and how it would compute a model."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Iterator, Optional

from ._arrays import Shapes
from ._call import Call, Strings, call, result_of
from ._model import ModelSource
from ._result import Result, flat


@dataclasses.dataclass
class Family:
    """A family of ops: its rule, how well it is known, and from where."""

    family: str
    confidence: str
    rule: str
    source: str


@dataclasses.dataclass
class Profile:
    """One profile. fallback: the profile that computes what its delegate leaves; aliases: what boards call it."""

    name: str
    summary: str
    families: list[Family]
    aliases: list[str] = dataclasses.field(default_factory=list)
    fallback: str = ""
    delegate: str = ""


@dataclasses.dataclass(repr=False)
class Profiles(Result):
    """The profiles that are built in. They can be counted, gone through, and found by name or alias: ``profiles()["vip-v8"]``."""

    profiles: list[Profile]

    def __len__(self) -> int:
        return len(self.profiles)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)

    def __getitem__(self, name: str) -> Profile:
        for profile in self.profiles:
            if name == profile.name or name in profile.aliases:
                return profile
        raise KeyError(name)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each profile."""
        return [{"name": p.name, "aliases": ", ".join(p.aliases), "delegate": p.delegate, "summary": p.summary} for p in self.profiles]

    def headline(self) -> str:
        """The result in a sentence."""
        return f"{len(self.profiles)} profiles"


def profiles() -> Profiles:
    """The profiles that are built in, with each family's rule, how well it is known, and its source.

    Returns:
      `Profiles`.

    Raises:
      nputwin.Error: the native library is not there.

    Source: docs/arithmetic/profiles, a page each.
    """
    answer = call("profiles", "list")
    document = json.loads(answer.content)
    return result_of(Profiles, {"profiles": document}, answer.notes, answer.status)


@dataclasses.dataclass
class Rule:
    """The rule by which a profile computes an op. left: why the delegate leaves it; note: what to know of it."""

    family: str
    confidence: str
    rule: str
    source: str
    profile: str
    delegate: str = ""
    substitute: bool = False
    left: str = ""
    note: str = ""


@dataclasses.dataclass
class InspectedOp:
    """One op. rule None: `unsupported` says why it cannot run, or `unreached` that it reads what such an op makes."""

    index: int
    type: str
    version: int
    inputs: list[int]
    outputs: list[int]
    attributes: dict[str, Any] = dataclasses.field(default_factory=dict)
    rule: Optional[Rule] = None
    shapes: list[list[int]] = dataclasses.field(default_factory=list)
    unsupported: str = ""
    unreached: bool = False
    kernel: Optional[dict[str, Any]] = None


@dataclasses.dataclass(repr=False)
class Inspection(Result):
    """A model's ops and tensors, and how a profile would compute each op."""

    model: str
    profile: str
    inputs: list[int]
    outputs: list[int]
    ops: list[InspectedOp]
    tensors: list[dict[str, Any]]
    description: str = ""
    kind: Optional[dict[str, str]] = None

    @property
    def complete(self) -> bool:
        """Whether the profile can compute every op."""
        return all(op.rule is not None for op in self.ops)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each op."""
        empty = dict.fromkeys(field.name for field in dataclasses.fields(Rule))
        return [{"op": op.index, "type": op.type, **(flat(op.rule) if op.rule else empty), "unsupported": op.unsupported}
                for op in self.ops]

    def headline(self) -> str:
        """The result in a sentence."""
        known = sum(op.rule is not None for op in self.ops)
        return f"{self.model}: {self.profile} computes {known} of {len(self.ops)} ops"


def inspect(model: ModelSource, profile: Optional[str] = None, *, kernels: bool = False, on_cpu: Strings = (),
            shapes: Optional[Shapes] = None, isa: Optional[str] = None) -> Inspection:
    """A model's ops and tensors, and the rule by which a profile would compute each op.

    Args:
      model: path, bytes or `Model`.
      profile: whose rules; by default those of tflite-2.9.1-arm64.
      kernels: also which form of its kernel each op runs, and why better ones refused it.
      on_cpu, shapes, isa: as of `diff`.

    Returns:
      An `Inspection`. Where the profile cannot compute every op, `complete` is False; nothing is raised.

    Raises:
      nputwin.Error: no such model or profile.

    Source: each rule has its own, ``op.rule.source``.
    """
    with Call("inspect") as made:
        made.model(model).option("profile", profile).option("kernels", kernels)
        return made.prepared(shapes, on_cpu, None, isa).result(Inspection, partial=True)
