#!/usr/bin/env python3
"""The directed cases (tests/vectors/directed) under every CPU profile: each tensor has the hash that the real runtime gave.

  directed.py [MODEL...]

Vectorised and by the scalar definition; the layers under every instruction set that the processor has. What differs must
stand in directed_exceptions.json. `./dev oracle` makes and records the cases again.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import golden
from tool import TESTS, instruction_sets

VECTORS = os.path.join(TESTS, "vectors", "directed")
LAYERS = ("conv", "depthwise", "fully_connected", "grouped", "pool", "ties", "transpose_conv")


def main():
    names = sys.argv[1:] or sorted(n[:-5] for n in os.listdir(VECTORS) if n.endswith(".json"))
    cases = [(n, os.path.join(VECTORS, n + ".tflite"), os.path.join(VECTORS, n + ".json")) for n in names]
    isas = instruction_sets()

    def isas_of(name):
        return isas if name.startswith(LAYERS) else (isas[0], "scalar")

    print("instruction sets: " + ", ".join(isas))
    exceptions = golden.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "directed_exceptions.json"))
    sys.exit(1 if golden.table(cases, exceptions, "directed", bool(sys.argv[1:]), isas_of) else 0)


main()
