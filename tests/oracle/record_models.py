#!/usr/bin/env python3
"""Records what the real runtimes compute for the project's own models, op by op, as hashes.

  record_models.py [--refusals] [--only NAME,...] ORACLE_DIR TOOLS_DIR OUT_DIR MODEL.tflite...

--refusals: that a runtime refuses a model, or does not give the same twice, is an answer too, and is recorded.
--only: these runtimes alone; what the file says of others stays.

Run by `./dev oracle` with the Python of an installed runtime; TOOLS_DIR holds golden.py, which does the work and whose
format tests/golden/own_models.py reads.
"""
import argparse
import json
import os
import sys

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--refusals", action="store_true")
parser.add_argument("--only", default="")
for position in ("oracles", "tools", "out"):
    parser.add_argument(position)
parser.add_argument("paths", nargs="+")
arguments = parser.parse_args()
sys.path.insert(0, os.path.abspath(arguments.tools))
sys.argv = sys.argv[:1]
import golden

# Runtimes and their modes. Debian's library has one set of kernels, TensorFlow Lite Micro the reference kernels alone.
GROUPS = [
    (["litert", "litert-arm64", "tflite291", "tflite291-arm64", "tflite214", "tflite214-arm64"], ["ref", "builtin", "xnnpack"]),
    (["debian214", "debian214-arm64"], ["builtin"]),
    (["tflm"], ["ref"]),
]


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


def add(runs, found):
    """Puts runs into a list where equal results stand once."""
    for run in found:
        same = [r for r in runs if all(r.get(k) == run.get(k) for k in ("input", "tensors", "error"))]
        if same:
            same[0]["runtimes"] += run["runtimes"]
        else:
            runs.append(run)


def record(path, target):
    """The recording of a model; where only some runtimes are asked, with what the file says of the others."""
    only = set(arguments.only.split(",")) - {""}
    recording, runs, changed = None, [], []
    if only and os.path.exists(target):
        with open(target) as f:
            kept = json.load(f)["runs"]
        for run in kept:
            run["runtimes"] = [r for r in run["runtimes"] if r.split("/")[0] not in only]
        runs = [r for r in kept if r["runtimes"]]
    for names, golden.MODES in GROUPS:
        golden.RUNTIMES = [n for n in names if not only or n in only]
        if golden.RUNTIMES:
            recording = golden.record(os.path.abspath(arguments.oracles), path)
            set_aside(recording, recording["exposed_differs"])
            add(runs, recording["runs"])
            changed += recording["exposed_differs"]
    return {**recording, "runs": runs, "exposed_differs": changed}


def main():
    os.makedirs(arguments.out, exist_ok=True)
    for path in arguments.paths:
        target = os.path.join(arguments.out, os.path.basename(path)[:-len(".tflite")] + ".json")
        result = record(path, target)
        errors = [r for r in result["runs"] if "error" in r]
        if not arguments.refusals and (errors or result["exposed_differs"]):
            sys.exit("%s: %s" % (path, errors or result["exposed_differs"]))
        with open(target + ".part", "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
        os.replace(target + ".part", target)
        print("%s: %d different results of %d runs" % (target, len(result["runs"]), sum(len(r["runtimes"]) for r in result["runs"])))


if __name__ == "__main__":
    main()
