"""A case in a real runtime and in its profile: whether they agree, and where they first do not."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from directed.builder import np
from driver import ask
from tool import run

from .generators import make
from .runtimes import ENDS

AGREE, DIFFER, BOTH_REFUSE, RUNTIME_REFUSES, PROFILE_REFUSES = "agree", "differ", "both refuse", "runtime refuses", "profile refuses"
NOT_ASKED = "not asked"  # the runtime's Python interface cannot give it this input, or hand out this output
DISAGREEMENTS = (DIFFER, RUNTIME_REFUSES, PROFILE_REFUSES)
# Of Python interfaces: an input of rank 0; an output without elements.
INTERFACE = re.compile("Cannot set tensor: Dimension mismatch|Invalid tensor size|^shape \(1,\), expected \(\)")


class Files:
    """A case's model and inputs as files."""

    def __init__(self, folder, case, name="case"):
        made = make(case)
        self.case, self.labels = made.case, made.labels
        self.model, self.inputs = os.path.join(folder, name + ".tflite"), os.path.join(folder, name + ".npz")
        made.builder.save(self.model)
        np.savez(self.inputs, **{"in%d" % k: a for k, a in enumerate(made.arrays)})
        graph = made.builder.graph
        self.sizes = {str(t): int(np.prod(graph.tensors[t].shape)) for t in graph.outputs}
        self.maker = {str(t): k for k, node in enumerate(graph.operators) for t in node.outputs}

    def label(self, node):
        """"OP type" of a node, by its index; of none: the case's own."""
        return self.labels[node] if node is not None and node < len(self.labels) else self.labels[0]

    def refusing(self, reason):
        """The label of the node that a refusal names."""
        found = re.search(r"\bop (\d+) |Node number (\d+) \((?!TfLite)", reason)
        return self.label(int(found[1] or found[2]) if found else None)


class Answer:
    """What came of a case: `what` is one of the words above, `why` a line, `label` the op and type where it comes from, `errors` of
    numbers that differ: (how far, the runtime's magnitude)."""

    def __init__(self, what, why="", label="", errors=()):
        self.what, self.why, self.label, self.errors = what, why, label, errors
        self.empty = False  # a graph output has no elements

    @property
    def disagrees(self):
        return self.what in DISAGREEMENTS


def unequal(files, runtime, mode, profile, index):
    """Of a tensor whose bytes differ: (a line, errors), or None where only the bits of NaNs or the signs of zeros do."""
    folder = os.path.dirname(files.model)
    ours, theirs = os.path.join(folder, "twin.npz"), os.path.join(folder, "runtime.npz")
    run("run", files.model, "-p", profile, "-i", files.inputs, "--all", "-o", ours)
    runtime.run(files.model, files.inputs, mode, theirs)
    a, b = [v for k, v in np.load(ours).items() if k == "t" + index or k.split("_")[0] == index][0], np.load(theirs)["t" + index]
    a = a.reshape(b.shape) if a.size == b.size else a
    if a.shape != b.shape:
        return "shape %s, the runtime has %s" % (list(a.shape), list(b.shape)), ()
    equal = (a == b) | ((a != a) & (b != b))
    if equal.all():
        return None
    where = tuple(int(v) for v in np.argwhere(~equal)[0])
    with np.errstate(invalid="ignore"):
        x, y = a[~equal].astype(float), b[~equal].astype(float)
        errors = list(zip(np.abs(x - y).tolist(), np.abs(y).tolist()))
    return "%d of %d elements; at %s %s, the runtime has %s" % ((~equal).sum(), equal.size, list(where), a[where], b[where]), errors


def ending_node(files, runtime, mode):
    """Of a graph at which the process ends, the node: the last of the shortest beginning that ends it too."""
    for nodes in range(1, files.case.nodes):
        part = Files(os.path.dirname(files.model), files.case._replace(nodes=nodes), "part")
        if runtime.run(part.model, part.inputs, mode).get("error", "").startswith(ENDS):
            return len(part.labels) - 1
    return len(files.labels) - 1


def answer(files, runtime, mode, profile):
    """What the runtime and the profile say to the case in these files."""
    found = compared(files, runtime, mode, profile)
    found.empty = 0 in files.sizes.values()
    return found


def compared(files, runtime, mode, profile):
    real, twin = runtime.run(files.model, files.inputs, mode), ask("hashes", files.model, profile, files.inputs, "")
    if "error" in real:
        if INTERFACE.search(real["error"]):
            return Answer(NOT_ASKED, real["error"])
        ended = real["error"].startswith(ENDS)
        label = files.label(ending_node(files, runtime, mode)) if ended else files.refusing(real["error"])
        return Answer(BOTH_REFUSE if "refused" in twin else RUNTIME_REFUSES, real["error"], label)
    if "refused" in twin:
        reason = twin["refused"].split(".tflite: ", 1)[-1]
        return Answer(PROFILE_REFUSES, reason, files.refusing(reason))
    for index in sorted(real["tensors"], key=lambda t: files.maker.get(t, -1)):
        if twin.get(index) != real["tensors"][index]:
            found = unequal(files, runtime, mode, profile, index)
            if found:
                return Answer(DIFFER, "tensor %s: %s" % (index, found[0]), files.label(files.maker.get(index)), found[1])
    return Answer(AGREE)
