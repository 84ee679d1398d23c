"""What the Python tests share: the tool under test and where things are."""
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
SKIPPED = 77  # ctest's word for "did not run"

# The runtimes and modes of golden files, and the profile that is to equal each.
PROFILES = {
    "%s-%s%s" % (build, architecture, suffix): "%s/%s" % (runtime, mode)
    for build, architecture, runtime in (
        ("tflite-2.9.1", "arm64", "tflite291-arm64"), ("tflite-2.9.1", "x86", "tflite291"),
        ("tflite-2.14", "arm64", "tflite214-arm64"), ("tflite-2.14", "x86", "tflite214"),
        ("litert-2.1", "arm64", "litert-arm64"), ("litert-2.3", "x86", "litert"))
    for suffix, mode in (("", "xnnpack"), ("-builtin", "builtin"), ("-ref", "ref"))
}


def run(*arguments, **options):
    """Runs nputwin; gives (exit code, stdout, stderr)."""
    done = subprocess.run([NPUTWIN, *arguments], capture_output=True, text=True, timeout=300, **options)
    return done.returncode, done.stdout, done.stderr


def instruction_sets():
    """Those that this processor has, best first, `scalar` last."""
    message = run("run", model("conv_3x3_same_i8"), "-p", "vip-v8", "-i", "ramp", "--isa", "?")[2]
    return message.rsplit("it has: ", 1)[1].strip().split(", ")


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
