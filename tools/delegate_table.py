#!/usr/bin/env python3
"""The delegate in real runtimes over the public models, and what it costs: docs/arithmetic/delegate.md and delegate.json.

  delegate_table.py NPUTWIN MODELS [MODEL...] [--write] [--only-cost | --cost | --render]

The runtimes are those of tests/delegate/runtimes.py: LiteRT of .venv, and what NPUTWIN_DELEGATE_RUNTIMES names; NPUTWIN_DELEGATE is a library
of another architecture. What is recorded of other runtimes and models stays. Each model runs once on
noise in each runtime with the delegate, and in the tool under the placement of that release and that runtime; the outputs' bytes are compared.
--cost also measures, with the first runtime, a run by the delegate against Session::run of the whole model (nputwin_model_runner), in turns.
--only-cost and --render keep the recorded outcomes, --render all that is recorded. Without --write the tables are printed.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import pages

sys.path.insert(0, os.path.join(pages.ROOT, "tests", "delegate"))
import runtimes
from tool import instruction_sets, run

PAGE = os.path.join(pages.ROOT, "docs", "arithmetic", "delegate.md")
RECORD = os.path.join(pages.ROOT, "docs", "arithmetic", "delegate.json")
COST = """cls_mlperf_tiny_resnet8_i8 cls_mobilenet_v1_0.25_128_u8 cls_mobilenet_v1_0.5_160_u8 cls_squeezenet_food101_i8
cls_tf2_mobilenet_v2_ptq_i8 det_blazeface_128_i8 det_fomo_mobv2_035_i8 emb_mobilefacenet_128d_i8 kws_arm_dscnn_l_i8
lm_hand_3d_256_i8""".split()
ROUNDS = 40
# Prepares a model with the delegate; then, for each number on stdin, runs it that often and prints the nanoseconds.
TIMED = """
import sys, time
import numpy as np
try:
    import tflite_runtime.interpreter as rt
except ImportError:
    import ai_edge_litert.interpreter as rt
it = rt.Interpreter(sys.argv[1], num_threads=1, experimental_delegates=[rt.load_delegate(sys.argv[2], {"release": sys.argv[3]})])
it.allocate_tensors()
random = np.random.default_rng(1)
for d in it.get_input_details():  # of zeros, layers have less to do
    codes = np.issubdtype(d["dtype"], np.integer)
    it.set_tensor(d["index"], random.integers(np.iinfo(d["dtype"]).min, np.iinfo(d["dtype"]).max, d["shape"], d["dtype"]) if codes
                  else random.uniform(0, 1, d["shape"]).astype(d["dtype"]))
it.invoke()
for line in sys.stdin:
    began = time.perf_counter_ns()
    for _ in range(int(line)):
        it.invoke()
    print(time.perf_counter_ns() - began, flush=True)
