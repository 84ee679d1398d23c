"""lint: what in a model will bite."""

from __future__ import annotations

import dataclasses
from typing import Any, Optional

from ._arrays import Shapes
from ._call import Call, Inputs, Strings
from ._context import Progress
from ._model import ModelSource
from ._result import Result, flat


@dataclasses.dataclass
class Finding:
    """One finding. severity: error, warning or note. fix: what to do. op None: it is of the file."""

    rule: str
    severity: str
    reason: str
    fix: str
    op: Optional[int] = None
    type: str = ""
    tensor: str = ""
    profile: str = ""
    subgraph: int = 0


@dataclasses.dataclass(repr=False)
class Lint(Result):
    """What in a model will bite, the worst first (docs/lint.schema.json)."""

    model: str
    profiles: list[str]
    counts: dict[str, int]
    findings: list[Finding]

    @property
    def clean(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return not self.counts.get("error") and not self.counts.get("warning")

    def rows(self) -> list[dict[str, Any]]:
        """A row for each finding."""
        return [flat(finding) for finding in self.findings]

    def headline(self) -> str:
        """The result in a sentence."""
        return f"{self.model}: " + ", ".join(f"{count} {severity}s" for severity, count in self.counts.items())


def lint(
    model: ModelSource,
    for_: Strings = (),
    inputs: Optional[Inputs] = None,
    *,
    rule: Strings = (),
    skip: Strings = (),
    on_cpu: Strings = (),
    shapes: Optional[Shapes] = None,
    threads: Optional[int] = None,
    isa: Optional[str] = None,
    progress: Optional[Progress] = None,
) -> Lint:
    """Finds what in a model will bite: on any device, or on those that `for_` names.

    Args:
      model: path, bytes or `Model`.
      for_: profiles that are to run the model.
      inputs: as of `diff`; two of the rules run the model.
      rule: only these rules; `skip`: not these. docs/lint.md lists them.
      on_cpu, shapes, threads, isa, progress: as of `diff`.

    Returns:
      A `Lint`.

    Raises:
      nputwin.Error: no such model, profile, rule or input.

    Source: docs/lint.md has each rule's reason.
    """
    with Call("lint") as call:
        call.model(model).option("for", for_).inputs(inputs).option("rule", rule).option("skip", skip)
        return call.prepared(shapes, on_cpu, threads, isa).result(Lint, progress)
