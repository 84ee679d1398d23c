#!/usr/bin/env python3
"""Published expected outputs against the twin: one-op models of a SEANet audio network in int16 and a whole int8 LSTM model.

Their publisher's runtime is TensorFlow Lite Micro. Skipped, with the reason, without the shared folder.
"""
import glob
import os
import re
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import SHARED, SKIPPED, npz_bytes, run

IMAGES = os.path.join(SHARED, "corpus", "images")
PROFILES = ("tflite-micro",)

# One to three codes off by one, of 320 to 5,120: TFLite forms LEAKY_RELU's ratio in binary32 and gives what is published, as do its reference
# kernels of 2.9.1, 2.14 and LiteRT; today's TensorFlow Lite Micro forms it in binary64 and gives the profile's codes on the same inputs.
OTHER_BUILD = {"leaky_relu3", "leaky_relu11", "leaky_relu18", "leaky_relu19"}


def numbers(path, code):
    with open(path) as f:
        values = [int(x) for x in re.findall(r"-?\d+", f.read())]
    return struct.pack("<%d%s" % (len(values), code), *values)


def output(model, profile, inputs):
    """The bytes of the only output."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        for k, content in enumerate(inputs):
            path = os.path.join(folder, "in%d.bin" % k)
            with open(path, "wb") as f:
                f.write(content)
            arguments += ["-i", path]
        result = os.path.join(folder, "out.npz")
        code, _, err = run("run", model, "-p", profile, "-o", result, *arguments)
        if code != 0:
            return err.strip()
        return next(iter(npz_bytes(result).values()))


def cases():
    """(model, bytes of its inputs, bytes of its output)"""
    codes = {"int16": "h", "int32": "i"}
    for model in sorted(glob.glob(os.path.join(IMAGES, "golden_seanet_int16x8", "*", "*.tflite"))):
        inputs = sorted(glob.glob(model[:-7] + "_input*.csv"))
        expected, = glob.glob(model[:-7] + "_golden_*.csv")
        yield model, [numbers(p, codes[p[-9:-4]]) for p in inputs], numbers(expected, codes[expected[-9:-4]])
    golden = os.path.join(IMAGES, "reference", "golden_int8")
    with open(os.path.join(golden, "dtln_input_int8.bin"), "rb") as x, open(os.path.join(golden, "dtln_output_int8.bin"), "rb") as y:
        yield os.path.join(SHARED, "corpus", "models", "aud_dtln_lstm_i8.tflite"), [x.read()], y.read()


def main():
    if not os.path.isdir(IMAGES):
        print("skipped: no published outputs at %s" % IMAGES)
        sys.exit(SKIPPED)
    total = wrong = differs = 0
    for model, inputs, expected in cases():
        for profile in PROFILES:
            total += 1
            got = output(model, profile, inputs)
            known = os.path.basename(model)[:-len(".tflite")] in OTHER_BUILD
            if known and got != expected:
                differs += 1
            elif known:
                wrong += 1
                print("WRONG %s under %s: listed as another build's, but equal" % (model, profile))
            elif got != expected:
                wrong += 1
                print("WRONG %s under %s: %s" % (model, profile, got if isinstance(got, str) else "%d of %d bytes differ" % (
                    sum(a != b for a, b in zip(got, expected)), len(expected))))
    print("%d of %d published outputs equal, %d by another build" % (total - wrong - differs, total, differs))
    sys.exit(1 if wrong or not total else 0)


main()
