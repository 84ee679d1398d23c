#!/usr/bin/env python3
"""Asks the real runtimes which versions of each op they register, and writes src/profile/op_versions.inc.

  op_versions.py ORACLE_DIR TOOLS_DIR OUT.inc

A model that names (op, version) and has no node is enough for TensorFlow Lite, which looks all of them up. TensorFlow Lite
Micro looks up what a node uses, whatever its version: there a node of the op, without sensible inputs, tells "not found"
from every other fault.
"""
import os
import subprocess
import sys
import tempfile

from directed.builder import Builder, np, schema
from random_trial.runtimes import Runtime

FIRST = 3  # an op that has none of its first three versions has none: a refused version can cost a process
MOST = 24  # no op has that many versions
NO_OPS = ("CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES")
# The columns: an OpRegistry's name in C++, and where it is asked for. Architectures and Debian's build agree.
COLUMNS = [
    ("kTflite291", "tflite291/builtin"),
    ("kTflite291Ref", "tflite291/ref"),
    ("kTflite214", "tflite214/builtin"),
    ("kTflite214Ref", "tflite214/ref"),
    ("kLitert21", "litert-arm64/builtin"),
    ("kLitert21Ref", "litert-arm64/ref"),
    ("kLitert23", "litert/builtin"),
    ("kLitert23Ref", "litert/ref"),
]
ASK_MICRO = """
import sys
from tflite_micro.python.tflite_micro import runtime
for path in sys.argv[1:]:
    sys.stderr.write("\\n@@ %s\\n" % path)
    sys.stderr.flush()
    try:
        runtime.Interpreter.from_file(path, arena_size=1 << 20)
    except Exception:
        pass
"""


def model_of(path, op, version):
    b = Builder()
    x = b.another_input("f32", (1,))
    c = schema.OperatorCodeT()
    c.builtinCode, c.deprecatedBuiltinCode, c.version = op, min(op, 127), version
    b.model.operatorCodes.append(c)
    b.graph.outputs.append(x)
    b.save(path)


def versions(runtime, mode, folder, op):
    """(first, last), or nothing."""
    found = []
    for version in range(1, MOST):
        model = os.path.join(folder, "v.tflite")
        model_of(model, op, version)
        if "error" not in runtime.run(model, os.path.join(folder, "in.npz"), mode):
            found.append(version)
        elif found or version == FIRST:
            break
    return (found[0], found[-1]) if found else None


def micro_ops(python, folder, names):
    """Ops that TensorFlow Lite Micro's resolver finds."""
    paths = []
    for name in names:
        b = Builder()
        b.op(name, [b.another_input("f32", (1,))], [b.tensor("f32", (1,))])
        paths.append(os.path.join(folder, name + ".tflite"))
        b.save(paths[-1])
    found = set()
    while paths:  # some end the process
        said = subprocess.run([python, "-c", ASK_MICRO, *paths], capture_output=True, text=True).stderr.split("@@ ")[1:]
        asked = [s.splitlines()[0] for s in said]
        found |= {os.path.basename(p)[:-len(".tflite")] for p, s in zip(asked, said) if "Didn't find op" not in s}
        paths = paths[paths.index(asked[-1]) + 1:]
    return found


def main():
    oracles, tools, out = sys.argv[1:]
    python = lambda name: os.path.join(os.path.abspath(oracles), "bin", name)
    names = {k: v for k, v in sorted(vars(schema.BuiltinOperator).items()) if isinstance(v, int) and k not in NO_OPS}
    table = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        np.savez(os.path.join(folder, "in.npz"), in0=np.zeros(1, np.float32))
        for _, target in COLUMNS:
            print("asking " + target, file=sys.stderr)
            runtime = Runtime(python(target.split("/")[0]), tools)
            for name, op in names.items():
                table[name].append(versions(runtime, target.split("/")[1], folder, op))
            runtime.close()
        micro = micro_ops(python("tflm"), folder, names)
    with open(out, "w") as f:
        f.write("// Made by tests/oracle/op_versions.py from what the runtimes register: the op, its first version, its last version in\n"
                "// %s, and whether TensorFlow Lite Micro\n// has it. 0: not registered.\n" % ", ".join(c for c, _ in COLUMNS))
        for name, row in table.items():
            firsts = {r[0] for r in row if r}
            if len(firsts) > 1:
                sys.exit("%s: first versions %s" % (name, firsts))
            if firsts or name in micro:
                f.write("NPUTWIN_OP_VERSIONS(%s, %d, %s, %d)\n" % (
                    name, *(firsts or {1}), ", ".join(str(r[1] if r else 0) for r in row), name in micro))


main()
