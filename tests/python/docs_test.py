"""The Python of documents: each block runs, in the order of its document, and prints what stands behind it.

tests/docs/commands_test.py does the same for commands.
"""
import contextlib
import io
import os
import re

import pytest
from conftest import ROOT

DOCUMENTS = ["README.md", "docs/python.md"]


def blocks(text):
    """(code, expected output or None, its line) of each python block."""
    found = list(re.finditer(r"^```(\w*)\n(.*?)^```\n?", text, re.S | re.M))
    for i, block in enumerate(found):
        if block[1] == "python":
            follows = i + 1 < len(found) and found[i + 1][1] == "text" and found[i + 1].start() == block.end()
            yield block[2], found[i + 1][2] if follows else None, text[:block.start()].count("\n") + 1


@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks(document, tmp_path, monkeypatch):
    with open(os.path.join(ROOT, document)) as f:
        found = list(blocks(f.read()))
    assert found
    os.symlink(os.path.join(ROOT, "models"), tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    names = {}
    for code, expected, line in found:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * line + code, document, "exec"), names)
        assert expected is None or printed.getvalue().strip() == expected.strip(), f"{document}:{line} prints other text"
