"""Runs a model in the TensorFlow Lite or LiteRT of the interpreter that runs this, and saves every op's output.

  capture_runtime.py MODEL INPUTS.npz MODE FOLDER

Writes tensors.npz (t<index>: the values) and runtime.json (package, version, machine) to FOLDER; where the runtime
refuses the model, what it says, to reason.txt.
"""
import json
import os
import platform
import sys
from importlib import metadata

import numpy as np


def runtime():
    """(package, version, the module with Interpreter, OpResolverType)"""
    try:
        import tflite_runtime.interpreter as rt
        return "tflite_runtime", metadata.version("tflite-runtime"), rt, rt.OpResolverType
    except ImportError:
        pass
    try:
        import ai_edge_litert.interpreter as rt
        return "ai_edge_litert", metadata.version("ai-edge-litert"), rt, rt.OpResolverType
    except ImportError:
        pass
    try:
        import tensorflow as tf
        return "tensorflow", tf.__version__, tf.lite, tf.lite.experimental.OpResolverType
    except ImportError:
        sys.exit("this Python has none of tflite_runtime, ai_edge_litert and tensorflow")


def main(model, inputs, mode, folder):
    package, version, rt, resolvers = runtime()
    resolver = {"default": resolvers.AUTO, "builtin": resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
                "ref": resolvers.BUILTIN_REF}[mode]
    it = rt.Interpreter(model_path=model, num_threads=1, experimental_op_resolver_type=resolver)
    arrays = np.load(inputs)
    for k, d in enumerate(it.get_input_details()):
        if tuple(d["shape"]) != arrays["in%d" % k].shape:
            it.resize_tensor_input(d["index"], arrays["in%d" % k].shape)
    it.allocate_tensors()
    for k, d in enumerate(it.get_input_details()):
        it.set_tensor(d["index"], arrays["in%d" % k])
    it.invoke()
    got = {"t%d" % d["index"]: np.array(it.get_tensor(d["index"]), order="C") for d in it.get_output_details()}
    np.savez(os.path.join(folder, "tensors.npz"), **got)
    with open(os.path.join(folder, "runtime.json"), "w") as f:
        json.dump({"package": package, "version": version, "machine": platform.machine()}, f)


try:
    main(*sys.argv[1:])
except Exception as e:  # apart from what libraries write to stderr on the way
    with open(os.path.join(sys.argv[4], "reason.txt"), "w") as f:
        f.write("%s: %s" % (type(e).__name__, e))
    sys.exit(1)
