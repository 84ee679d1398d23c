#!/usr/bin/env python3
"""tools/threshold_pictures.py: the files in docs/pictures are what it writes, it computes as the tool does, and what docs/arithmetic/thresholds.md says of
two roundings holds for its rules."""
import os
import re
import subprocess
import sys
import unittest
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import ROOT, model, run

sys.path.insert(0, os.path.join(ROOT, "tools"))
import threshold_pictures as pictures


def moved_next_to(inverse):
    return pictures.moved_thresholds(*pictures.integers_of(1 / inverse))


class Pictures(unittest.TestCase):
    def test_files_are_fresh(self):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "threshold_pictures.py"), "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_two_runs_are_one(self):
        for draw in pictures.PAGES.values():
            self.assertEqual(draw(), draw())

    def test_computes_as_the_tool(self):
        code, text, _ = run("explain", model("conv_3x3_same_i8"), "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "--input", "noise:1", "--layer", "0",
                            "--index", "0,7,6,0")
        self.assertEqual(code, 1)
        numbers = [int(n) for n in re.findall(r"mantissa +(-?\d+)", text)]
        self.assertEqual(numbers, [pictures.MANTISSA, pictures.SIGNIFICAND])
        self.assertEqual([int(n) for n in re.findall(r"shift - \d+\) +(-?\d+)", text)], [-pictures.SHIFT, 24 - pictures.POSITION])
        total, = set(re.findall(r"accumulator, with the bias +(\d+)", text))
        codes = [int(n) for n in re.findall(r"the quantized value +(-?\d+)", text)]
        self.assertEqual(codes, [pictures.twice(int(total)), pictures.once(int(total))])
        self.assertEqual(int(total), pictures.threshold(pictures.twice, pictures.CODE))
        self.assertEqual(int(total) + 1, pictures.threshold(pictures.once, pictures.CODE))

    def test_thresholds_are_all_there_is(self):
        for function in (pictures.twice, pictures.once):
            thresholds = [pictures.threshold(function, code) for code in range(pictures.LOWEST + 1, pictures.HIGHEST + 1)]
            self.assertEqual(thresholds, sorted(thresholds))
            for total in range(-70000, 70000, 7):
                self.assertEqual(function(total), pictures.LOWEST + sum(t <= total for t in thresholds))

    def test_when_the_first_rounding_moves_nothing(self):
        little = Fraction(1, 2000)
        for even in (258, 300, 418, 460):
            self.assertEqual(moved_next_to(even - little), 0, even)
            self.assertEqual(moved_next_to(even + little), 255, even)
        self.assertEqual(moved_next_to(459 - little), 255)  # odd
        self.assertGreater(moved_next_to(510 - little), 0)  # the sums are nearly as dense as the first rounding's units
        self.assertGreater(moved_next_to(460 - 20 * little), 0)  # not a little


if __name__ == "__main__":
    unittest.main()
