#!/usr/bin/env python3
"""Asks the real runtimes which versions of each op they register, and writes src/profile/op_versions.inc.

  op_versions.py ORACLE_DIR TOOLS_DIR WHEELS_DIR OUT.inc

WHEELS_DIR holds what version_map installed (--keep).

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
# The columns: an OpRegistry's name in C++, and which runtime is asked, of ORACLE_DIR or WHEELS_DIR. Architectures, Debian's build and
# wheels that are not named here agree with one that is.
COLUMNS = [
    ("kTflite291", "tflite291/builtin"),
    ("kTflite291Ref", "tflite291/ref"),
    ("kTflite211", "tflite-runtime-2.11.0/builtin"),
    ("kTflite211Ref", "tflite-runtime-2.11.0/ref"),
    ("kTflite213", "tflite-runtime-2.13.0/builtin"),
    ("kTflite214", "tflite214/builtin"),
    ("kTflite214Ref", "tflite214/ref"),
    ("kTensorflow215", "tensorflow-2.15.0/builtin"),
    ("kTensorflow215Ref", "tensorflow-2.15.0/ref"),
    ("kTensorflow217", "tensorflow-2.17.0/builtin"),
    ("kTensorflow217Ref", "tensorflow-2.17.0/ref"),
    ("kTensorflow219", "tensorflow-2.19.0/builtin"),
    ("kTensorflow219Ref", "tensorflow-2.19.0/ref"),
    ("kLitert14", "ai-edge-litert-1.4.0/builtin"),
    ("kLitert14Ref", "ai-edge-litert-1.4.0/ref"),
    ("kLitert21", "litert-arm64/builtin"),
    ("kLitert21Ref", "litert-arm64/ref"),
    ("kTensorflow221", "tensorflow-2.21.0/builtin"),
    ("kTensorflow221Ref", "tensorflow-2.21.0/ref"),
    ("kLitert216", "ai-edge-litert-2.1.6/builtin"),
    ("kLitert216Ref", "ai-edge-litert-2.1.6/ref"),
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
    oracles, tools, wheels, out = sys.argv[1:]

    def python(name):
        installed = os.path.join(os.path.abspath(oracles), "bin", name)
        return installed if os.path.exists(installed) else os.path.join(os.path.abspath(wheels), name, "run")

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
        f.write("// Made by tests/oracle/op_versions.py from what the runtimes register: the op, its first version, whether TensorFlow Lite\n"
                "// Micro has it, and its last version for each OpRegistry from kTflite291 on. 0: not registered.\n")
        for name, row in table.items():
            firsts = {r[0] for r in row if r}
            if len(firsts) > 1:
                sys.exit("%s: first versions %s" % (name, firsts))
            if firsts or name in micro:
                f.write("NPUTWIN_OP_VERSIONS(%s, %d, %d, %s)\n" % (
                    name, *(firsts or {1}), name in micro, ", ".join(str(r[1] if r else 0) for r in row)))


main()
