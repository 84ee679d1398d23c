#!/usr/bin/env python3
"""The layouts of TensorFlow Lite's structs for delegates, measured from its real headers.

  abi_headers.py NAME=FOLDER...            compares with layouts.json, from which abi_test.cc compares what apps/delegate states
  abi_headers.py --record NAME=FOLDER...   writes layouts.json

A FOLDER holds tensorflow/lite/c/common.h (TensorFlow) or tflite/c/common.h (LiteRT) as in the sources. Without an argument
NPUTWIN_TFLITE_HEADERS names them, separated by colons; where it is not set, nothing is done. The headers are in the sources and in SDKs
of boards, in no wheel of PyPI.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LAYOUTS = os.path.join(HERE, "layouts.json")
KINDS = r"NPUTWIN_ABI_(FIELD|LATER|VALUE)\((\w+)(?:, (\w+), [\w.]+)?\)"


def stated():
    """[(kind, struct or constant, member or None)] of abi_fields.inc."""
    with open(os.path.join(HERE, "abi_fields.inc")) as f:
        return [m.groups() for m in re.finditer(KINDS, f.read()) if m[2] not in ("struct", "constant")]


def compiled(folder, text, run):
    """What a C program prints that includes the headers; None where it does not compile."""
    litert = os.path.isdir(os.path.join(folder, "tflite"))
    root = "tflite" if litert else "tensorflow/lite"
    head = "".join('#include "%s/%s"\n' % (root, name) for name in ("c/common.h", "builtin_ops.h", "c/builtin_op_data.h"))
    with tempfile.TemporaryDirectory() as work:
        source, program = os.path.join(work, "a.c"), os.path.join(work, "a")
        with open(source, "w") as f:
            f.write("#include <stddef.h>\n#include <stdio.h>\n" + head + "int main(void) {\n" + text + "return 0; }\n")
        flags = [] if run else ["-fsyntax-only"]
        done = subprocess.run(["cc", "-w", "-I", folder, source, "-o", program, *flags], capture_output=True, text=True)
        if done.returncode != 0:
            if run:
                sys.exit(done.stderr)
            return None
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout if run else ""


def measured(folder):
    layout, lines, structs = {}, [], set()
    for kind, name, member in stated():
        if kind == "VALUE":
            here = '(void)(%s);\n' % name
            if compiled(folder, here, False) is not None:
                lines.append('printf("values %s %%lld 0\\n", (long long)%s);\n' % (name, name))
            continue
        if kind == "LATER" and compiled(folder, "(void)offsetof(%s, %s);\n" % (name, member), False) is None:
            continue
        if name not in structs:
            lines.append('printf("%s size %%zu 0\\n", sizeof(%s));\n' % (name, name))
            structs.add(name)
        lines.append('printf("%s %s %%zu %%zu\\n", offsetof(%s, %s), sizeof(((%s*)0)->%s));\n' % (name, member, name, member, name, member))
    lines.append('printf("TfLiteIntArray data %zu 4\\n", offsetof(TfLiteIntArray, data));\n')
    for line in compiled(folder, "".join(lines), True).splitlines():
        name, member, offset, size = line.split()
        layout.setdefault(name, {})[member] = int(offset) if member == "size" and size == "0" or name == "values" else [int(offset), int(size)]
    return layout


def main():
    record = "--record" in sys.argv
    folders = [a for a in sys.argv[1:] if a != "--record"] or [f for f in os.environ.get("NPUTWIN_TFLITE_HEADERS", "").split(":") if f]
    if not folders:
        print("skipped: NPUTWIN_TFLITE_HEADERS names no headers")
        sys.exit(77)
    layouts = {name: measured(folder) for name, folder in (f.split("=", 1) for f in folders)}
    if record:
        with open(LAYOUTS, "w") as f:
            f.write(json.dumps(layouts, indent=0, sort_keys=True).replace(",\n", ", ").replace("[\n", "[").replace("\n]", "]")
                    .replace("}, ", "},\n") + "\n")
        return
    with open(LAYOUTS) as f:
        recorded = json.load(f)
    for name, layout in layouts.items():
        if recorded.get(name, layout) != layout:
            sys.exit("%s: not what layouts.json says; --record, then see abi_test.cc" % name)
        print("%s: as recorded" % name if name in recorded else "%s: measured, not recorded" % name)


if __name__ == "__main__":
    main()
