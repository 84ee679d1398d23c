"""Runs a model as an application does, on the NPU's twin instead of the NPU.

  delegated.py MODEL INPUT.npy DELEGATE [KEY=VALUE...]

INPUT holds a sample in each row. DELEGATE is libnputwin_delegate.so, or on a board libvx_delegate.so; KEY=VALUE are its options.
Prints for each of the first samples the places of the five largest outputs.
"""
import sys

import numpy as np

try:
    from tflite_runtime.interpreter import Interpreter, load_delegate
except ImportError:
    from ai_edge_litert.interpreter import Interpreter, load_delegate

model, samples, library = sys.argv[1:4]
options = dict(option.split("=", 1) for option in sys.argv[4:])
delegate = load_delegate(library, options)
interpreter = Interpreter(model_path=model, experimental_delegates=[delegate])
interpreter.allocate_tensors()
taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
for number, sample in enumerate(np.load(samples)[:3]):
    interpreter.set_tensor(taken["index"], sample.reshape(taken["shape"]))
    interpreter.invoke()
    scores = interpreter.get_tensor(given["index"]).ravel()
    print(number, *("%d:%d" % (k, scores[k]) for k in np.argsort(-scores, kind="stable")[:5]))
