#!/usr/bin/env python3
"""A folder with what a board gave for each prefix of a model, as a side of diff and report: the material of a user who cut 20 layers into
20 models and ran each."""
import glob
import json
import os
import shutil
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import model, npz_bytes, run

MODEL = model("digits_embed20_i8")
CPU, NPU = "tflite-2.9.1-arm64", "vip-v8"


def npy(data, shape):
    """The bytes of an .npy file of int8."""
    header = str({"descr": "|i1", "fortran_order": False, "shape": tuple(shape)}).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + data


class Prefixes(unittest.TestCase):
    """A profile plays the board: it runs the prefixes one by one, and what it gave is to differ as the profile itself does."""

    @classmethod
    def setUpClass(cls):
        cls.all = tempfile.TemporaryDirectory()
        cls.models = os.path.join(cls.all.name, "models")
        assert run("cut", MODEL, "--every-layer", "-o", cls.models)[0] == 0
        about = json.loads(run("inspect", MODEL, "--format", "json")[1])
        cls.shapes = [about["tensors"][op["outputs"][0]]["shape"] for op in about["ops"]]
        cls.stems = sorted(os.path.basename(path)[:-len(".tflite")] for path in glob.glob(cls.models + "/*.tflite"))
        cls.given = {}
        for seed in (1, 2):
            cls.given[seed] = []
            for stem in cls.stems:
                out = os.path.join(cls.all.name, "out.npz")
                run("run", os.path.join(cls.models, stem + ".tflite"), "-p", NPU, "-i", "noise:%d" % seed, "-o", out)
                cls.given[seed].append(list(npz_bytes(out).values())[0])
        cls.expected = {source: cls.layers(NPU, CPU, source) for source in ("noise:1", "noise:1..2")}

    @classmethod
    def tearDownClass(cls):
        cls.all.cleanup()

    @staticmethod
    def layers(a, b, source="noise:1"):
        code, out, err = run("diff", MODEL, "--a", a, "--b", b, "-i", source, "--format", "json")
        assert code < 2, err
        return [{key: layer[key] for key in ("op", "isolated", "accumulated")} for layer in json.loads(out)["layers"]]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.board = os.path.join(self.folder, "board")
        os.mkdir(self.board)

    def write(self, name, content, folder=None):
        with open(os.path.join(folder or self.board, name), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())

    def failure(self, side):
        code, _, err = run("diff", MODEL, "--a", CPU, "--b", side, "-i", "noise:1")
        self.assertEqual(code, 2)
        return err

    def test_each_kind_of_file(self):
        for i, stem in enumerate(self.stems):
            data, kind = self.given[1][i], i % 4
            if kind == 0:
                self.write(stem + ".npy", npy(data, self.shapes[i]))
            elif kind == 1:
                self.write(stem + ".bin", data)
            elif kind == 2:
                self.write(stem + ".raw", data)
            else:  # which shows no order of the dimensions, as OVXLIB's does not
                self.write(stem + ".txt", "".join("%d\n" % v for v in struct.unpack("%db" % len(data), data)))
        self.assertEqual(self.layers(self.board + ",layout=nhwc", CPU), self.expected["noise:1"])
        self.assertIn("could be NHWC or NCHW", self.failure(self.board))

    def test_an_npz_each(self):
        for stem in self.stems:
            run("run", os.path.join(self.models, stem + ".tflite"), "-p", NPU, "-i", "noise:1", "-o", os.path.join(self.board, stem + ".npz"))
        self.assertEqual(self.layers(self.board, CPU), self.expected["noise:1"])
        # As the second side: the CPU's op runs on the board's inputs.
        there = self.layers(CPU, self.board)
        self.assertEqual([x["accumulated"] for x in there], [x["accumulated"] for x in self.layers(CPU, NPU)])
        for x, y in zip(there, self.expected["noise:1"]):
            self.assertEqual(x["isolated"]["mismatches"], y["isolated"]["mismatches"])
        page = os.path.join(self.folder, "report.html")
        code, _, err = run("report", MODEL, "--a", CPU, "--b", self.board, "-i", "noise:1", "-o", page)
        self.assertEqual((code, err), (1, ""))
        with open(page) as f:
            self.assertIn("How the mismatch spreads", f.read())

    def test_several_samples(self):
        for i, stem in enumerate(self.stems):
            self.write(stem + ".npy", npy(self.given[1][i] + self.given[2][i], [2] + self.shapes[i][1:]))
        self.assertEqual(self.layers(self.board, CPU, "noise:1..2"), self.expected["noise:1..2"])
        self.write(self.stems[3] + ".npy", npy(self.given[1][3], self.shapes[3]))
        code, _, err = run("diff", MODEL, "--a", CPU, "--b", self.board, "-i", "noise:1..2")
        self.assertEqual(code, 2)
        self.assertIn("prefix_003_CONV_2D.npy: holds 1 sample, and ", err)

    def test_a_missing_prefix_is_not_captured(self):
        """Neither its layer nor, alone, the next one: whose inputs are not known."""
        for i, stem in enumerate(self.stems):
            if i != 7:
                self.write(stem + ".bin", self.given[1][i])
        got = {layer["op"]: layer for layer in self.layers(self.board, CPU)}
        self.assertNotIn(7, got)
        for layer in self.expected["noise:1"]:
            if layer["op"] == 8:
                self.assertIsNone(got[8]["isolated"])
                self.assertEqual(got[8]["accumulated"], layer["accumulated"])
            elif layer["op"] != 7:
                self.assertEqual(got[layer["op"]], layer)
        self.assertIn("op 8: its inputs were not captured", run("diff", MODEL, "--a", CPU, "--b", self.board, "-i", "noise:1")[2])

    def own_models(self):
        """Prefix models by names of one's own, in an order that only numbers show."""
        models = os.path.join(self.folder, "own")
        os.mkdir(models)
        for i, stem in enumerate(self.stems):
            shutil.copy(os.path.join(self.models, stem + ".tflite"), os.path.join(models, "net%d.tflite" % i))
        return models

    def test_models_of_other_names(self):
        models = self.own_models()
        for i, data in enumerate(self.given[1]):
            self.write("net%d_out.bin" % i, data)
        self.write("input.npy", npy(bytes(64), [1, 8, 8, 1]))
        side = "%s,models=%s" % (self.board, models)
        self.assertEqual(self.layers(side, CPU), self.expected["noise:1"])
        err = run("diff", MODEL, "--a", CPU, "--b", side, "-i", "noise:1")[2]
        self.assertIn("no prefix model is called like input.npy: left out", err)
        # One folder that holds both.
        for path in glob.glob(models + "/*"):
            shutil.copy(path, self.board)
        self.assertEqual(self.layers(self.board, CPU), self.expected["noise:1"])

    def test_files_in_the_models_order(self):
        models = self.own_models()
        for i, data in enumerate(self.given[1]):
            self.write("result-%d.raw" % i, data)
        side = "%s,models=%s" % (self.board, models)
        self.assertEqual(self.layers(side, CPU), self.expected["noise:1"])
        self.assertIn("in their order, result-0.raw for net0.tflite", run("diff", MODEL, "--a", CPU, "--b", side, "-i", "noise:1")[2])
        os.remove(os.path.join(self.board, "result-5.raw"))
        self.assertIn("holds 19 outputs of 20 prefix models; call each file like its model, as net0.npy", self.failure(side))

    def test_what_does_not_belong(self):
        self.write("prefix_003_CONV_2D.bin", b"short")
        self.assertIn("prefix_003_CONV_2D.bin: has 5 bytes, but '", self.failure(self.board))
        os.remove(os.path.join(self.board, "prefix_003_CONV_2D.bin"))
        self.write("prefix_040_CONV_2D.bin", self.given[1][0])
        self.assertIn("has ops 0 to 19", self.failure(self.board))
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        shutil.copy(model("digits_depthwise_i8"), os.path.join(other, "net.tflite"))
        os.remove(os.path.join(self.board, "prefix_040_CONV_2D.bin"))
        self.write("net.bin", self.given[1][19])
        self.assertIn("is no prefix of", self.failure("%s,models=%s" % (self.board, other)))
        self.assertIn("holds no .tflite", self.failure("%s,models=%s" % (self.board, self.board)))
        # The same ops with other scales.
        shutil.copy(model("digits_embed20_u8"), os.path.join(other, "net.tflite"))
        self.assertIn("it was converted with other scales", self.failure("%s,models=%s" % (self.board, other)))

    def test_two_files_of_one_op(self):
        """One of the two won without a word."""
        for i, stem in enumerate(self.stems):
            self.write(stem + ".bin", self.given[1][i])
        self.write("prefix_001.bin", self.given[2][1])
        err = self.failure(self.board)
        for name in "prefix_001.bin", self.stems[1] + ".bin":
            self.assertIn(os.path.join(self.board, name), err)
        self.assertIn("both hold the output of op 1", err)

    def test_links_that_lead_nowhere(self):
        """They are no captures, not even those that are called like one."""
        for i, stem in enumerate(self.stems):
            self.write(stem + ".bin", self.given[1][i])
        for name in "a.bin", "prefix_000_CONV_2D.npy", "z.txt":
            os.symlink(os.path.join(self.folder, "nothing"), os.path.join(self.board, name))
        self.assertEqual(self.layers(self.board, CPU), self.expected["noise:1"])

    def test_a_prefix_of_another_op(self):
        depthwise = model("digits_depthwise_i8")
        self.write("prefix_001_CONV_2D.bin", self.given[1][0])
        code, _, err = run("diff", depthwise, "--a", CPU, "--b", self.board, "-i", "noise:1")
        self.assertEqual(code, 2)
        self.assertIn("op 1 of %s is DEPTHWISE_CONV_2D" % depthwise, err)


if __name__ == "__main__":
    unittest.main()
