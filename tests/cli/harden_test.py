#!/usr/bin/env python3
"""harden as people call it: what is written is equal for all inputs, the rest of the file stays, refusals write nothing."""
import json
import os
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, SHARED, litert, model, run

EMBED = model("digits_embed20_i8")
NOISE = "noise:1..2"
DIGITS = os.path.join(MODELS, "digits_int8.npy")
FREE = "vip-v8,vip-v7,litert-2.1-arm64,litert-2.3-x86"
IMX = ("vip-v8", "litert-2.1-arm64", "tflite-2.14-arm64", "tflite-2.14-arm64-ruy", "tflite-2.9.1-arm64")


def directed(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "directed", name + ".tflite")


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def harden(self, source, target, *arguments):
        """The document of one model; what was written is what it says."""
        code, out, err = run("harden", source, "-o", target, *arguments, "--format", "json")
        self.assertIn(code, (0, 1), err)
        document = json.loads(out)
        self.assertEqual(code, 0 if document["equal"] else 1)
        return document["models"][0]

    def quantization(self, path):
        about = json.loads(run("inspect", path, "--format", "json")[1])
        return [(about["tensors"][t]["name"], about["tensors"][t].get("scale"), about["tensors"][t].get("zero_point")) for t in about["inputs"] + about["outputs"]]


