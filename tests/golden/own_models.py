#!/usr/bin/env python3
"""models/ under every CPU profile: each op's output has the hash that the real runtime gave (tests/vectors/models).

`./dev oracle` records them again. Under every instruction set that the processor has; each has 1, 2
and 7 threads, with another profile in its turn.
"""
import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import golden
from tool import TESTS, instruction_sets, model, source

VECTORS = os.path.join(TESTS, "vectors", "models")


def compare(name, recording, profile, kind, isa, threads):
    """(how many tensors were recorded, what is wrong)"""
    if len(golden.recorded(recording, profile, kind)) != 1:
        return 0, "%s: no run of %s on %s; ./dev oracle records it" % (name, profile, kind)
    what, tensors, different = golden.compare(model(name), recording, profile, kind, isa, threads)
    if what.startswith("the runtime: "):
        return 0, ""  # both refuse the model, or the recording has nothing to compare with
    if what == "compared" and not different:
        return len(tensors), ""
    return len(tensors), "%s %s: %s, %d tensors differ, first %s\n  nputwin run %s -p %s -i %s --isa %s --threads %d --all -o twin.npz" % (
        name, profile, what, len(different), different[:1], model(name), profile, source(kind), isa, threads)


def main():
    isas, cases, threads = instruction_sets(), [], (1, 2, 7)
    for file in sorted(os.listdir(VECTORS)):
        recording = golden.load(os.path.join(VECTORS, file))
        cases += [(file[:-5], recording, profile, kind, isa, threads[(p + i) % len(threads)])
                  for p, profile in enumerate(golden.PROFILES) for kind in recording["inputs"] for i, isa in enumerate(isas)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda case: compare(*case), cases))
    tensors, wrong = sum(n for n, _ in results), [w for _, w in results if w]
    print("\n".join(wrong + ["%d tensors under %s, %d runs differ" % (tensors, ", ".join(isas), len(wrong))]))
    sys.exit(1 if wrong or not tensors else 0)


main()