"""


def outcome(runtime, path, folder):
    """"equal", how many outputs differ, or why one of the two does not run the model; and how many ops of all are delegated."""
    placement = "%s(vip-v8)+%s" % (runtime.release, runtime.profile)
    try:
        inputs, about = runtimes.specs(path, placement)
    except json.JSONDecodeError:
        return "the tool refuses it", ""
    ops = about["ops"]
    claimed = sum(op.get("rule", {}).get("delegate", "none").startswith("vx") for op in ops)
    told = run("inspect", path, "-p", placement)[1]
    counts = "%d of %d in %d" % (claimed, len(ops), len(re.findall(r"^  the NPU ", told, re.M)))
    file, arguments = runtimes.write_inputs(folder, inputs)
    expected = runtimes.tools_outputs(path, placement, arguments[0], folder)
    out = os.path.join(folder, "out.npz")
    answer = runtime.ask(model=path, inputs=file, out=out, options={"release": runtime.release})
    if isinstance(expected, str):
        known = re.search(r"does not define \w+|this custom op is not supported|supported: \w+|expected 0", expected)
        return "the tool does not run it: " + (known[0] if known else "see inspect"), ""
    if "error" in answer:
        return "the runtime refuses it", counts
    wrong = runtimes.equal_outputs(answer, out, expected)
    return ("%d outputs differ" % len(wrong) if wrong else "equal"), counts


def sweep(models):
    only = [a for a in sys.argv[3:] if not a.startswith("--")]
    found = {}
    for python, profile, release in runtimes.available():
        runtime = runtimes.Runtime(python, profile, release)
        for name in sorted(n[:-len(".tflite")] for n in os.listdir(models) if n.endswith(".tflite") and (not only or n[:-7] in only)):
            print(profile, name, file=sys.stderr)
            if not runtime.alive():
                runtime = runtimes.Runtime(python, profile, release)
            with tempfile.TemporaryDirectory() as folder:
                result, counts = outcome(runtime, os.path.join(models, name + ".tflite"), folder)
            found.setdefault(name, {})["%s(vip-v8)+%s" % (release, profile)] = {"result": result, "delegated": counts}
        runtime.close()
    return found


class Timed:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, count):
        self.process.stdin.write("%d\n" % count)
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) / count

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cost(tool, models):
    """{model: [milliseconds of the library's own run, of the delegate's], each the fastest turn}"""
    python, profile, release = runtimes.available()[0]
    isa = instruction_sets()[0]
    found = {}
    for name in COST:
        path = os.path.join(models, name + ".tflite")
        # The placement's chip alone: all ops are claimed.
        own = Timed(os.path.join(os.path.dirname(tool), "bench", "nputwin_model_runner"), path, "vip-v8", isa, "1")
        delegated = Timed(python, "-c", TIMED, path, runtimes.LIBRARY, release)
        count = max(1, int(5e7 / own.run(2)))
        delegated.run(count)
        turns = [(own.run(count), delegated.run(count)) for _ in range(ROUNDS)]
        own.close(), delegated.close()
        found[name] = [min(a for a, _ in turns) / 1e6, min(b for _, b in turns) / 1e6]
        print(name, found[name], file=sys.stderr)
    return found


def tables(record):
    placements = sorted({p for row in record["models"].values() for p in row})
    def cell(outcome):
        return ": ".join(text for text in (outcome["delegated"], outcome["result"]) if text) if outcome else ""

    rows = [[name] + [cell(row.get(p)) for p in placements] for name, row in sorted(record["models"].items())]
    yield "models", pages.table(["model"] + placements, rows)
    head = ["model", "the library's own run, ms", "by the delegate, ms", "ratio"]
    yield "cost", pages.table(head, [[name, "%.3f" % a, "%.3f" % b, "%.3f" % (b / a)] for name, (a, b) in sorted(record["cost"].items())], head[1:])
    equal = ["%s %d" % (p, sum(row.get(p, {}).get("result") == "equal" for row in record["models"].values())) for p in placements]
    yield "equal", "Models whose outputs are equal, byte for byte: " + "; ".join(equal) + "."


def main():
    tool, models = sys.argv[1:3]
    record = {"models": {}, "cost": {}}
    if os.path.exists(RECORD):
        with open(RECORD) as f:
            record = json.load(f)
    if "--render" not in sys.argv:
        for name, row in (sweep(models) if "--only-cost" not in sys.argv else {}).items():
            record["models"].setdefault(name, {}).update(row)
        if "--cost" in sys.argv or "--only-cost" in sys.argv:
            record["cost"] = cost(tool, models)
    if "--write" not in sys.argv:
        print("\n\n".join(text for _, text in tables(record)))
        return
    with open(RECORD, "w") as f:
        f.write(json.dumps(record, indent=1, sort_keys=True) + "\n")
    with open(PAGE, encoding="utf-8") as f:
        text = f.read()
    for kind, made in tables(record):
        text = re.sub(r"(<!--%s-->\n\n).*?(<!--/%s-->)" % (kind, kind), lambda m, made=made: m[1] + made + "\n\n" + m[2], text, flags=re.S)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
