"""Writes the lists of supported ops: the table of docs/ops.md and the short list of README.md.

Ops and families come from `nputwin ops`, groups from the folders of src/ops, types from the directed models.
"""
import collections
import glob
import os
import re

import pages

PAGES = ["docs/ops.md", "README.md"]
TYPES = ["int8", "uint8", "int16", "int32", "int64", "float32", "bool"]
TITLES = {
    "layers": "layers",
    "elementwise": "element by element",
    "reduce": "pools and reductions",
    "move": "moving and picking elements",
    "normalise": "normalisation",
    "sequence": "sequences",
    "control": "variables and control flow",
    "detection": "detection",
}


def group_of_each_op():
    """{op as ops.inc has it: the folder of src/ops that holds its file}"""
    with open(os.path.join(pages.ROOT, "src", "ops", "ops.inc"), encoding="utf-8") as f:
        lines = re.findall(r"^NPUTWIN_OP\((\w+), (\w+)\)", f.read(), re.M)
    groups = {}
    for file, op in lines:
        [path] = glob.glob(os.path.join(pages.ROOT, "src", "ops", "*", file + ".cc"))
        groups[op.replace("_", "")] = os.path.basename(os.path.dirname(path))
    return groups


class Ops:
    def __init__(self, tool):
        groups = group_of_each_op()
        self.ops = pages.ask_json(tool, "ops", "--format", "json")
        for op in self.ops:
            name = op["op"].lower().replace("_", "").removeprefix("tflite")
            op["group"] = groups[name]
        self.types = collections.defaultdict(set)
        for model in pages.directed_models(tool).values():
            self.add_types(model)

    def add_types(self, model):
        """The types of what each node reads and of its first output; constants, such as indices, say nothing."""
        for op in model["ops"]:
            tensors = [model["tensors"][t] for t in op["inputs"] if t >= 0] + [model["tensors"][op["outputs"][0]]]
            self.types[op["type"]] |= {t["dtype"] for t in tensors if not t["constant"]}

    def table(self):
        rows = [["`%s`" % op["op"], "[%s](arithmetic/rules/%s.md)" % (op["family"], op["family"]),
                 ", ".join(sorted(self.types[op["op"]], key=TYPES.index))] for op in self.ops]
        return pages.table(["op", "rule", "types of the directed models"], rows)

    def short(self):
        rows = [[title, ", ".join(op["op"] for op in self.ops if op["group"] == group)]
                for group, title in TITLES.items()]
        missing = {op["group"] for op in self.ops} - set(TITLES)
        if missing:
            raise SystemExit("src/ops/%s has no title in tools/ops_page.py" % ", ".join(sorted(missing)))
        return pages.table(["group", "%d ops" % len(self.ops)], rows)


def kinds_of(tool):
    ops = Ops(tool)
    return {"ops": ops.table, "groups": ops.short}
