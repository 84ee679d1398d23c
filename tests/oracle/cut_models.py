#!/usr/bin/env python3
"""Every prefix that `nputwin cut --every-layer` writes, run in real runtimes, gives what the whole model's run gave.

  cut_models.py NPUTWIN ORACLE_DIR TOOLS_DIR MODEL.tflite RECORDED.json ...

Run by `./dev oracle` with the Python of an installed runtime; TOOLS_DIR holds golden.py and model_tools.py. RECORDED.json has the
hashes of every op's output of the whole model, in golden.py's format, for the input noise:1. Each prefix runs in LiteRT 2.3 and in
TFLite 2.9.1 on AArch64, as applications have them and by the built-in kernels.
Exit code 1 where a prefix does not load or gives another value; all models are looked at before.
"""
import itertools
import json
import os
import subprocess
import sys
import tempfile

nputwin, oracles, tools, *rest = sys.argv[1:]
sys.path.insert(0, os.path.abspath(tools))
sys.argv = sys.argv[:1]
import golden
import numpy as np

RUNTIMES = ("litert", "tflite291-arm64")
MODES = ("xnnpack", "builtin")
TIMEOUT = 3600


def recorded_hashes(path, runtime, mode):
    with open(path) as f:
        runs = json.load(f)["runs"]
    for run in runs:
        if "%s/%s" % (runtime, mode) in run["runtimes"] and run["input"] == "noise":
            return run.get("tensors"), run.get("error")
    return None, "not recorded"


def check(path, recorded):
    wrong, compared = [], 0
    model = golden.mt.load(path)
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.npz")
        np.savez(inputs, **golden.mt.make_inputs(model, "noise", 1))
        done = subprocess.run([nputwin, "cut", path, "-o", folder, "--every-layer", "--format", "json"], capture_output=True, text=True, check=True)
        parts = json.loads(done.stdout)
        for runtime, mode in itertools.product(RUNTIMES, MODES):
            hashes, error = recorded_hashes(recorded, runtime, mode)
            if hashes is None:
                print("%s in %s/%s: skipped, the whole model gave no result: %s" % (os.path.basename(path), runtime, mode, error))
                continue
            jobs = [[part["file"], inputs, mode] for part in parts]
            for part, result in zip(parts, golden.run_all(os.path.join(oracles, "bin", runtime), jobs, TIMEOUT)):
                where = "%s in %s/%s" % (os.path.basename(part["file"]), runtime, mode)
                if "error" in result:
                    wrong.append("%s: %s" % (where, result["error"]))
                    continue
                for output in part["outputs"]:
                    tensor = str(output["tensor"])
                    if tensor not in hashes:
                        continue
                    compared += 1
                    if result["tensors"].get(tensor) != hashes[tensor]:
                        wrong.append("%s: output '%s' is not the whole model's" % (where, output["name"]))
    print("%s: %d prefixes, %d outputs compared, %d wrong" % (os.path.basename(path), len(parts), compared, len(wrong)))
    return wrong + (["%s: nothing was compared" % path] if compared == 0 else [])


def main():
    wrong = []
    for path, recorded in zip(rest[::2], rest[1::2]):
        wrong += check(path, recorded)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
