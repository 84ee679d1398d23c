"""What the package raises."""

from __future__ import annotations

from typing import Any


class Error(RuntimeError):
    """The library could not do what it was asked for. The message says where, what was expected and what came."""


class Incomplete(Error):
    """Part of the work could not be done: some op of the model cannot run. ``result`` holds the part that could.

    This is exit code 2 of the tool with output on stdout.
    """

    def __init__(self, message: str, result: Any) -> None:
        super().__init__(message)
        self.result = result
