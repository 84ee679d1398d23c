#!/usr/bin/env python3
"""Runs the commands of the documents, and compares output that a document shows with what comes.

Blocks marked `sh` are commands, one a line. `nputwin` and other built programs are run, and a `text` block right behind is
their exact output, where `build/release` is this build. HOME is a folder that goes away. `./dev` commands must be ones that ./dev knows: CI runs `demo`, `test` and `lint`; `bench` and `oracle` need
runtimes from PyPI. So does what names .venv; `./dev test` fills that before, and without a runtime there such a command is skipped.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import NPUTWIN, ROOT

BUILD = os.path.dirname(NPUTWIN)
DOCUMENTS = ["README.md", "HACKING.md"] + sorted(
    os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "docs", "**", "*.md"), recursive=True))


def blocks(text):
    """(command lines, expected output or None) of each sh block."""
    found = list(re.finditer(r"^ *```(\w*)\n(.*?)^ *```\n?", text, re.S | re.M))
    for i, block in enumerate(found):
        if block[1] == "sh":
            follows = i + 1 < len(found) and found[i + 1][1] == "text" and found[i + 1].start() == block.end()
            yield block[2].splitlines(), found[i + 1][2] if follows else None


def has_runtime():
    """Whether .venv has what selfcheck needs; ./dev lint makes one without."""
    python = os.path.join(ROOT, ".venv", "bin", "python")
    return os.path.exists(python) and subprocess.run([python, "-c", "import numpy, ai_edge_litert"], capture_output=True).returncode == 0


def loads_delegate():
    """Whether a program that is no part of this build can load its delegate; one under sanitizers it cannot."""
    load = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", load, os.path.join(BUILD, "libnputwin_delegate.so")], capture_output=True).returncode == 0


def run(command, folder):
    """Runs a shell command with the tree beside it and its files going elsewhere."""
    for name in ("models", "docs", "tools", "tests", "src", "examples", ".venv"):
        if os.path.exists(os.path.join(ROOT, name)) and not os.path.exists(os.path.join(folder, name)):
            os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
    done = subprocess.run(["bash", "-o", "pipefail", "-c", re.sub(r"\bbuild/release\b", BUILD, command)], cwd=folder, capture_output=True, text=True,
                          timeout=300, env=dict(os.environ, HOME=folder))
    done.stdout = done.stdout.replace(BUILD, "build/release")
    return done


def main():
    known = subprocess.run([os.path.join(ROOT, "dev"), "help"], capture_output=True, text=True, check=True).stdout
    wrong = []
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for document in DOCUMENTS:
            with open(os.path.join(ROOT, document)) as f:
                text = f.read()
            for commands, expected in blocks(text):
                for command in commands:
                    count += 1
                    if command == "pip install .":
                        continue  # tests/packages installs what it builds
                    if command.startswith("./dev"):
                        verb = command.split()[1]
                        option = command.split()[2] if len(command.split()) > 2 else verb
                        if "./dev " + verb not in known or option not in known:
                            wrong.append("%s: ./dev does not know: %s" % (document, command))
                        continue
                    if ".venv" in command and not has_runtime():
                        print("skipped, .venv has no runtime (./dev test puts it there): " + command)
                        continue
                    if re.search("libnputwin_delegate.so|--install|sums_in_c", command) and not loads_delegate():
                        print("skipped, other programs cannot load this build's libraries: " + command)
                        continue
                    done = run(command, folder)
                    if done.returncode not in ((0, 1) if any(verb in command for verb in (" diff ", " lint ", " compare ", " explain ", " report ", " bisect ", " prove ", " nearest ", " harden ")) else (0,)):
                        wrong.append("%s: exit %d: %s\n%s" % (document, done.returncode, command, done.stderr))
                    elif expected is not None and done.stdout.strip() != expected.strip():
                        wrong.append("%s: shows other output than: %s\n%s" % (document, command, done.stdout))
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                if not os.path.exists(os.path.join(ROOT, os.path.dirname(document), link)):
                    wrong.append("%s: there is no %s" % (document, link))
    for line in wrong:
        print(line)
    print("%d commands in %d documents" % (count, len(DOCUMENTS)))
    sys.exit(1 if wrong or count < 10 else 0)


main()
