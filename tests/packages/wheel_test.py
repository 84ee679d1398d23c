#!/usr/bin/env python3
"""The wheel as a user gets it: installed in a new environment without the tree or a compiler, then the tool, the delegate, README's Python
and the notebook.

  wheel_test.py BUILD_DIR SOURCE_DIR TARGET_ARCHITECTURE

With NPUTWIN_PYTHONS, paths with colons between, in an environment of each of these instead of python3's.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

BUILD, SOURCE, ARCHITECTURE = sys.argv[1:4]
WHEELS = glob.glob(os.path.join(BUILD, "packages", "*.whl"))


class Wheel(unittest.TestCase):
    def test_one_for_every_python(self):
        self.assertEqual([os.path.basename(w) for w in WHEELS], ["nputwin-0.1.0-py3-none-manylinux_2_28_%s.whl" % ARCHITECTURE])
        with zipfile.ZipFile(WHEELS[0]) as wheel:
            metadata = wheel.read("nputwin-0.1.0.dist-info/METADATA").decode()
            names = wheel.namelist()
            modes = {os.path.basename(i.filename): i.external_attr >> 16 for i in wheel.infolist() if re.search("/_native/[^/]+$", i.filename)}
        self.assertIn("Requires-Python: >=3.9\n", metadata)
        self.assertEqual(re.findall(r"^Requires-Dist: (?!.*extra ==)(.*)$", metadata, re.M), ["numpy"])
        self.assertEqual(set(modes), {"nputwin", "libnputwin.so.1", "libnputwin_delegate.so"})
        self.assertEqual({mode & 0o170111 for mode in modes.values()}, {0o100111}, "files, no links; they can be run")
        self.assertIn("nputwin/_native/licences/libzip-dev", names)
        package = {name for name in names if name.startswith("nputwin/") and "/_native/" not in name}
        sources = os.listdir(os.path.join(SOURCE, "python", "nputwin"))
        self.assertEqual(package, {"nputwin/" + name for name in sources if name.endswith(".py") or name == "py.typed"})


NOTEBOOK = """
import nbclient, nbformat
notebook = nbformat.read("from_mismatch_to_fixed_model.ipynb", 4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
"""


class Installed:
    python = sys.executable

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([cls.python, "-m", "venv", cls.folder.name], check=True)
        cls.bin = os.path.join(cls.folder.name, "bin")
        cls.install(WHEELS[0])

    @classmethod
    def install(cls, *packages):
        done = subprocess.run([os.path.join(cls.bin, "pip"), "install", "-q", "--only-binary", ":all:", *packages], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit("pip install: " + done.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_in(self, *command, **options):
        """Without the compilers and the environment of this machine."""
        options = dict({"cwd": SOURCE}, **options)
        return subprocess.run([os.path.join(self.bin, command[0]), *command[1:]], capture_output=True, text=True, env={"PATH": self.bin}, **options)

    def test_numpy_alone_comes_with_it(self):
        done = self.run_in("python", "-m", "pip", "freeze")
        self.assertEqual({re.split("[ =]", line)[0] for line in done.stdout.splitlines()}, {"nputwin", "numpy"})

    def test_the_tool_is_there(self):
        done = self.run_in("nputwin", "diff", "models/conv_3x3_same_i8.tflite", "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "--input", "noise:1")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("CONV_2D", done.stdout)

    def test_readme(self):
        with open(os.path.join(SOURCE, "README.md")) as f:
            found = re.search(r"```python\n(.*?)```\n```text\n(.*?)```", f.read(), re.S)
        done = self.run_in("python", "-c", found[1])
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, found[2])

    def test_the_delegate_is_there(self):
        done = self.run_in("python", "-c", "import nputwin, ctypes; ctypes.CDLL(nputwin.delegate_path()).tflite_plugin_create_delegate; print('there')")
        self.assertEqual(done.stdout, "there\n", done.stderr)

    def test_the_notebook(self):
        self.install("pandas", "nbclient", "nbformat", "ipykernel")
        done = self.run_in("python", "-c", NOTEBOOK, cwd=os.path.join(SOURCE, "examples", "notebooks"))
        self.assertEqual(done.returncode, 0, done.stderr)


if ARCHITECTURE == os.uname().machine:  # else this machine does not run the wheel's programs
    for path in os.environ.get("NPUTWIN_PYTHONS", sys.executable).split(":"):
        name = "Installed_" + re.sub(r"\W", "_", path)
        globals()[name] = type(name, (Installed, unittest.TestCase), {"python": path})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
