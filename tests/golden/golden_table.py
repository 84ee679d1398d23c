#!/usr/bin/env python3
"""The twin against the hashes of real runtimes: every golden file, every profile, both inputs.

  golden_table.py [MODEL...]

Prints a line a model: how many tensors of all profiles are equal, and what is not, which must stand in exceptions.json.
Skipped, with the reason, without the shared folder.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import golden
from tool import SHARED, SKIPPED

HERE = os.path.dirname(os.path.abspath(__file__))


# Runtimes of PyPI; TensorFlow Lite as Debian builds it; TensorFlow Lite Micro.
FOLDERS = ("golden", "golden_board", "golden_micro")


def main():
    folders = [f for f in (os.path.join(SHARED, name) for name in FOLDERS) if os.path.isdir(f)]
    if not folders:
        print("skipped: no golden files in %s" % SHARED)
        sys.exit(SKIPPED)
    files = [os.path.join(folder, n) for folder in folders for n in sorted(os.listdir(folder)) if n.endswith(".json")]
    names = [os.path.basename(f)[:-len(".json")] for f in files]
    cases = [(n, os.path.join(SHARED, "corpus", "models", golden.load(f)["model"]), f)
             for n, f in zip(names, files) if n in (sys.argv[1:] or names)]
    exceptions = golden.load(os.path.join(HERE, "exceptions.json"))
    sys.exit(1 if golden.table(cases, exceptions, "corpus", partial=bool(sys.argv[1:])) else 0)


main()
