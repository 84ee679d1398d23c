#!/usr/bin/env python3
"""--baseline of diff and report: only what got worse fails."""
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import folder
from tool import MODELS, model, run

DIGITS = os.path.join(MODELS, "digits_int8.npy")
EMBED = [model("digits_embed20_i8"), "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", DIGITS]


class Baseline(folder.Folder):
    def setUp(self):
        super().setUp()
        self.before = self.path("before.json")
        self.assertEqual(run("report", *EMBED, "-o", self.before)[0], 1)

    def change(self, f):
        document = json.loads(self.text("before.json"))
        f(document)
        with open(self.path("changed.json"), "w") as out:
            json.dump(document, out)
        return self.path("changed.json")

    def test_what_is_as_bad_as_before_passes(self):
        for command in (["diff", *EMBED], ["report", *EMBED, "-o", self.path("r.md")]):
            for options in ([], ["--fail-if", "mismatch>1%"], ["--fail-if", "cosine<0.9999"], ["--fail-if", "isolated:largest>0"]):
                code, out, err = run(*command, "--baseline", self.before, *options)
                self.assertEqual((code, err), (0, ""), options)
                self.assertNotIn("failed:", out)

    def test_what_got_worse_fails_with_both_figures(self):
        def better(document):
            document["layers"][12]["accumulated"]["mismatches"] -= 100
            document["layers"][14]["accumulated"]["largest"] -= 1
        baseline = self.change(better)
        code, out, _ = run("report", *EMBED, "-o", self.path("r.md"), "--baseline", baseline)
        self.assertEqual(code, 1)
        failed = [line for line in out.splitlines() if line.startswith("failed: ")]
        self.assertEqual(len(failed), 2)
        self.assertRegex(failed[0], r"^failed: mismatch>0: op 12 CONV_2D '.*': mismatch 25\.549\d* %, 25\.305\d* % in the baseline$")
        self.assertRegex(failed[1], r"^failed: largest>0: op 14 CONV_2D '.*': largest 8, 7 in the baseline$")
        self.assertEqual(run("diff", *EMBED, "--baseline", baseline, "--fail-if", "mismatch>26%")[0], 0)
        self.assertEqual(run("diff", *EMBED, "--baseline", baseline, "--fail-if", "mismatch>25%")[0], 1)

    def test_what_was_within_the_limit_before_fails(self):
        """Worse or not: the limit is crossed."""
        def better(document):
            document["layers"][3]["accumulated"]["mismatches"] = 0
        code, out, _ = run("diff", *EMBED, "--baseline", self.change(better), "--fail-if", "layer:3:mismatch>1%")
        self.assertEqual(code, 1)
        self.assertIn("%, 0 % in the baseline\n", out)

    def test_a_layer_that_is_new(self):
        code, out, _ = run("diff", *EMBED, "--baseline", self.change(lambda d: d["layers"].pop(5)))
        self.assertEqual(code, 1)
        self.assertEqual([line.rsplit(": ", 1)[1] for line in out.splitlines() if line.startswith("failed: ")],
                         ["mismatch 15.4883 %, not in the baseline", "largest 3, not in the baseline"])

    def test_another_comparison_is_an_error_that_names_what_differs(self):
        other = self.path("other.npy")
        shutil.copy(DIGITS, other)
        self.assertEqual(run("diff", *EMBED[:-1], other, "--baseline", self.before)[0], 0)  # the same file elsewhere
        with open(other, "r+b") as f:
            f.seek(-1, os.SEEK_END)
            last = f.read(1)
            f.seek(-1, os.SEEK_END)
            f.write(bytes([last[0] ^ 1]))
        for comparison, told in (([*EMBED[:-1], other], "the input was "), ([*EMBED[:-1], "noise:1..40"], "the input was "),
                                 ([*EMBED[:4], "vip-v7", *EMBED[5:]], "the profile of B was 'vip-v8'"),
                                 ([*EMBED, "--until", "3"], '--until was "" and is "3" now'), ([*EMBED, "--samples", "0:3"], "the range of samples was 0:40 and is 0:3 now")):
            code, _, err = run("diff", *comparison, "--baseline", self.before)
            self.assertEqual(code, 2, comparison)
            self.assertIn("--baseline %s: is of another comparison: " % self.before, err)
            self.assertIn(told, err)

    def test_as_many_other_samples(self):
        """Samples 10 to 15 were compared with what samples 0 to 5 had given: only their number counted."""
        before = self.path("five.json")
        self.assertEqual(run("diff", *EMBED, "--samples", "0:5", "-o", before)[0], 1)
        code, out, err = run("diff", *EMBED, "--samples", "10:15", "--baseline", before)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("the range of samples was 0:5 and is 10:15 now", err)
        self.assertEqual(run("diff", *EMBED, "--samples", "0:5", "--baseline", before)[0], 0)

    def test_another_model_file_is_a_note(self):
        retrained = self.path("retrained.tflite")
        shutil.copy(EMBED[0], retrained)
        with open(retrained, "ab") as f:
            f.write(b"\0")
        code, _, err = run("diff", retrained, *EMBED[1:], "--baseline", self.before)
        self.assertEqual((code, err), (0, "nputwin: %s: the baseline is of another file of the model\n" % self.before))

    def test_a_file_that_is_none(self):
        def refused(baseline, told):
            code, out, err = run("diff", *EMBED, "--baseline", baseline)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(told, err)
        changed = self.path("changed.json")
        refused(self.change(lambda d: d.pop("schema_version")), "%s: has schema version none, expected 1" % changed)
        # A text came as the JSON library's words without the file; 1e30 is no integer; 1.0 was taken for 1.
        for version, told in ("x", '"x"'), (1e30, "1e+30"), (2, "2"), (None, "null"), (1.0, "1.0"), ([1], "[1]"):
            def of_version(document):
                document["schema_version"] = version
            refused(self.change(of_version), "%s: has schema version %s, expected 1: write the baseline again" % (changed, told))
        refused(self.change(lambda d: d.pop("layers")), "is no comparison")
        refused(self.change(lambda d: d["layers"][3]["accumulated"].pop("mae")), "is damaged")
        refused(EMBED[0], "is not valid JSON")
        refused(self.path("none.json"), "cannot open")


if __name__ == "__main__":
    unittest.main()
