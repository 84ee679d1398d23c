#!/usr/bin/env python3
"""`nputwin lint` from outside: what it prints, its exit codes, its JSON; and that it does not cry wolf on public models."""
import glob
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from schema import schema_problems
from tool import NPUTWIN, ROOT, SHARED, TESTS, model, run

GOOD = model("digits_embed20_i8")
PAIR = ["--for", "tflite-2.9.1-arm64", "--for", "vip-v8"]


def directed(name):
    return os.path.join(TESTS, "vectors", "directed", name + ".tflite")


def rules_in_source():
    with open(os.path.join(ROOT, "src", "analysis", "lint", "rules.inc")) as f:
        return re.findall(r"^NPUTWIN_LINT_RULE\((\w+), ", f.read(), re.M)


class Lint(unittest.TestCase):
    def findings(self, *arguments):
        """Those of the JSON, which is as its schema says."""
        code, out, err = run("lint", *arguments, "--format", "json")
        self.assertIn(code, (0, 1), err)
        result = json.loads(out)
        with open(os.path.join(ROOT, "docs", "lint.schema.json")) as f:
            self.assertEqual(schema_problems(result, json.load(f)), [])
        findings = result["findings"]
        for severity, count in result["counts"].items():
            self.assertEqual(sum(f["severity"] == severity for f in findings), count)
        self.assertEqual(code, int(any(f["severity"] != "note" for f in findings)))
        order = ["error", "warning", "note"]
        self.assertEqual([f["severity"] for f in findings], sorted((f["severity"] for f in findings), key=order.index))
        return findings

    def test_a_good_model_has_no_findings(self):
        for name in ("digits_embed20_i8", "digits_embed20_u8", "digits_embed20_float_io", "digits_depthwise_i8", "conv_3x3_same_i8"):
            self.assertEqual(self.findings(model(name)), [], name)
        code, out, err = run("lint", GOOD)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.splitlines()[0], GOOD + ": 20 ops")
        self.assertEqual(out.splitlines()[-2], "0 errors, 0 warnings, 0 notes")

    def test_text_fits_80_columns_and_says_what_json_says(self):
        findings = self.findings(directed("fully_connected_multiplier_300"))
        self.assertEqual([(f["rule"], f["severity"], f["op"], f["type"]) for f in findings],
                         [("multipliers", "warning", 0, "FULLY_CONNECTED"), ("weight_range", "warning", 0, "FULLY_CONNECTED"),
                          ("refused", "note", 0, "FULLY_CONNECTED")])
        code, out, _ = run("lint", directed("fully_connected_multiplier_300"))
        self.assertEqual(code, 1)
        lines = out.splitlines()
        self.assertLessEqual(max(len(line) for line in lines[1:-1]), 80)  # but for paths
        words = " ".join(out.split())
        for finding in findings:
            self.assertIn(finding["reason"], words)
            self.assertIn("fix: " + finding["fix"], words)
        self.assertEqual(lines[-2], "0 errors, 2 warnings, 1 note")

    def test_many_findings_of_one_rule_are_shortened(self):
        findings = self.findings(directed("ties_i8"), "--rule", "ties")
        self.assertEqual([f["op"] for f in findings], list(range(12)))
        out = run("lint", directed("ties_i8"), "--rule", "ties")[1]
        self.assertIn("and 9 more: ops 3, 4, 5, 6, 7, 8, 9, 10, 11", out)
        self.assertEqual(out.count("halfway between two codes ("), 3)
        self.assertEqual(out.count("fix: "), 1)

    def test_rules_can_be_chosen_and_skipped(self):
        path = directed("fully_connected_multiplier_300")
        self.assertEqual([f["rule"] for f in self.findings(path, "--rule", "refused", "--rule", "multipliers")], ["multipliers", "refused"])
        self.assertEqual([f["rule"] for f in self.findings(path, "--skip", "weight_range")], ["multipliers", "refused"])

    def test_profiles(self):
        findings = self.findings(GOOD, *PAIR)
        self.assertEqual({f["rule"] for f in findings if f["severity"] != "note"}, {"will_differ"})
        self.assertEqual(findings[0]["profile"], "tflite-2.9.1-arm64 and vip-v8")
        self.assertEqual(self.findings(GOOD, "--for", "tflite-2.9.1-arm64,vip-v8"), findings)
        variants = self.findings(GOOD, "--for", "vip-v8{ties=half_up,multiplier_bits=16},vip-v8")
        self.assertEqual({f["profile"] for f in variants if f["rule"] == "will_differ"}, {"vip-v8{ties=half_up,multiplier_bits=16} and vip-v8"})
        self.assertEqual(run("lint", GOOD, *PAIR)[1].splitlines()[-1],
                         "%s diff %s --a tflite-2.9.1-arm64 --b vip-v8 --input noise:1" % (NPUTWIN, GOOD))

    def test_a_profile_that_refuses(self):
        path = directed("late_types_greater_i16")
        refused = self.findings(path, "--for", "tflite-2.9.1-arm64")
        self.assertEqual([(f["rule"], f["severity"]) for f in refused if f["severity"] == "error"], [("refused", "error")])
        self.assertIn("is int16, which the kernel of tflite-2.9.1 does not support", refused[0]["reason"])
        self.assertEqual([f for f in self.findings(path, "--for", "litert-2.3-x86") if f["rule"] == "refused"], [])

    def test_ops_that_a_delegate_leaves(self):
        left = [f for f in self.findings(GOOD, "--for", "vx(vip-v8)+tflite-2.9.1-arm64", "--on-cpu", "0") if f["rule"] == "left_on_cpu"]
        self.assertEqual([(f["op"], f["severity"]) for f in left], [(0, "warning")])

    def test_inputs_are_run(self):
        self.assertEqual(self.findings(GOOD, "-i", os.path.join(ROOT, "models", "digits_int8.npy")), [])
        code, _, err = run("lint", GOOD, "-i", "/none.npy")
        self.assertEqual(code, 2)
        self.assertIn("/none.npy", err)

    def test_a_model_that_does_not_run_is_not_run(self):
        code, out, err = run("lint", directed("late_types_greater_i16"), "--for", "tflite-2.9.1-arm64", "-i", "noise:1")
        self.assertEqual(code, 1)
        self.assertIn("refused (tflite-2.9.1-arm64): ", out)
        self.assertRegex(err, "^nputwin: nothing is run: .*'t0' is int16")

    def test_help_teaches_every_rule(self):
        out = run("lint", "--help")[1]
        self.assertEqual(re.findall(r"(?m)^  (\w+) {2,}\S", out.split("Rules:\n")[1].split("\n\n")[0]), rules_in_source())

    def test_mistakes(self):
        for arguments, said in (([GOOD, "--rule", "tie"], "no lint rule is called 'tie' (did you mean 'ties'?)"),
                                ([GOOD, "--on-cpu", "0"], "--on-cpu: no profile of --for has a delegate"),
                                ([GOOD, "--for", "vip-v9"], "vip-v9"), (["/none.tflite"], "/none.tflite: cannot open"),
                                ([os.path.join(ROOT, "README.md")], "README.md")):
            code, out, err = run("lint", *arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn(said, err)


class Corpus(unittest.TestCase):
    """Public models run on devices: few of them have what is called an error, and each of those has it."""
    ERRORS = {
        "cls_person_detect_i8": "has quantized_dimension 3",
        "kws_keyword_scrambled_8bit": "it is int16 with zero point -32768",
        "kws_keyword_scrambled_i16": "it is int16 with zero point -32768",
        "pose_posenet_353x481_i8_decoder": "this custom op is not supported",
        "seg_portrait_mnv3_qat_floatio_i8": "have zero point -127, expected 0",
        "x16_tflm_audio_preprocessor_i8": "this custom op is not supported",
    }
    UNREADABLE = {"op_blockwise_add_i8"}

    def test_public_models(self):
        paths = glob.glob(os.path.join(SHARED, "corpus", "models", "*.tflite"))
        if not paths:
            self.skipTest("there is no corpus")
        errors, warned = {}, set()
        for path in sorted(paths):
            name = os.path.basename(path)[:-len(".tflite")]
            code, out, err = run("lint", path, "--format", "json")
            if code == 2:
                self.assertIn(name, self.UNREADABLE, err)
                continue
            for finding in json.loads(out)["findings"]:
                if finding["severity"] == "error":
                    errors.setdefault(name, finding["reason"])
                if finding["severity"] == "warning":
                    warned.add(name)
        self.assertEqual(set(errors), set(self.ERRORS))
        for name, reason in errors.items():
            self.assertIn(self.ERRORS[name], reason)
        self.assertLess(len(warned), len(paths) / 4, sorted(warned))


if __name__ == "__main__":
    unittest.main()
