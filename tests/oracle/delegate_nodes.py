#!/usr/bin/env python3
"""Compares the ops that `nputwin inspect` gives to XNNPACK with those that the real runtime's delegate takes.

  delegate_nodes.py MODEL.tflite …      in the Python of a runtime, with NPUTWIN naming the tool and PROFILE the runtime's

After allocation the runtime lists its DELEGATE nodes behind the model's own: what lies between the inputs and the outputs of one is
what it has replaced. A model that the profile or the runtime refuses is counted and not compared. Each model costs a process, since a
refusal can end it.
"""
import json
import os
import subprocess
import sys


def delegated(path):
    """The indices of the ops that a delegate has taken; runs in a process of its own."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        from tflite_runtime.interpreter import Interpreter
    interpreter = Interpreter(model_path=path)
    interpreter.allocate_tensors()
    ops = interpreter._get_ops_details()
    nodes = [op for op in ops if op["op_name"] != "DELEGATE"]
    maker = {int(t): op for op in nodes for t in op["outputs"]}
    taken = set()
    for delegate in ops[len(nodes):]:
        given = {int(t) for t in delegate["inputs"]}
        wanted = [int(t) for t in delegate["outputs"]]
        while wanted:
            t = wanted.pop()
            op = maker.get(t)
            if t in given or op is None or op["index"] in taken:
                continue
            taken.add(op["index"])
            wanted += [int(t) for t in op["inputs"] if t >= 0]
    return sorted(int(i) for i in taken)


def main(models):
    tool, profile = os.environ["NPUTWIN"], os.environ.get("PROFILE", "litert-2.3-x86")
    compared = refused = unequal = 0
    for path in models:
        real = subprocess.run([sys.executable, __file__, "--one", path], capture_output=True, text=True, check=False)
        twin = subprocess.run([tool, "inspect", path, "--profile", profile, "--format", "json"], capture_output=True, text=True, check=False)
        ops = json.loads(twin.stdout)["ops"] if twin.stdout else []
        if real.returncode != 0 or not ops or any("rule" not in op for op in ops):
            refused += 1
            continue
        compared += 1
        taken = set(json.loads(real.stdout.splitlines()[-1]))
        # What ends in a variable makes nothing that could be followed.
        assigned = {t for op in ops if op["type"] == "ASSIGN_VARIABLE" for t in op["inputs"]}
        wrong = [op for op in ops if not assigned.issuperset(op["outputs"])
                 and (op["index"] in taken) != (op["rule"]["delegate"] == "xnnpack")]
        unequal += bool(wrong)
        for op in wrong:
            print("%s: op %d %s: %s takes it" % (os.path.basename(path), op["index"], op["type"],
                                               "the runtime's delegate" if op["index"] in taken else "only ours"))
    print("%d models compared, %d unequal, %d refused by either" % (compared, unequal, refused))
    return unequal > 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print("\n" + json.dumps(delegated(sys.argv[2])), flush=True)
        os._exit(0)  # some runtimes do not survive their own end
    sys.exit(main(sys.argv[1:]))
