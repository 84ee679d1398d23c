"""What a wheel computes for a set of models, and which profile equals it."""
import collections
import json
import os
import sys

import golden  # of ../shared/oracle: run_all, and the models' inputs
import numpy as np
from tool import ROOT, TESTS, source
from driver import ask

MODES = {"default": "xnnpack", "builtin": "builtin", "ref": "ref"}
KINDS = ("noise", "ramp")
# Small corpus models with recorded answers; together they have every layer, int8, uint8 and int16, and an LSTM.
CORPUS = ("ad_mlperf_tiny_ad01_i8", "cls_mlperf_tiny_resnet8_i8", "cls_person_detect_i8", "cls_person_detect_u8", "det_fomo_mobv2_035_i8",
          "kws_arm_dscnn_s_i8", "kws_micro_speech_i8", "kws_mlperf_tiny_streaming_ww_i8", "op_split_concat_u8", "rnn_mnist_lstm_i8",
          "sen_openmv_force_i8", "x16_arm_dscnn_s_i16x8")
# What the reference FULLY_CONNECTED before LiteRT leaves as it was (tests/golden/exceptions.json tells it of corpus models).
UNSET = {"fully_connected_kept_dims"}


class Case:
    """A model, what it is with every op's output exposed, its inputs, and which op makes which tensor."""

    def __init__(self, path, folder):
        self.path, self.name = path, os.path.basename(path)[:-len(".tflite")]
        model = golden.mt.load(path)
        graph = model.subgraphs[0]
        self.outputs = [str(t) for t in graph.outputs]
        self.maker = {str(t): (golden.mt.op_name(model, op), [str(i) for i in op.inputs]) for op in graph.operators for t in op.outputs}
        self.type_of = {str(t): np.dtype(golden.mt.DTYPE[x.type]).name for t, x in enumerate(graph.tensors) if x.type in golden.mt.DTYPE}
        self.inputs = {}
        for kind in KINDS:
            self.inputs[kind] = os.path.join(folder, "%s.%s.npz" % (self.name, kind))
            np.savez(self.inputs[kind], **golden.mt.make_inputs(model, kind))
        self.exposed = os.path.join(folder, self.name + ".tflite")
        golden.mt.save(golden.mt.expose(model), self.exposed)

    def op_of(self, tensor):
        return "%s %s" % (self.maker[tensor][0], self.type_of.get(tensor, "?"))

    def first(self, tensors):
        """Of tensors that differ, those whose op had equal inputs: where a difference begins."""
        return [t for t in tensors if t in self.maker and not set(self.maker[t][1]) & set(tensors)]


def cases(folder, models):
    directed = os.path.join(TESTS, "vectors", "directed")
    paths = [os.path.join(directed, n) for n in sorted(os.listdir(directed)) if n.endswith(".tflite")]
    return [Case(p, folder) for p in paths + [os.path.join(models, n + ".tflite") for n in CORPUS]]


def answers(python, all_cases, timeout):
    """{(case, mode, kind): {"tensors"} or {"error"}}. Tensors that a second run does not give again are left out."""
    keys = [(c, mode, kind) for c in all_cases for mode in MODES for kind in KINDS]
    jobs = [[c.exposed, c.inputs[kind], MODES[mode]] for c, mode, kind in keys]
    jobs += [[c.path, c.inputs[kind], MODES[mode]] for c, mode, kind in keys]
    done = golden.run_all(python, jobs, timeout)
    if not any("tensors" in d for d in done):
        sys.exit("%s runs nothing: %s" % (python, done[0]))
    found = {}
    for key, first, plain in zip(keys, done[:len(keys)], done[len(keys):]):
        if "tensors" in first and any(first["tensors"].get(t) != h for t, h in plain.get("tensors", {}).items()):
            first = {"error": "the result depends on which tensors are kept, or on the run"}
        found[key] = first
    return found


class Twins:
    """What profiles compute, each asked once."""

    def __init__(self):
        self.hashes, self.sizes = {}, {}
        self.excepted = collections.defaultdict(set)  # {model: tensors that differ from a runtime by a cause that is listed}
        for name in ("exceptions.json", "directed_exceptions.json"):
            with open(os.path.join(ROOT, "tests", "golden", name)) as f:
                for e in json.load(f):
                    self.excepted[e["model"]] |= set(e["tensors"])

    def of(self, case, profile, kind):
        key = case.name, profile, kind
        if key not in self.hashes:
            self.hashes[key] = ask("hashes", case.path, profile, source(kind), "")
        return self.hashes[key]

    def elements(self, case, profile, tensors):
        key = case.name, profile
        if key not in self.sizes:
            self.sizes[key] = ask("families", case.path, profile)
        return sum(self.sizes[key][t][1] for t in tensors)


def compare(real, mode, profile, twins):
    """Counts of one mode's answers beside a profile's; where a tensor differs, by op: tensors and models."""
    c = collections.Counter(models=0, tensors=0, elements=0, different=0, excepted=0, both_refuse=0)
    seen, ops, refusals = set(), {}, {"runtime": {}, "profile": {}}
    for (case, m, kind), answer in real.items():
        if m != mode:
            continue
        twin = twins.of(case, profile, kind)
        if "error" in answer or "refused" in twin:
            if "error" in answer and "refused" in twin:
                c["both_refuse"] += 1
            elif "error" in answer:
                refusals["runtime"][case.name] = answer["error"]
            else:
                refusals["profile"][case.name] = twin["refused"].split(".tflite: ", 1)[-1]
            continue
        tensors = [t for t in answer["tensors"] if t in case.maker]
        differ = [t for t in tensors if twin.get(t) != answer["tensors"][t]]
        known = [t for t in differ if t in twins.excepted[case.name] or case.name in UNSET and mode == "ref"]
        c.update(models=case.name not in seen, tensors=len(tensors), elements=twins.elements(case, profile, tensors),
                 different=len(differ) - len(known), excepted=len(known))
        seen.add(case.name)
        for t in case.first(differ):
            if t not in known:
                of_op = ops.setdefault(case.op_of(t), {"tensors": 0, "models": []})
                of_op["tensors"] += 1
                of_op["models"] = sorted({*of_op["models"], case.name})
    return {"profile": profile, **c, "ops": ops, "refused_by": refusals}
