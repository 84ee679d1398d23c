"""The Python of the documents: each block runs, in the order of its document, and prints what stands behind it.

tests/docs/commands_test.py does the same for commands.
"""
import contextlib
import glob
import io
import os
import re

import pytest
from conftest import ROOT

DOCUMENTS = ["README.md"] + sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "docs", "**", "*.md"), recursive=True))


def blocks(text):
    """(code, expected output or None, its line) of each python block."""
    found = list(re.finditer(r"^```(\w*)\n(.*?)^```\n?", text, re.S | re.M))
    for i, block in enumerate(found):
        if block[1] == "python":
            follows = i + 1 < len(found) and found[i + 1][1] == "text" and found[i + 1].start() == block.end()
            yield block[2], found[i + 1][2] if follows else None, text[:block.start()].count("\n") + 1


def with_python():
    for document in DOCUMENTS:
        with open(os.path.join(ROOT, document)) as f:
            found = list(blocks(f.read()))
        if found:
            yield pytest.param(document, found, id=document)


@pytest.mark.parametrize("document, found", with_python())
def test_blocks(document, found, tmp_path, monkeypatch):
    os.symlink(os.path.join(ROOT, "models"), tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    names = {}
    for code, expected, line in found:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * line + code, document, "exec"), names)
        assert expected is None or printed.getvalue().strip() == expected.strip(), f"{document}:{line} prints other text"


def test_there_are_blocks():
    assert {"README.md", "docs/python.md"} <= {case.id for case in with_python()}
