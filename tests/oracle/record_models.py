#!/usr/bin/env python3
"""Records what the real runtimes compute for the project's own models, op by op, as hashes.

  record_models.py [--refusals] ORACLE_DIR TOOLS_DIR OUT_DIR MODEL.tflite...

--refusals: that a runtime refuses a model, or does not give the same twice, is an answer too, and is recorded.

Run by `./dev oracle` with the Python of an installed runtime; TOOLS_DIR holds golden.py, which does the work and whose
format tests/golden/own_models.py reads.
"""
import json
import os
import sys

refusals = "--refusals" in sys.argv
oracles, tools, out, *paths = [a for a in sys.argv[1:] if a != "--refusals"]
sys.path.insert(0, os.path.abspath(tools))
sys.argv = sys.argv[:1]
import golden


def no_photo(model, kind, *rest, make_inputs=golden.mt.make_inputs):
    """The tests need nothing but the tree, so that pictures are left out: golden.py then takes `ramp`."""
    return None if kind == "photo" else make_inputs(model, kind, *rest)


golden.mt.make_inputs = no_photo


def set_aside(result, runtimes):
    """Runtimes whose answer depends on which tensors are kept have none."""
    if not runtimes:
        return
    kinds = sorted({r["input"] for r in result["runs"]})
    for r in result["runs"]:
        r["runtimes"] = [name for name in r["runtimes"] if name not in runtimes]
    result["runs"] = [r for r in result["runs"] if r["runtimes"]]
    result["runs"] += [{"runtimes": list(runtimes), "input": kind, "error": "the result depends on which tensors are kept"} for kind in kinds]


def main():
    os.makedirs(out, exist_ok=True)
    for path in paths:
        result = golden.record(os.path.abspath(oracles), path)
        errors = [r for r in result["runs"] if "error" in r]
        if not refusals and (errors or result["exposed_differs"]):
            sys.exit("%s: %s" % (path, errors or result["exposed_differs"]))
        set_aside(result, result["exposed_differs"])
        target = os.path.join(out, os.path.basename(path)[:-len(".tflite")] + ".json")
        with open(target + ".part", "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
        os.replace(target + ".part", target)
        print("%s: %d different results of %d runs" % (target, len(result["runs"]), sum(len(r["runtimes"]) for r in result["runs"])))


if __name__ == "__main__":
    main()
