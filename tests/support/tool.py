"""What the Python tests share: the tool under test and where things are."""
import functools
import json
import os
import struct
import subprocess
import zipfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)
MODELS = os.path.join(ROOT, "models")
NPUTWIN = os.environ.get("NPUTWIN", os.path.join(ROOT, "build", "release", "nputwin"))
SHARED = os.environ.get("NPUTWIN_SHARED", os.path.join(ROOT, "..", "shared"))
PHOTO = os.path.join(SHARED, "corpus", "images", "photos", "coral_grace_hopper.bmp")
os.environ.pop("COLUMNS", None)  # tables have the width of no terminal
SKIPPED = 77  # ctest's word for "did not run"

def run(*arguments, **options):
    """Runs nputwin; gives (exit code, stdout, stderr)."""
    done = subprocess.run([NPUTWIN, *arguments], capture_output=True, text=True, timeout=300, **options)
    return done.returncode, done.stdout, done.stderr


# The runtimes that golden files name, as packages.
GOLDEN = {
    ("tflite_runtime", "2.9.1", "x86"): "tflite291",
    ("tflite_runtime", "2.9.1", "arm64"): "tflite291-arm64",
    ("tflite_runtime", "2.14.0", "x86"): "tflite214",
    ("tflite_runtime", "2.14.0", "arm64"): "tflite214-arm64",
    ("ai_edge_litert", "2.3.0", "x86"): "litert",
    ("ai_edge_litert", "2.1.0", "arm64"): "litert-arm64",
}


@functools.cache
def golden_runtimes():
    """{profile: runtime/mode}: the runtimes and modes of golden files, and the profile that is to equal each."""
    golden = {}
    for r in json.loads(run("profiles", "--runtimes", "--format", "json")[1]):
        runtime = GOLDEN.get((r["package"], r["version"], r["architecture"]))
        if runtime:
            golden[r["profile"]] = "%s/%s" % (runtime, {"default": "xnnpack"}.get(r["mode"], r["mode"]))
    # Libraries with one set of kernels.
    golden.update({"tflite-2.14-arm64-ruy": "debian214-arm64/builtin", "tflite-2.14-x86-ruy": "debian214/builtin",
                   "tflite-micro": "tflm/ref"})
    return golden


@functools.cache
def litert():
    """The Python of .venv (which `./dev test` fills from PyPI) or of .oracle that has LiteRT, or None."""
    for path in (".venv/bin/python", ".oracle/bin/litert"):
        python = os.path.join(ROOT, path)
        if os.path.exists(python) and subprocess.run([python, "-c", "import ai_edge_litert"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def instruction_sets():
    """Those that this processor has, best first, `scalar` last."""
    return json.loads(run("isas", "--format", "json")[1])


def npz_bytes(path):
    """{name: the bytes of the array} of an .npz file, without NumPy."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            header, = struct.unpack("<H", content[8:10])
            arrays[name[:-len(".npy")]] = content[10 + header:]
    return arrays


def source(kind):
    """The --input argument for a golden file's input kind."""
    return {"noise": "noise:1", "ramp": "ramp", "photo": "photo:" + PHOTO}[kind]


def model(name):
    return os.path.join(MODELS, name + ".tflite")
