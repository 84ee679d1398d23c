#!/usr/bin/env python3
"""Writes the directed cases: small models whose nodes, all fed by the graph's inputs, each put one rule to the test.

  directed_cases.py OUT_DIR [CASE...]

`./dev oracle` runs it with the Python of an installed runtime (its flatbuffer classes). Values are directed where a
rule has an edge (ties by scales of powers of two, zero points at the ends, multipliers of 1 and more, channel counts
around vector widths, every padding and stride) and pseudo-random between. tests/vectors/directed holds what it writes
and, recorded by record_models.py, what each runtime answers. There is one model for each group of ops and type, so
that a runtime that refuses one op is still asked about the others. docs/directed.md lists them.
"""
import os
import sys

from directed import CASES, Builder


def main():
    out, *names = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    for name in names or CASES:
        b = Builder()
        CASES[name].make(b)
        b.save(os.path.join(out, name + ".tflite"))
    print("%d models" % len(names or CASES))


if __name__ == "__main__":
    main()
