#!/usr/bin/env python3
"""What is linked for old systems, and the Debian package of it: which symbols of which C library they need, what they export, that they work
out of the folder where they were made.

  portable_test.py BUILD_DIR SOURCE_DIR TARGET_ARCHITECTURE [EMULATOR...]
"""
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE, ARCHITECTURE, *EMULATOR = sys.argv[1:]
PORTABLE = os.path.join(BUILD, "portable")
FILES = ("nputwin", "libnputwin.so.1", "libnputwin_delegate.so")
NEWEST_GLIBC = (2, 28)
C_LIBRARY = re.compile(r"^(libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|librt\.so\.1|ld-linux-(x86-64|aarch64)\.so\.[12])$")


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Portable(unittest.TestCase):
    def test_what_each_file_needs(self):
        for name in FILES:
            path = os.path.join(PORTABLE, name)
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-dW", path))
            self.assertTrue(needed)
            for library in needed:
                self.assertRegex(library, C_LIBRARY, name)
            versions = set(re.findall(r"Name: (\S+) ", output("readelf", "-VW", path)))
            self.assertTrue(any(v.startswith("GLIBC_") for v in versions), versions)
            for version in versions:
                self.assertRegex(version, r"^GLIBC_[\d.]+$", "%s needs a C++ runtime of the host" % name)
                self.assertLessEqual(tuple(map(int, version[6:].split("."))), NEWEST_GLIBC, "%s: %s" % (name, version))

    def test_exported_symbols(self):
        library = os.path.join(PORTABLE, "libnputwin.so.1")
        output(sys.executable, os.path.join(SOURCE, "tests/capi/symbols_test.py"), library)
        delegate = output("nm", "-D", "--defined-only", os.path.join(PORTABLE, "libnputwin_delegate.so"))
        self.assertEqual(sorted(line.split()[-1] for line in delegate.splitlines()), ["tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate"])

    def test_the_tool_runs_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "nputwin")
            shutil.copy(os.path.join(PORTABLE, "nputwin"), program)
            done = subprocess.run([*EMULATOR, program, "diff", os.path.join(SOURCE, "models/conv_3x3_same_i8.tflite"), "--a", "tflite-2.9.1-arm64",
                                   "--b", "vip-v8", "--input", "noise:1"], capture_output=True, text=True, env={})
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("CONV_2D", done.stdout)
            # An error is thrown and caught inside: the unwinder finds its tables.
            refused = subprocess.run([*EMULATOR, program, "merge", os.path.join(SOURCE, "tests/packages/portable_test.py")], capture_output=True, text=True, env={})
            self.assertEqual(refused.returncode, 2, refused.stderr)

    @unittest.skipIf(EMULATOR, "this process cannot load another architecture's library")
    def test_the_library_loads(self):
        library = ctypes.CDLL(os.path.join(PORTABLE, "libnputwin.so.1"))
        library.nputwin_version.restype = ctypes.c_char_p
        self.assertIn(b"nputwin ", library.nputwin_version())


class DebianPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        packages = os.path.join(BUILD, "packages")
        cls.file = os.path.join(packages, next(n for n in sorted(os.listdir(packages)) if n.endswith(".deb")))

    def test_needs_the_c_library_alone(self):
        fields = output("dpkg-deb", "-f", self.file)
        self.assertIn("Architecture: %s\n" % {"x86_64": "amd64", "aarch64": "arm64"}[ARCHITECTURE], fields)
        self.assertIn("Depends: libc6 (>= 2.28)\n", fields)

    def test_holds_what_people_look_for(self):
        files = set(line.split()[5] for line in output("dpkg-deb", "-c", self.file).splitlines())
        for path in ("bin/nputwin", "lib/libnputwin.so.1", "lib/libnputwin.so", "lib/libnputwin_delegate.so", "include/nputwin/nputwin.h",
                     "include/nputwin/nputwin.hpp", "lib/cmake/nputwin/nputwinConfig.cmake", "share/man/man1/nputwin.1",
                     "share/bash-completion/completions/nputwin", "share/doc/nputwin/LICENSE", "share/doc/nputwin/licences/libzip-dev"):
            self.assertTrue("./usr/" + path in files, path)
        self.assertFalse([path for path in files if "_native" in path], "the wheel's files")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
