"""Models in real runtimes with the delegate, against the tool."""
import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tool import NPUTWIN, litert, npz_bytes, run

RUNNER = os.path.join(HERE, "run_in_runtime.py")
LIBRARY = os.environ.get("NPUTWIN_DELEGATE", os.path.join(os.path.dirname(NPUTWIN), "libnputwin_delegate.so"))
NPY_TYPES = {"float32": "<f4", "int32": "<i4", "uint8": "|u1", "int64": "<i8", "bool": "|b1", "int16": "<i2", "int8": "|i1"}


class Runtime:
    """A runtime's Python, kept running."""

    def __init__(self, python, profile, release="vx"):
        self.profile, self.release = profile, release
        self.process = subprocess.Popen([python, RUNNER, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL)

    def ask(self, **question):
        question.setdefault("delegate", LIBRARY)
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("RESULT "):
                return json.loads(line[len("RESULT "):])
        return {"error": "the runtime ended with %s" % self.process.wait()}

    def alive(self):
        return self.process.poll() is None

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def npy(dtype, shape, data):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (NPY_TYPES[dtype], "".join("%d," % d for d in shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def noise(dtype, count, seed):
    r = random.Random(seed)
    if dtype == "float32":
        return struct.pack("<%df" % count, *[r.uniform(-1, 1) for _ in range(count)])
    if dtype == "bool":
        return bytes(r.getrandbits(1) for _ in range(count))
    if dtype in ("int32", "int64"):
        return struct.pack("<%d%s" % (count, "i" if dtype == "int32" else "q"), *[r.randrange(0, 4) for _ in range(count)])
    return r.randbytes(count * (2 if dtype == "int16" else 1))


def specs(model, profile):
    """[(type, shape)] of a model's inputs; what inspect says."""
    about = json.loads(run("inspect", model, "-p", profile, "--format", "json")[1])
    return [(about["tensors"][t]["dtype"], about["tensors"][t]["shape"]) for t in about["inputs"]], about


def write_inputs(folder, inputs, seed=1, runs=1):
    """inputs.npz for a runtime, whose arrays have the runs first, and [inputs of each run for the tool]."""
    arguments = [[] for _ in range(runs)]
    with zipfile.ZipFile(os.path.join(folder, "inputs.npz"), "w") as out:
        for k, (dtype, shape) in enumerate(inputs):
            count = 1
            for d in shape:
                count *= d
            data = [noise(dtype, count, "%s %d %d" % (seed, k, n)) for n in range(runs)]
            out.writestr("in%d.npy" % k, npy(dtype, [runs] + shape, b"".join(data)))
            for n in range(runs):
                path = os.path.join(folder, "in%d_%d.npy" % (k, n))
                with open(path, "wb") as f:
                    f.write(npy(dtype, shape, data[n]))
                arguments[n] += ["-i", path]
    return os.path.join(folder, "inputs.npz"), arguments


def tools_outputs(model, profile, arguments, folder, *more):
    """{tensor name: bytes} of a run of the tool, or what it says."""
    path = os.path.join(folder, "tool.npz")
    code, _, err = run("run", model, "-p", profile, *arguments, "-o", path, *more)
    return npz_bytes(path) if code == 0 else err.strip()


def equal_outputs(answer, out, expected):
    """Whether a runtime's outputs in the file `out` are the tool's; names of those that are not."""
    got = npz_bytes(out)
    wrong = []
    for index, name in answer["tensors"].items():
        want = expected.get("%s#%s" % (name, index), expected.get(name or "tensor_" + index))
        if want is None or want != got["t" + index]:
            wrong.append(name)
    return wrong


def available():
    """[(Python, its CPU profile, release of the VX delegate)] of the runtimes that are here: LiteRT of .venv (`./dev test` fills it)
    or .oracle where it can load the library, and those that NPUTWIN_DELEGATE_RUNTIMES names as PYTHON=PROFILE, separated by spaces."""
    load = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    loads = litert() and subprocess.run([litert(), "-c", load, LIBRARY], capture_output=True).returncode == 0
    found = [(litert(), "litert-2.3-x86", "vx")] if loads else []
    for text in os.environ.get("NPUTWIN_DELEGATE_RUNTIMES", "").split():
        python, profile = text.split("=")
        found.append((python, profile, "vx-lf-5.15.71" if "2.9" in profile else "vx-lf-6.6.3" if "2.14" in profile else "vx"))
    return found
