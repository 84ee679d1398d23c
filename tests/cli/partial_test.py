#!/usr/bin/env python3
"""diff --samples, diff --partial and merge from outside, and the lists that other programs read: isas, profiles --runtimes."""
import json
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, golden_runtimes, instruction_sets, model, run

DIFF = ["diff", model("digits_embed20_i8"), "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", os.path.join(MODELS, "digits_int8.npy")]


class Partial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def part(self, samples, *more):
        path = os.path.join(self.folder, samples.replace(":", "-") + ".json")
        code, _, err = run(*DIFF, "--samples", samples, "--partial", path, *more)
        self.assertEqual((code, err), (1, ""))
        return path

    def found(self, *command):
        """The JSON, without the command that made it, and what was expected, which does not add up to the last bit."""
        document = json.loads(run(*command, "--format", "json")[1])
        document.pop("command", None)
        document.pop("usual")
        document.pop("advice")  # it rests on the first sample
        for layer in document["layers"]:
            layer.pop("expected_mismatches", None)
        return document

    def test_the_parts_are_the_whole(self):
        parts = [self.part("20:40"), self.part("0:7"), self.part("7:20")]
        self.assertEqual(run("merge", *parts, "--format", "csv"), run(*DIFF, "--format", "csv"))
        # What was expected does not add up to the last bit, and the nearest build is looked for on the first sample.
        whole = r"(?m)^(usual for this pair|of the newest CPU builds).*\n(  .*\n)*"
        self.assertEqual(run("merge", *parts)[1], re.sub(whole, "", run(*DIFF)[1]))
        self.assertEqual(self.found("merge", *parts), self.found(*DIFF))
        both = os.path.join(self.folder, "both.json")
        code, _, err = run("merge", parts[0], parts[1], "--partial", both)
        self.assertEqual((code, err), (1, "nputwin: no file holds samples 7:20 of 40\n"))
        self.assertEqual(self.found("merge", parts[2], both), self.found(*DIFF))

    def test_mistakes_name_the_file_and_leave_nothing(self):
        first = self.part("0:2")
        out = os.path.join(self.folder, "out.json")
        for files, told in (([first, first], "both hold samples of 0:2"), ([first, model("digits_embed20_i8")], "is not valid JSON"),
                            ([os.path.join(self.folder, "none.json")], "none.json")):
            code, printed, err = run("merge", *files, "--partial", out)
            self.assertEqual((code, printed), (2, ""))
            self.assertIn(told, err)
            self.assertIn(files[-1], err)
        for samples in ("2", "2:1", "0:41", "a:b", "-1:3"):
            code, printed, err = run(*DIFF, "--samples=" + samples, "--partial", out)
            self.assertEqual((code, printed), (2, ""), samples)
            self.assertIn("samples", err)
        self.assertFalse(os.path.exists(out))

    def test_equal_parts_exit_with_0(self):
        path = os.path.join(self.folder, "same.json")
        same = [*DIFF[:2], "--a", "vip-v8", "--b", "vip-v8", *DIFF[6:]]
        self.assertEqual(run(*same, "--samples", "0:3", "--partial", path)[0], 0)
        self.assertEqual(run("merge", path)[0], 0)


class Lists(unittest.TestCase):
    def test_instruction_sets(self):
        sets = instruction_sets()
        self.assertEqual(sets[-1], "scalar")
        self.assertEqual(run("isas")[1].split(), sets)
        for name in sets:
            self.assertEqual(run("run", model("conv_3x3_same_i8"), "-p", "vip-v8", "-i", "ramp", "--isa", name)[0], 0, name)

    def test_runtimes_are_profiles(self):
        known = {p["name"] for p in json.loads(run("profiles", "--format", "json")[1])}
        golden = golden_runtimes()
        self.assertEqual(len(golden), 21)
        self.assertLessEqual(set(golden), known)
        self.assertEqual(golden["tflite-2.9.1-arm64-ref"], "tflite291-arm64/ref")
        self.assertEqual(golden["litert-2.3-x86"], "litert/xnnpack")
        self.assertEqual(run("profiles", "--runtimes")[1].count("\n"), 52)  # with a title

    def test_nearest_words(self):
        for arguments, meant in ((["inspect", model("conv_3x3_same_i8"), "-p", "vip-v88"], "vip-v8"),
                                 (["profiles", "show", "vip-v8{tie=half_up}"], "ties"),
                                 (["inspect", model("conv_3x3_same_i8"), "--fromat", "json"], "--format"),
                                 (["inspekt", model("conv_3x3_same_i8")], "inspect"),
                                 ([*DIFF[:-2], "-i", "ramp", "--fomat", "csv"], "--format")):
            code, out, err = run(*arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn("did you mean '%s'?" % meant, err)


if __name__ == "__main__":
    unittest.main()
