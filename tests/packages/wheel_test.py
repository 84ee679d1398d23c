#!/usr/bin/env python3
"""The wheel as a user gets it: installed in a new environment without the tree or a compiler, then the tool, the package's functions, README's
Python, and what importing it costs.

  wheel_test.py BUILD_DIR SOURCE_DIR TARGET_ARCHITECTURE
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest
import venv
import zipfile

BUILD, SOURCE, ARCHITECTURE = sys.argv[1:4]
WHEELS = glob.glob(os.path.join(BUILD, "packages", "*.whl"))


class Wheel(unittest.TestCase):
    def test_one_for_every_python(self):
        self.assertEqual([os.path.basename(w) for w in WHEELS], ["nputwin-0.1.0-py3-none-manylinux_2_28_%s.whl" % ARCHITECTURE])
        with zipfile.ZipFile(WHEELS[0]) as wheel:
            metadata = wheel.read("nputwin-0.1.0.dist-info/METADATA").decode()
            names = wheel.namelist()
        self.assertIn("Requires-Python: >=3.9\n", metadata)
        self.assertEqual(re.findall(r"^Requires-Dist: (?!.*extra ==)(.*)$", metadata, re.M), ["numpy"])
        for name in ("nputwin", "libnputwin.so.1", "libnputwin_delegate.so"):
            self.assertIn("nputwin/_native/" + name, names)


@unittest.skipUnless(ARCHITECTURE == os.uname().machine, "this machine does not run the wheel's programs")
class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        venv.create(cls.folder.name, with_pip=True)
        cls.bin = os.path.join(cls.folder.name, "bin")
        done = subprocess.run([os.path.join(cls.bin, "pip"), "install", "-q", WHEELS[0]], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit("pip install: " + done.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_in(self, *command, **options):
        """Without the compilers and the environment of this machine."""
        return subprocess.run([os.path.join(self.bin, command[0]), *command[1:]], capture_output=True, text=True, cwd=SOURCE, env={"PATH": self.bin},
                              **options)

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
