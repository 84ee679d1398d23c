"""A case in a real runtime and in its profile: whether they agree, and where they first do not."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from directed.builder import np
from driver import ask
from tool import run

from .generators import make

AGREE, DIFFER, BOTH_REFUSE, RUNTIME_REFUSES, PROFILE_REFUSES = "agree", "differ", "both refuse", "runtime refuses", "profile refuses"
NOT_ASKED = "not asked"  # the runtime's Python interface cannot give it an input of rank 0
DISAGREEMENTS = (DIFFER, RUNTIME_REFUSES, PROFILE_REFUSES)


class Files:
    """A case's model and inputs as files."""

    def __init__(self, folder, case, name="case"):
        builder, arrays, self.case = make(case)
        self.model, self.inputs = os.path.join(folder, name + ".tflite"), os.path.join(folder, name + ".npz")
        builder.save(self.model)
        np.savez(self.inputs, **{"in%d" % k: a for k, a in enumerate(arrays)})
        graph = builder.graph
        self.elements = sum(int(np.prod(graph.tensors[t].shape)) for t in graph.outputs)


class Answer:
    """What came of a case: `what` is one of the words above, `why` a line."""

    def __init__(self, what, why=""):
        self.what, self.why = what, why

    @property
    def disagrees(self):
        return self.what in DISAGREEMENTS


def same_numbers(files, runtime, mode, profile, index):
    """Whether two float tensors differ in nothing but the bits of NaNs; else where they first differ, and how often."""
    folder = os.path.dirname(files.model)
    ours, theirs = os.path.join(folder, "twin.npz"), os.path.join(folder, "runtime.npz")
    run("run", files.model, "-p", profile, "-i", files.inputs, "--all", "-o", ours)
    runtime.run(files.model, files.inputs, mode, theirs)
    a, b = [v for k, v in np.load(ours).items() if k == "t" + index or k.split("_")[0] == index], np.load(theirs)["t" + index]
    if not a:
        return None
    a = a[0].reshape(b.shape) if a[0].size == b.size else a[0]
    if a.shape != b.shape:
        return "shape %s, the runtime has %s" % (list(a.shape), list(b.shape))
    equal = (a == b) | ((a != a) & (b != b)) if a.dtype.kind == "f" else a == b
    if equal.all():
        return ""
    where = tuple(int(v) for v in np.argwhere(~equal)[0]) if a.ndim else ()
    return "%d of %d elements; at %s %s, the runtime has %s" % ((~equal).sum(), equal.size, list(where), a[where], b[where])


def answer(files, runtime, mode, profile, details=False):
    """What the runtime and the profile say to the case in these files."""
    real, twin = runtime.run(files.model, files.inputs, mode), ask("hashes", files.model, profile, files.inputs, "")
    if real.get("error", "").startswith("Cannot set tensor: Dimension mismatch"):
        return Answer(NOT_ASKED, real["error"])
    if "error" in real:
        return Answer(BOTH_REFUSE if "refused" in twin else RUNTIME_REFUSES, real["error"])
    if "refused" in twin:
        return Answer(PROFILE_REFUSES, twin["refused"].split(".tflite: ", 1)[-1])
    for index, expected in real["tensors"].items():
        if twin.get(index) != expected:
            why = same_numbers(files, runtime, mode, profile, index)
            if why:
                return Answer(DIFFER, "tensor %s: %s" % (index, why))
    return Answer(AGREE)
