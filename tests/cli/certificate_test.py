#!/usr/bin/env python3
"""Certificates of `nputwin prove`, and tools/check_certificate.py, which shares no code with what wrote them.

  certificate_test.py Certificate    small models: accepted as they are, refused with any number altered
  certificate_test.py Corpus         a MobileNet v2 of ../shared, with its time
"""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from schema import schema_problems
from tool import ROOT, SHARED, SKIPPED, TESTS, model, run

CHECKER = os.path.join(ROOT, "tools", "check_certificate.py")
sys.path.insert(0, os.path.dirname(CHECKER))
import check_certificate

DIGITS, SMALL = model("digits_embed20_i8"), model("conv_3x3_same_i8")


def directed(name):
    return os.path.join(TESTS, "vectors", "directed", name + ".tflite")


def certificate(path, profiles):
    code, out, err = run("prove", path, "--for", profiles, "--certificate", "-")
    assert code in (0, 1), err
    return json.loads(out)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def sealed(document):
    """With the hash that its content has now."""
    return dict(document, sha256=check_certificate.hash_of({k: v for k, v in document.items() if k != "sha256"}))


def numbers(value, path=()):
    """The paths of all numbers in a document."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield path
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, path + (key,))


def altered(document, path, change):
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return document


class Certificate(unittest.TestCase):
    def accepts(self, path, document):
        checker = check_certificate.check(read(path), document)
        self.assertEqual(checker.unchecked, [])
        return checker

    def refuses(self, path, document, what=""):
        with self.assertRaises(check_certificate.Refused, msg=what) as raised:
            check_certificate.check(read(path), document)
        return str(raised.exception)

    def test_accepts_what_the_tool_writes(self):
        with open(os.path.join(ROOT, "docs", "certificate.schema.json")) as f:
            schema = json.load(f)
        for path, profiles, verdict in ((DIGITS, "tflite-2.9.1-arm64,tflite-2.11-arm64", "equal"),
                                        (model("digits_depthwise_i8"), "litert-2.1-arm64,vip-v8", "differs")):
            document = certificate(path, profiles)
            self.assertEqual(schema_problems(document, schema), [])
            self.assertEqual(document["verdict"], verdict, (path, profiles))
            self.assertEqual(document["model"]["file"], os.path.basename(path))
            self.assertLess(len(json.dumps(document, separators=(",", ":"))), len(read(path)))
            checker = self.accepts(path, document)
            self.assertEqual(checker.counts["ops"], len(document["ops"]))

    def layer(self, name, layer):
        """One op of a directed model, as a file."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        code, _, err = run("cut", directed(name), "--layer", str(layer), "-o", folder.name)
        self.assertEqual(code, 0, err)
        return os.path.join(folder.name, os.listdir(folder.name)[0])

    def test_one_op_of_each_kind(self):
        differing = 0
        for name, layer in (("add_i8", 6), ("add_u8", 0), ("sub_i8", 0), ("mul_i8", 0), ("mul_u8", 6), ("mean_i8", 0),
                            ("ties_i8", 0), ("quantize_to_u8_i8", 0), ("dequantize_i8", 0), ("relu6_i8", 3),
                            ("fully_connected_u8", 3), ("conv_stride_u8", 0), ("depthwise_i8", 3), ("depthwise_u8", 3)):
            path = self.layer(name, layer)
            checker = self.accepts(path, certificate(path, "tflite-2.9.1-arm64,vip-v8"))
            differing += checker.c["verdict"] == "differs"
        self.assertEqual(differing, 10)

    def test_refuses_every_altered_number(self):
        """All of a small convolution; some of other kinds of ops, for which each check takes longer."""
        random.seed(1)
        for path, most in ((SMALL, 60), (self.layer("add_i8", 6), 4), (self.layer("mean_i8", 0), 6),
                           (self.layer("quantize_to_u8_i8", 0), 10), (self.layer("depthwise_i8", 0), 50)):
            document = certificate(path, "tflite-2.9.1-arm64,vip-v8")
            self.accepts(path, document)
            paths = list(numbers(document))
            kept = [at for at in paths if at[0] in ("ops", "codes", "thresholds")]
            for at in random.sample(kept, min(most, len(kept))) + random.sample(paths, 4):
                step = random.choice((-1, 1))
                changed = altered(document, at, lambda n: n + step)
                self.assertIn("hash of the certificate", self.refuses(path, changed, at))
                self.refuses(path, sealed(changed), (path, at, step))

    def test_refuses_altered_words(self):
        document = certificate(SMALL, "tflite-2.9.1-arm64,vip-v8")
        lists = [(i, k) for i, entries in enumerate(document["thresholds"]) for k, e in enumerate(entries) if isinstance(e[2], str)]
        self.assertTrue(lists)
        for i, k in lists:
            flip = lambda digits: digits[:-1] + "%x" % (int(digits[-1], 16) ^ 2)
            self.refuses(SMALL, sealed(altered(document, ("thresholds", i, k, 2), flip)))
        for at, word in ((("verdict",), "equal"), (("ops", 0, "verdict"), "equal"), (("ops", 0, "by"), "same_rule"),
                         (("ops", 0, "type"), "DEPTHWISE_CONV_2D"), (("profiles", 0, "sha256"), "0" * 64),
                         (("rules", 0, "ties"), "half_up"), (("model", "sha256"), "0" * 64)):
            self.refuses(SMALL, sealed(altered(document, at, lambda _, word=word: word)), at)

    def test_refuses_another_model(self):
        document = certificate(DIGITS, "tflite-2.9.1-arm64,vip-v8")
        self.assertIn("the model's", self.refuses(model("digits_embed20_u8"), document))
        # One weight of the same file is another: the hash alone tells, and without it the sums do.
        data = bytearray(read(SMALL))
        document = certificate(SMALL, "tflite-2.9.1-arm64,vip-v8")
        tensors, _ = check_certificate.read_model(bytes(data))
        weights = next(bytes(x & 255 for x in t.values) for t in tensors if t.is_constant and t.type == "int8")
        data[data.index(weights) + 7] ^= 1
        with tempfile.TemporaryDirectory() as folder:
            other = os.path.join(folder, "other.tflite")
            with open(other, "wb") as f:
                f.write(data)
            self.assertIn("the model's hash", self.refuses(other, document))
            document["model"]["sha256"] = check_certificate.hashlib.sha256(data).hexdigest()
            self.assertIn("op 0 CONV_2D: channel 0", self.refuses(other, sealed(document)))

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            path, profile = os.path.join(folder, "c.json"), os.path.join(folder, "vip-v8.json")
            code, out, err = run("prove", SMALL, "--for", "tflite-2.9.1-arm64,vip-v8", "--certificate", path)
            self.assertEqual(code, 1, err)
            self.assertIn("The model is not proven equal.", out)
            with open(profile, "w") as f:
                f.write(run("profiles", "show", "vip-v8", "--format", "json")[1])

            def check(*arguments):
                done = subprocess.run([sys.executable, CHECKER, *arguments], capture_output=True, text=True, timeout=100)
                return done.returncode, done.stdout, done.stderr
            code, out, _ = check(SMALL, path, "--profile", profile)
            self.assertEqual(code, 0, out)
            self.assertIn("verdict: differs (0 equal, 1 differs, 0 open)\n", out)
            self.assertEqual(check(DIGITS, path)[0], 1)
            self.assertEqual(check(SMALL, os.path.join(folder, "none.json"))[0], 2)
            self.assertEqual(check(SMALL, profile)[0], 2)
            with open(profile, "w") as f:
                f.write(run("profiles", "show", "vip-v8", "--format", "json")[1].replace('"multiplier_bits": 24', '"multiplier_bits": 23'))
            self.assertIn("the hash of vip-v8's parameters", check(SMALL, path, "--profile", profile)[1])

    def test_what_is_not_checked_is_said(self):
        path = directed("softmax_i8")
        checker = check_certificate.check(read(path), certificate(path, "litert-2.1-arm64,vip-v8"))
        claims = [claim["verdict"] for claim in checker.c["ops"]]
        self.assertEqual(len(checker.unchecked), sum(v != "open" for v in claims))

    def test_of_two_profiles_and_the_whole_file(self):
        for arguments, why in ((["--for", "vip-v8,vip-v7,litert-2.1-arm64"], "expected two profiles, got 3"),
                               (["--for", "vip-v8,vip-v7", "--until", "0"], "leave out --until and --shape")):
            code, _, err = run("prove", SMALL, *arguments, "--certificate", "-")
            self.assertEqual(code, 2)
            self.assertIn(why, err)


class Corpus(unittest.TestCase):
    def test_mobilenet_v2(self):
        path = os.path.join(SHARED, "corpus", "models", "cls_tf2_mobilenet_v2_ptq_i8.tflite")
        if not os.path.exists(path):
            print("there is no " + path)
            sys.exit(SKIPPED)
        profiles = "tflite-2.9.1-arm64,vip-v8"  # the larger of the pairs that were measured: docs/certificate.md
        document = certificate(path, profiles)
        size = len(json.dumps(document, separators=(",", ":")))
        self.assertLess(size, len(read(path)))
        start = time.monotonic()
        checker = check_certificate.check(read(path), document)
        seconds = time.monotonic() - start
        self.assertEqual(checker.unchecked, [])
        self.assertLess(seconds, 600)
        print("%s: %d bytes, checked in %.0f s" % (profiles, size, seconds))


if __name__ == "__main__":
    unittest.main()
