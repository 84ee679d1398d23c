"""Runs models in whichever TensorFlow Lite this Python has, with an external delegate or without one.

  run_in_runtime.py -      one JSON object a line on stdin, one answer a line on stdout, RESULT and then JSON

A question: {"model": FILE, "delegate": LIBRARY or null, "options": {key: value}, "inputs": FILE.npz with in0, in1, …,
"resize": bool, "runs": number, "time": number, "threads": number, "out": FILE.npz}. Inputs hold a run each along the first
axis of all; with "resize" a run's shape is the model's. The answer: {"tensors": {index: [name, …]}, "delegated": number of
partitions, "seconds": median of a run} or {"error": text}. Works with tflite-runtime 2.9.1 and newer, with ai-edge-litert, with the
C API of Debian's library (debian_interpreter.py of the shared oracle); Python 3.9 and newer.
"""
import ctypes
import json
import statistics
import sys
import time

import numpy as np

try:
    import tflite_runtime.interpreter as rt
except ImportError:
    import ai_edge_litert.interpreter as rt


class CDelegate:
    """The delegate's two functions by ctypes, for a runtime with a C API alone."""

    def __init__(self, library, options):
        self.library = ctypes.CDLL(library)
        reported = []
        report = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(reported.append)
        create = self.library.tflite_plugin_create_delegate
        create.restype = ctypes.c_void_p
        texts = ctypes.c_char_p * max(len(options), 1)
        self.pointer = create(texts(*[k.encode() for k in options]), texts(*[v.encode() for v in options.values()]),
                              ctypes.c_size_t(len(options)), report)
        if not self.pointer:
            raise ValueError(reported[0].decode() if reported else "NULL")

    def close(self):
        self.library.tflite_plugin_destroy_delegate(ctypes.c_void_p(self.pointer))


def c_interpreter(model, delegate, threads):
    """A debian_interpreter.Interpreter with a delegate, which its constructor does not take."""
    it = object.__new__(rt.Interpreter)
    it.lib = rt._library()
    it.lib.TfLiteInterpreterOptionsAddDelegate.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    options = it.lib.TfLiteInterpreterOptionsCreate()
    it.lib.TfLiteInterpreterOptionsSetNumThreads(options, threads)
    if delegate:
        it.lib.TfLiteInterpreterOptionsAddDelegate(options, delegate.pointer)
    model = it.lib.TfLiteModelCreateFromFile(model.encode())
    it.it = it.lib.TfLiteInterpreterCreate(model, options)
    if not it.it:
        raise RuntimeError("the interpreter cannot be made")
    return it


def made(asked):
    options = {k: str(v) for k, v in asked.get("options", {}).items()}
    threads = asked.get("threads", 1)
    if hasattr(rt, "_library"):
        delegate = CDelegate(asked["delegate"], options) if asked["delegate"] else None
        return c_interpreter(asked["model"], delegate, threads), delegate
    delegate = rt.load_delegate(asked["delegate"], options) if asked["delegate"] else None
    return rt.Interpreter(asked["model"], num_threads=threads, experimental_delegates=[delegate] if delegate else None), delegate


def answer(asked):
    it, delegate = made(asked)
    inputs = np.load(asked["inputs"])
    if asked.get("resize"):
        for k, d in enumerate(it.get_input_details()):
            it.resize_tensor_input(d["index"], inputs["in%d" % k].shape[1:])
    it.allocate_tensors()
    tensors, seconds = {}, []
    for run in range(asked.get("runs", 1)):
        for k, d in enumerate(it.get_input_details()):
            it.set_tensor(d["index"], inputs["in%d" % k][run % len(inputs["in%d" % k])].reshape(d["shape"]))
        it.invoke()
        for d in it.get_output_details():
            tensors.setdefault(d["index"], []).append(np.ascontiguousarray(it.get_tensor(d["index"])).copy())
    for _ in range(asked.get("time", 0)):
        began = time.perf_counter()
        it.invoke()
        seconds.append(time.perf_counter() - began)
    if asked.get("out"):
        np.savez(asked["out"], **{"t%d" % i: np.stack(runs) for i, runs in tensors.items()})
    result = {"tensors": {str(d["index"]): d["name"] for d in it.get_output_details()}}
    if seconds:
        result["seconds"] = statistics.median(seconds)
    if hasattr(it, "_get_ops_details"):
        try:
            result["delegated"] = sum(op["op_name"] in ("DELEGATE", "Vx Delegate") for op in it._get_ops_details())
        except Exception:  # some releases cannot tell of a delegate's node
            pass
    del it
    if isinstance(delegate, CDelegate):
        delegate.close()
    return result


def main():
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as e:  # a runtime that refuses a model is a result too
            result = {"error": " ".join(str(e).split())[:400] or type(e).__name__}
        print("RESULT " + json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
