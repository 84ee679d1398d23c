#!/usr/bin/env python3
"""Public models of ../shared/cases: those with integer layers run, or are refused in a sentence of two lines that says what to do."""
import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import run

CASES = os.path.join(os.environ.get("NPUTWIN_SHARED", ""), "cases")
WIDTH = 160  # of a terminal
# What a file is, by the beginning of its name.
KINDS = {"DTLN-model_quant": "dynamic-range", "LiteRT-classifier": "dynamic-range", "mlonmcu-mode-model_data_pruned": "dynamic-range",
         "ocr_tflite": "dynamic-range", "timvx121": "dynamic-range", "LiteRT-qwen": "dynamic-range",
         "mediapipe-face_detection": "float16", "ai-edge-quan-mnist_quantized": "weight-only", "ai-edge-quan-single_fc": "weight-only",
         "LiteRT-torchaudio": "float", "LiteRT-recommendation": "float", "tflite-suppo": "float",
         "Seeed_Grove": "compiled"}


def lines_of(err, path):
    """How many lines of a terminal the text takes; a file's name counts, its folder does not."""
    text = err.replace(os.path.dirname(path) + "/", "")
    return sum(-(-len(line) // WIDTH) for line in text.splitlines())


class Cases(unittest.TestCase):
    def setUp(self):
        self.files = sorted(glob.glob(os.path.join(CASES, "models", "*.tflite")) + glob.glob(os.path.join(CASES, "reports", "*.tflite")))
        if not self.files:
            self.skipTest("there is no " + CASES)

    def test_what_is_refused_is_refused_in_two_lines(self):
        for path in self.files:
            for verb in (["run", path, "-p", "litert-2.3-x86", "-i", "noise:1"], ["diff", path, "--a", "litert-2.3-x86", "--b", "vip-v8", "-i", "noise:1"]):
                code, out, err = run(*verb)
                with self.subTest(path=path, verb=verb[0]):
                    self.assertIn(code, (0, 1, 2))
                    self.assertTrue(err or code != 2)
                    if not out:  # else a part has run
                        self.assertLessEqual(lines_of(err, path), 2, err)

    def test_kinds_of_files(self):
        for path in self.files:
            kind = next((k for start, k in KINDS.items() if os.path.basename(path).startswith(start)), None)
            code, out, err = run("inspect", path, "-p", "litert-2.3-x86", "--format", "json")
            with self.subTest(path=path):
                whole = all("rule" in op for op in json.loads(out)["ops"])
                self.assertEqual((code, err), (0 if whole else 2, ""))
                self.assertEqual(json.loads(out).get("kind", {}).get("name"), kind)
            if kind:
                _, _, err = run("diff", path, "--a", "litert-2.3-x86", "--b", "vip-v8", "-i", "noise:1")
                with self.subTest(path=path):
                    self.assertIn(json.loads(out)["kind"]["what"], err)

    def test_an_op_of_a_vendor_at_the_end(self):
        path = next(p for p in self.files if "yolo_face_det" in p)
        sides = ["--a", "litert-2.3-x86", "--b", "vip-v8", "-i", "noise:1"]
        code, out, err = run("diff", path, *sides, "--format", "json")
        self.assertEqual(code, 1, err)
        self.assertIn("op 57 is not run: YOLO_Detection_PostProcess: this custom op is not supported", err)
        found = json.loads(out)
        self.assertEqual([op["op"] for op in found["not_run"]["ops"]], [57])
        self.assertEqual(found["layers"][-1]["op"], 56)
        self.assertEqual(run("diff", path, *sides, "--until", "56", "--format", "json")[0], 1)
        # Nothing differs, but not all was compared.
        same = ["--a", "vip-v8", "--b", "vip-v8", "-i", "noise:1"]
        self.assertEqual(run("diff", path, *same)[0], 2)
        self.assertEqual(run("diff", path, *same, "--until", "56")[0], 0)
        self.assertEqual(run("run", path, "-p", "vip-v8", "-i", "noise:1")[0], 2)
        self.assertEqual(run("run", path, "-p", "vip-v8", "-i", "noise:1", "--until", "56")[0], 0)


unittest.main()
