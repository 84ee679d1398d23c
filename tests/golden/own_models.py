#!/usr/bin/env python3
"""models/ under every CPU profile: each op's output has the hash that the real runtime gave (tests/vectors/models).

`./dev oracle` records them again. Under every instruction set that the processor has.
"""
import concurrent.futures
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from driver import ask
from tool import TESTS, golden_runtimes, instruction_sets, model, source

VECTORS = os.path.join(TESTS, "vectors", "models")


def compare(name, golden, profile, kind, isa):
    """(how many tensors were recorded, what is wrong)"""
    found = [r for r in golden["runs"] if r["input"] == kind and golden_runtimes()[profile] in r["runtimes"]]
    if len(found) != 1:
        return 0, "%s: no run of %s on %s; ./dev oracle records it" % (name, profile, kind)
    expected = found[0]["tensors"]
    got = ask("hashes", model(name), profile, source(kind), isa)
    different = [t for t, h in expected.items() if got.get(t) != h]
    if not different:
        return len(expected), ""
    return len(expected), "%s %s: %s\n  nputwin run %s -p %s -i %s --isa %s --all -o twin.npz" % (
        name, profile, got.get("refused", "%d tensors differ, first %s" % (len(different), different[0])), model(name), profile, source(kind), isa)


def main():
    isas, cases = instruction_sets(), []
    for file in sorted(os.listdir(VECTORS)):
        with open(os.path.join(VECTORS, file)) as f:
            golden = json.load(f)
        cases += [(file[:-5], golden, profile, kind, isa) for profile in golden_runtimes() for kind in golden["inputs"] for isa in isas]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda case: compare(*case), cases))
    tensors, wrong = sum(n for n, _ in results), [w for _, w in results if w]
    print("\n".join(wrong + ["%d tensors under %s, %d runs differ" % (tensors, ", ".join(isas), len(wrong))]))
    sys.exit(1 if wrong or not tensors else 0)


main()
