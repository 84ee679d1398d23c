#!/usr/bin/env python3
"""The models of public reports (../shared/cases) under every CPU profile: each op's output has the hash that the real runtime gave.

  cases.py [MODEL...]

The hashes are in tests/vectors/cases, the models stay where they are; what differs must stand in cases_exceptions.json. Skipped, with the
reason, without the shared folder.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import golden
from tool import SHARED, SKIPPED, TESTS

VECTORS = os.path.join(TESTS, "vectors", "cases")


def model_of(name):
    folders = (os.path.join(SHARED, "cases", folder) for folder in ("reports", "models"))
    return next((path for path in (os.path.join(folder, name + ".tflite") for folder in folders) if os.path.exists(path)), None)


def main():
    names = sys.argv[1:] or sorted(n[:-5] for n in os.listdir(VECTORS))
    cases = [(n, model_of(n), os.path.join(VECTORS, n + ".json")) for n in names]
    if not os.path.isdir(os.path.join(SHARED, "cases")):
        print("skipped: there is no " + os.path.join(SHARED, "cases"))
        sys.exit(SKIPPED)
    missing = [n for n, path, _ in cases if not path]
    if missing:
        sys.exit("not in %s: %s" % (os.path.join(SHARED, "cases"), ", ".join(missing)))
    exceptions = golden.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases_exceptions.json"))
    sys.exit(1 if golden.table(cases, exceptions, "", bool(sys.argv[1:])) else 0)


main()
