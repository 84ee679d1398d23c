#!/usr/bin/env python3
"""What diff says first of a comparison: each output of the model, what it means, whether it proves anything, how the rules
are known, what comes nearer."""
import json
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, model, run

DIGITS = os.path.join(MODELS, "digits_int8.npy")
PAIR = ["--a", "tflite-2.9.1-arm64", "--b", "vip-v8"]


def diff(*arguments):
    """The document of a comparison."""
    code, out, err = run("diff", *arguments, "--format", "json")
    assert code in (0, 1), err
    return json.loads(out)


class Outputs(unittest.TestCase):
    def test_an_embedding_is_measured_against_its_own_spread(self):
        output = diff(model("digits_embed20_i8"), *PAIR, "-i", DIGITS, "--output-kind", "embedding")["outputs"][0]
        self.assertEqual((output["kind"], output["known_from"], output["verdict"]), ("embedding", "--output-kind", "differs"))
        agreement = output["agreement"]
        self.assertEqual(agreement["vectors"], 40)
        self.assertLess(agreement["largest_distance"], 0.01)
        self.assertGreater(agreement["mean_distance_of_two_inputs"], 0.5)
        code, text, _ = run("diff", model("digits_embed20_i8"), *PAIR, "-i", DIGITS, "--output-kind", "embedding")
        self.assertEqual(code, 1)
        self.assertIn("embedding: cosine distance between A and B", text)

    def test_what_is_not_known_is_said(self):
        _, text, _ = run("diff", model("digits_embed20_i8"), *PAIR, "-i", DIGITS)
        self.assertIn("means is not known: --output-kind NAME=classes, boxes, embedding or mask", re.sub(r"\s+", " ", text))

    def test_kinds_that_do_not_fit_are_mistakes(self):
        for kind, words in (("boxes", "a last dimension of 4"), ("clases", "did you mean 'classes'?"),
                            ("nobody=classes", "the model has no output 'nobody'")):
            code, out, err = run("diff", model("digits_embed20_i8"), *PAIR, "-i", DIGITS, "--output-kind", kind)
            self.assertEqual((code, out), (2, ""), kind)
            self.assertIn(words, err)

    def test_classes_count_rows(self):
        output = diff(model("digits_embed20_i8"), *PAIR, "-i", DIGITS, "--output-kind", "classes")["outputs"][0]
        agreement = output["agreement"]
        self.assertEqual(agreement["rows"], 40)
        self.assertLessEqual(agreement["top5"], 40)
        self.assertRegex(output["meaning"], r"^top-1 equal on \d+ of 40 rows, top-5 on \d+$")


class Proof(unittest.TestCase):
    def test_one_sample_is_judged_by_runs_of_noise(self):
        """The embedding moves with its input, and one sample alone does not show that."""
        output = diff(model("digits_embed20_i8"), "--a", "vip-v8", "--b", "vip-v8", "-i", "noise:1")["outputs"][0]
        self.assertEqual((output["verdict"], output["moves_with_the_input"]), ("same", True))


class Causes(unittest.TestCase):
    def test_rules_are_said_to_be_known_or_not(self):
        document = diff(model("digits_embed20_i8"), *PAIR, "-i", DIGITS)
        self.assertEqual(document["causes"], [{"cause": "second rounding", "elements": 614, "op": 0,
                                               "known": "A measured, B evidence"}])
        self.assertEqual(document["layers"][0]["known"], {"a": "measured", "b": "evidence"})

    def test_usual_for_this_pair(self):
        usual = diff(model("digits_embed20_i8"), *PAIR, "-i", DIGITS)["usual"]
        self.assertEqual((round(usual["expected"]), usual["found"], usual["is_usual"]), (596, 614, True))

    def test_the_nearest_cpu_build_is_named_and_its_command_runs(self):
        document = diff(model("digits_embed20_i8"), *PAIR, "-i", DIGITS)
        (advice,) = document["advice"]
        self.assertIn("litert-2.1-arm64 comes nearest to vip-v8", advice["sentence"])
        self.assertIn(" --a litert-2.1-arm64 --b vip-v8 ", advice["command"])
        nearer = diff(model("digits_embed20_i8"), "--a", "litert-2.1-arm64", "--b", "vip-v8", "-i", DIGITS)
        self.assertEqual(nearer["advice"], [])
        self.assertEqual(nearer["outputs"][0]["verdict"], "same")


class Merged(unittest.TestCase):
    def test_parts_agree_on_the_whole(self):
        arguments = [model("digits_embed20_i8"), *PAIR, "-i", DIGITS, "--output-kind", "embedding"]
        with tempfile.TemporaryDirectory() as folder:
            parts = [os.path.join(folder, "%d.json" % n) for n in range(2)]
            for part, samples in zip(parts, ("0:13", "13:40")):
                run("diff", *arguments, "--samples", samples, "--partial", part)
            code, out, _ = run("merge", *reversed(parts), "--format", "json")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["outputs"], diff(*arguments)["outputs"])


class Table(unittest.TestCase):
    def test_it_fits_the_columns(self):
        for columns in (80, 100, 120, 200):
            os.environ["COLUMNS"] = str(columns)
            try:
                _, text, _ = run("diff", model("digits_embed20_i8"), *PAIR, "-i", DIGITS)
            finally:
                del os.environ["COLUMNS"]
            rows = [line for line in text.splitlines() if re.match(r" *(\d+|op) ", line)]
            self.assertEqual(len(rows), 21)
            self.assertLessEqual(max(map(len, rows)), columns)
            self.assertEqual("output" in rows[0], columns > 90, columns)
            self.assertIn("3 LSB", rows[-1])


if __name__ == "__main__":
    unittest.main()
