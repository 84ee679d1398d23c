#!/usr/bin/env python3
"""What libnputwin_delegate.so exports."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from runtimes import LIBRARY


class Symbols(unittest.TestCase):
    def test_two_functions_and_no_more(self):
        told = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True, check=True).stdout
        self.assertEqual(sorted(line.split()[-1] for line in told.splitlines()),
                         ["tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate"])


if __name__ == "__main__":
    unittest.main()
