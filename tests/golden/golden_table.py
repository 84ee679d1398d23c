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


def main():
    folder = os.path.join(SHARED, "golden")
    if not os.path.isdir(folder):
        print("skipped: no golden files at %s" % folder)
        sys.exit(SKIPPED)
    names = sys.argv[1:] or sorted(n[:-5] for n in os.listdir(folder) if n.endswith(".json"))
    files = [os.path.join(folder, n + ".json") for n in names]
    cases = [(n, os.path.join(SHARED, "corpus", "models", golden.load(f)["model"]), f) for n, f in zip(names, files)]
    exceptions = golden.load(os.path.join(HERE, "exceptions.json"))
    sys.exit(1 if golden.table(cases, exceptions, "corpus", partial=bool(sys.argv[1:])) else 0)


main()
