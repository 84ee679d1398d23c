"""The wheels that people install, each in a folder of its own."""
import collections
import glob
import os
import shutil
import subprocess
import sys

# `python`: a version that the package has a wheel for.
Wheel = collections.namedtuple("Wheel", "package version architecture python numpy")

WHEELS = [
    Wheel("tflite-runtime", "2.9.1", "x86", "3.9", "numpy<2"),
    Wheel("tflite-runtime", "2.11.0", "x86", "3.9", "numpy<2"),
    Wheel("tflite-runtime", "2.13.0", "x86", "3.10", "numpy<2"),
    Wheel("tflite-runtime", "2.14.0", "x86", "3.11", "numpy<2"),
    Wheel("tensorflow", "2.13.0", "x86", "3.11", "numpy"),
    Wheel("tensorflow", "2.15.0", "x86", "3.11", "numpy"),
    Wheel("tensorflow", "2.17.0", "x86", "3.11", "numpy"),
    Wheel("tensorflow", "2.19.0", "x86", "3.11", "numpy"),
    Wheel("tensorflow", "2.21.0", "x86", "3.11", "numpy"),
    Wheel("ai-edge-litert", "1.4.0", "x86", "3.11", "numpy"),
    Wheel("ai-edge-litert", "2.1.6", "x86", "3.11", "numpy"),
    Wheel("ai-edge-litert", "2.3.0", "x86", "3.11", "numpy"),
    Wheel("tflite-runtime", "2.11.0", "arm64", "3.9", "numpy==1.23.5"),
    Wheel("tflite-runtime", "2.13.0", "arm64", "3.9", "numpy==1.23.5"),
]
# run.py of ../shared knows two packages; TensorFlow is a third that answers to the first one's name.
TENSORFLOW_SHIM = "from tensorflow.lite.python.interpreter import Interpreter, OpResolverType\n"
# The Python of setup.sh for AArch64 by version, and the platforms of its wheels.
EMULATED = {"3.9": "bullseye-arm64"}
PLATFORMS = ("manylinux_2_34_aarch64", "manylinux2014_aarch64", "manylinux_2_17_aarch64")


def name_of(wheel):
    return "%s-%s%s" % (wheel.package, wheel.version, "-arm64" if wheel.architecture == "arm64" else "")


def find_python(version):
    """A Python of that version: this machine's, or one of pyenv's."""
    found = [p for p in (sys.executable, shutil.which("python" + version),
                         *sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/%s.*/bin/python" % version))))
             if p and version == subprocess.run([p, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                                                capture_output=True, text=True).stdout.strip()]
    if not found:
        sys.exit("no Python %s: install one (pyenv install %s)" % (version, version))
    return found[0]


def write_program(path, text):
    with open(path, "w") as f:
        f.write("#!/bin/sh\n" + text + "\n")
    os.chmod(path, 0o755)
    return path


def install_emulated(wheel, folder, oracles):
    site, root = os.path.join(folder, "site"), os.path.join(oracles, EMULATED[wheel.python])
    if not os.path.isdir(site):
        platforms = [word for p in PLATFORMS for word in ("--platform", p)]
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", site, "--no-deps", "--only-binary", ":all:",
                        "--python-version", wheel.python, *platforms, "%s==%s" % (wheel.package, wheel.version), wheel.numpy], check=True)
    return "exec qemu-aarch64-static -cpu ${CPU:-cortex-a53} -L %s -E PYTHONHOME=%s/usr -E PYTHONPATH=%s %s/usr/bin/python%s \"$@\"" % (
        root, root, site, root, wheel.python)


def install_native(wheel, folder):
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(os.path.join(folder, "ok")):
        subprocess.run([find_python(wheel.python), "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "%s==%s" % (wheel.package, wheel.version), wheel.numpy], check=True)
        open(os.path.join(folder, "ok"), "w").close()
    if wheel.package != "tensorflow":
        return "exec %s \"$@\"" % python
    shim = os.path.join(folder, "shim", "tflite_runtime")
    os.makedirs(shim, exist_ok=True)
    for file, text in (("__init__.py", ""), ("interpreter.py", TENSORFLOW_SHIM)):
        with open(os.path.join(shim, file), "w") as f:
            f.write(text)
    return "export TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=; PYTHONPATH=%s exec %s \"$@\"" % (os.path.dirname(shim), python)


def install(wheel, folder, oracles):
    """A program that is a Python with the wheel, which run.py of ../shared finds."""
    own = os.path.join(os.path.abspath(folder), name_of(wheel))
    os.makedirs(own, exist_ok=True)
    start = install_emulated(wheel, own, os.path.abspath(oracles)) if wheel.architecture == "arm64" else install_native(wheel, own)
    return write_program(os.path.join(own, "run"), start)


def remove(wheel, folder):
    shutil.rmtree(os.path.join(folder, name_of(wheel)))
