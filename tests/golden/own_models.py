#!/usr/bin/env python3
"""models/ under every CPU profile: each op's output has the hash that the real runtime gave (tests/vectors/models).

`./dev oracle` records them again. Under every instruction set that the processor has.
"""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import TESTS, golden_runtimes, instruction_sets, model, run

VECTORS = os.path.join(TESTS, "vectors", "models")


def main():
    wrong = tensors = 0
    isas = instruction_sets()
    with tempfile.TemporaryDirectory() as folder:
        hashes = os.path.join(folder, "h.json")
        for name in sorted(os.listdir(VECTORS)):
            with open(os.path.join(VECTORS, name)) as f:
                golden = json.load(f)
            for profile, runtime in golden_runtimes().items():
                for kind in golden["inputs"]:
                    found = [r for r in golden["runs"] if r["input"] == kind and runtime in r["runtimes"]]
                    if len(found) != 1:
                        sys.exit("%s: no run of %s on %s; ./dev oracle records it" % (name, runtime, kind))
                    for isa in isas:
                        arguments = ["run", model(name[:-5]), "-p", profile, "-i", "noise:1" if kind == "noise" else kind, "--hashes", hashes, "--isa", isa]
                        code, _, err = run(*arguments)
                        if code != 0:
                            sys.exit(err)
                        with open(hashes) as f:
                            got = json.load(f)
                        different = [t for t, h in found[0]["tensors"].items() if got.get(t) != h]
                        tensors += len(found[0]["tensors"])
                        if different:
                            wrong += 1
                            print("%s %s: %d tensors differ, first %s\n  nputwin %s" % (name, profile, len(different), different[0], " ".join(arguments)))
    print("%d tensors under %s, %d runs differ" % (tensors, ", ".join(isas), wrong))
    sys.exit(1 if wrong or not tensors else 0)


main()
