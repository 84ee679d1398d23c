"""The tool that the wheel carries, as the command ``nputwin`` and as ``python -m nputwin``."""

from __future__ import annotations

import os
import sys

from ._errors import Error
from ._library import native_file


def tool_path() -> str:
    """The path of the native tool.

    Raises:
      nputwin.Error: this installation has none.
    """
    return native_file("nputwin", "NPUTWIN_TOOL", "the tool")


def main() -> None:
    """Becomes the tool, with the words of this process. It is called ``nputwin``, as its messages repeat."""
    try:
        path = tool_path()
    except Error as e:
        print(f"nputwin: {e}", file=sys.stderr)
        sys.exit(2)
    os.execv(path, ["nputwin", *sys.argv[1:]])