class Harden(InFolder):
    def test_equal_for_all_inputs(self):
        for name, digits in (("digits_embed20_i8", "digits_int8"), ("digits_embed20_u8", "digits_uint8")):
            target = self.path(name + ".tflite")
            found = self.harden(model(name), target, "--for", FREE, "-i", os.path.join(MODELS, digits + ".npy"))
            self.assertTrue(found["equal"], (name, found["left"]))
            self.assertTrue(any(p["before"]["equal"] < p["before"]["ops"] for p in found["proofs"]))
            self.assertEqual(self.quantization(target), self.quantization(model(name)))
            code, out, err = run("prove", target, "--for", FREE)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(run("diff", target, "--a", "vip-v8", "--b", "litert-2.3-x86", "-i", NOISE)[0], 0)
            self.assertLess(found["price"]["median_loss_db"], 0.1)
            self.assertEqual(found["size_before"]["products"], found["size_after"]["products"])
            self.assertEqual(os.path.getsize(target), os.path.getsize(model(name)))

    def test_what_is_open_does_not_matter(self):
        target = self.path("free.tflite")
        self.harden(EMBED, target, "--for", "vip-v8,litert-2.1-arm64", "-i", NOISE)
        code, out, err = run("prove", target, "--for", "litert-2.1-arm64,vip-v8", "--open")
        self.assertEqual(code, 0)
        self.assertIn("Equal whatever of these holds: 20 of 20 ops.", out)

    def test_two_roundings(self):
        target = self.path("imx.tflite")
        code, out, err = run("harden", EMBED, "-o", target, "--for", "imx8mp", "-i", NOISE)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("for " + ", ".join(IMX), " ".join(out.split()))
        self.assertIn("All ops are equal on all of these profiles, for all inputs: so is the whole model.", out)
        self.assertRegex(out, r"tflite-2\.9\.1-arm64 +\d+ +20 20\n")
        self.assertRegex(out, r"The delegate of vx\(vip-v8\)\+tflite-2\.9\.1-arm64 claims 20 of them -> 20\.")
        self.assertIn("even weights", out)
        self.assertRegex(" ".join(out.split()), r"If '.*' is an embedding: it moves by [0-9.]+ % of the median distance")
        # Once more changes nothing.
        again = self.path("again.tflite")
        run("harden", target, "-o", again, "--for", "imx8mp", "-i", NOISE)
        with open(target, "rb") as a, open(again, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_what_stays_different_is_named(self):
        code, out, err = run("harden", model("digits_embed20_float_io"), "-o", self.path("f.tflite"), "--for", "vip-v8,litert-2.1-arm64")
        self.assertEqual(code, 1)
        text = " ".join(out.split())
        self.assertIn("QUANTIZE", text)
        self.assertIn("it takes real numbers, of which some lie at a tie of the codes", text)
        self.assertIn("--on-cpu QUANTIZE", text)
        self.assertIn("of noise, as no --input was given", text)

    def test_averages_become_layers(self):
        for name in ("mean_i8", "mean_u8"):
            target = self.path(name + ".tflite")
            found = self.harden(directed(name), target, "--for", "vip-v8,tflite-2.9.1-arm64")
            self.assertTrue(found["averages"])
            for op in found["left"]:
                self.assertTrue(op["why"], op)
            # Weights that are all alike are rounded to one side together: a scale that is 2 % off leaves 33 dB.
            for output in found["price"]["outputs"]:
                self.assertTrue((output["loss_db"] or 0) < 1 or output["sqnr_after_db"] > 33, output)

    def test_what_costs_nothing(self):
        target = self.path("free.tflite")
        found = self.harden(model("conv_3x3_same_i8"), target, "--for", "all-free", "-i", NOISE)
        self.assertTrue(found["equal"])
        refused = [step["added"] for step in found["steps"] if not step["kept"]]
        self.assertIn("tflite-2.9.1-arm64", refused)
        self.assertFalse(set(refused) & set(found["profiles"]))
        self.assertGreater(len(found["profiles"]), 10)
        self.assertLess(found["price"]["median_loss_db"], 0.1)
        self.assertEqual(run("prove", target, "--for", ",".join(found["profiles"]))[0], 0)

    def test_a_side_that_cannot_agree_is_named(self):
        # TFLite 2.9.1 multiplies such a layer by 0: the others agree all the same.
        found = self.harden(directed("fully_connected_channels_kept"), self.path("a.tflite"), "--for", "vip-v8,litert-2.1-arm64,tflite-2.9.1-arm64-builtin")
        self.assertEqual([p["after"]["equal"] for p in found["proofs"]], [1, 0])
        self.assertEqual(found["left"][0]["sides"], ["tflite-2.9.1-arm64-builtin"])
        self.assertIn("tflite-2.9.1-arm64-builtin multiplies or clamps otherwise than by the scales", found["left"][0]["why"])

    def test_once_more_changes_nothing(self):
        sides = ("--for", "vip-v8,litert-2.1-arm64,tflite-2.9.1-arm64-builtin")
        first, again = self.path("first.tflite"), self.path("again.tflite")
        for name in ("fully_connected_i8", "conv_i8", "add_i8", "mul_u8"):
            self.harden(directed(name), first, *sides)
            self.harden(first, again, *sides)
            with open(first, "rb") as a, open(again, "rb") as b:
                self.assertEqual(a.read(), b.read(), name)

    def test_a_depthwise_layer_takes_gains_back(self):
        sides = ("--for", "vip-v8,tflite-2.9.1-arm64", "-i", DIGITS)
        first, again = self.path("first.tflite"), self.path("again.tflite")
        found = self.harden(model("digits_depthwise_i8"), first, *sides)
        gains = [gain for tensor in found["passed_gains"] for gain in tensor["gains"]]
        self.assertTrue(any(abs(gain - 1) > 1e-3 for gain in gains))
        self.assertTrue(all(abs(gain - 1) < 0.021 for gain in gains))
        self.assertIn("the depthwise layer that takes it back, channels of", run("harden", model("digits_depthwise_i8"), "-o", again, *sides)[1])
        self.harden(first, again, *sides)
        with open(first, "rb") as a, open(again, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_joint_of_numbers(self):
        code, out, err = run("harden", directed("dequantize_u8"), directed("quantize_from_f32_u8"), "-o", self.path("out"), "--for", "vip-v8,litert-2.1-arm64")
        self.assertIn(code, (0, 1), err)
        self.assertEqual(len(os.listdir(self.path("out"))), 2)

    def test_the_rest_of_the_file_stays(self):
        with open(EMBED, "rb") as f:
            content = f.read()
        source, target = self.path("labelled.tflite"), self.path("hardened.tflite")
        with open(source, "wb") as f:
            f.write(content)
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr("labels.txt", "one\ntwo\n")
        self.harden(source, target, "--for", "vip-v8,litert-2.1-arm64")
        with zipfile.ZipFile(target) as archive:
            self.assertEqual(archive.read("labels.txt"), b"one\ntwo\n")

    def test_several_files_are_one_system(self):
        run("cut", EMBED, "-o", self.folder.name, "--layers", "0:9")
        run("cut", EMBED, "-o", self.folder.name, "--layers", "10:19")
        parts = [self.path("layers_000-009.tflite"), self.path("layers_010-019.tflite")]
        code, out, err = run("harden", *parts, "-o", self.path("out"), "--for", "imx8mp", "-i", NOISE, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        written = [m["written"] for m in json.loads(out)["models"]]
        encoder, decoder = (self.quantization(path) for path in written)
        self.assertEqual(encoder[-1][1:], decoder[0][1:])
        self.assertEqual(self.quantization(EMBED), [encoder[0], decoder[-1]])
        for second, words in ((EMBED, "no outputs of the first are the second's inputs"), (parts[0], "another model is called layers_000-009.tflite, too")):
            code, out, err = run("harden", parts[0], second, "-o", self.path("none"), "--for", "imx8mp", "-i", NOISE)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(words, err)
            self.assertFalse(os.path.exists(self.path("none")))

    def test_each_profile_has_its_price(self):
        found = self.harden(EMBED, self.path("a.tflite"), "--for", "imx8mp", "-i", NOISE, "--max-loss-db", "3")
        self.assertEqual([s["added"] for s in found["steps"]], list(IMX[1:]))
        self.assertEqual(found["steps"][0]["even_weights"], 0)
        self.assertGreater(found["steps"][-1]["even_weights"], 0)
        self.assertGreater(found["steps"][-1]["median_loss_db"], found["steps"][0]["median_loss_db"])

    def test_float_weights_of_another_kind_of_file(self):
        code, out, err = run("harden", EMBED, "-o", self.path("w.tflite"), "--for", "imx8mp", "-i", NOISE, "--float-weights", DIGITS)
        self.assertEqual(code, 2)
        self.assertIn("digits_int8.npy", err)


    def test_errors_of_verification_stay(self):
        target = self.path("imx.tflite")
        self.harden(EMBED, target, "--for", "imx8mp", "-i", DIGITS)
        for source, name in ((EMBED, "before"), (target, "after")):
            self.assertEqual(run("run", source, "--profile", "vip-v8", "-i", DIGITS, "-o", self.path(name + ".npy"))[0], 0)
        labels, zero = os.path.join(MODELS, "digits_labels.npy"), str(self.quantization(EMBED)[-1][2][0])
        code, out, err = run("diff", "--embeddings", self.path("before.npy"), self.path("after.npy"), "--labels", labels, "--zero-point", zero, "--format", "json")
        self.assertIn(code, (0, 1), err)
        rates = [trial["eer"] for trial in json.loads(out)["trials"]]
        self.assertEqual(len(rates), 4)
        self.assertLess(max(rates) - min(rates), 0.003)


class Refused(InFolder):
    def refused(self, words, *arguments):
        code, out, err = run("harden", *arguments, "-o", self.path("none.tflite"))
        self.assertEqual((code, out), (2, ""), err)
        self.assertIn(words, err)
        self.assertFalse(os.path.exists(self.path("none.tflite")))

    def test_no_file_is_written(self):
        self.refused("expected two or more profiles, got 1", EMBED, "--for", "vip-v8")
        self.refused("vip-v9", EMBED, "--for", "vip-v8,vip-v9")
        self.refused("a recording has no arithmetic", EMBED, "--for", "vip-v8,runtime:python3")
        self.refused("none.tflite", self.path("none.tflite"), "--for", FREE)
        self.refused("with each one added: tflite-2.14-arm64", EMBED, "--for", "vip-v8,tflite-2.14-arm64", "-i", DIGITS, "--max-loss-db", "0.01")
        self.refused("no op has codes on which the profiles could differ", directed("cumsum_f32"), "--for", "litert-2.3-x86-ref,litert-2.1-arm64-ref")
        self.refused("--max-loss-db 'much': expected a number of dB", EMBED, "--for", FREE, "--max-loss-db", "much")
        self.refused("does not define svdf", directed("svdf_state_i8"), "--for", "vip-v8,litert-2.1-arm64")


class Corpus(InFolder):
    """Public models: what is left, and that a real runtime gives what the twin says of the hardened file."""
    MODELS = {  # what no scale makes equal
        "cls_mlperf_tiny_resnet8_i8": {"SOFTMAX"},
        "det_fomo_mobv2_035_i8": {"SOFTMAX"},
        "cls_mobilenet_v1_0.25_128_u8": {"SOFTMAX"},
        "emb_mobilefacenet_128d_i8": {"L2_NORMALIZATION"},
        "det_sscma_yolov5tiny_face_96_i8": set(),
    }

    def test_models(self):
        folder = os.path.join(SHARED, "corpus", "models")
        if not os.path.isdir(folder):
            self.skipTest("no models of ../shared")
        # Once more, nothing changes, though the last of the profiles leaves less room than the others have.
        first, again = self.path("first.tflite"), self.path("again.tflite")
        sides = ("--for", "vip-v8,vip-v7,litert-2.1-arm64,tflite-2.9.1-arm64-builtin")
        self.harden(os.path.join(folder, "cls_mlperf_tiny_resnet8_i8.tflite"), first, *sides)
        self.harden(first, again, *sides)
        with open(first, "rb") as a, open(again, "rb") as b:
            self.assertEqual(a.read(), b.read())
        found = self.harden(os.path.join(folder, "aud_adi_denoiser_int8_1.tflite"), self.path("bias.tflite"), "--for", "vip-v8,litert-2.1-arm64,tflite-2.14-arm64-ruy")
        self.assertEqual(found["biases"], [6])  # the FULLY_CONNECTED without one on which two roundings half up differ
        self.assertNotIn("FULLY_CONNECTED", {op["type"] for op in found["left"]})
        for name, left in self.MODELS.items():
            target = self.path(name + ".tflite")
            found = self.harden(os.path.join(folder, name + ".tflite"), target, "--for", FREE, "--threads", "2")
            self.assertLessEqual({op["type"] for op in found["left"]}, left, name)
            self.assertEqual(found["claimed"]["lost"], [])
            if litert() and name not in ("emb_mobilefacenet_128d_i8", "det_sscma_yolov5tiny_face_96_i8"):  # which take a minute
                code, out, err = run("selfcheck", target, "--runtime", litert(), "--profile", "litert-2.3-x86")
                self.assertEqual(code, 0, (name, out, err))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[1:], verbosity=0)
