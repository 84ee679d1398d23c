#!/usr/bin/env python3
"""diff --embeddings: distances and error rates, against their definitions written as plain loops."""
import json
import math
import os
import random
import struct
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, model, npz_bytes, run

KINDS = {"<f4": "f", "<f8": "d", "|i1": "b", "|u1": "B", "<i4": "i", "<i8": "q", "<u8": "Q", "|b1": "?"}


def npy(rows, kind):
    flat = [x for row in rows for x in row] if isinstance(rows[0], (list, tuple)) else rows
    shape = (len(rows), len(rows[0])) if isinstance(rows[0], (list, tuple)) else (len(rows),)
    header = str({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + struct.pack("<%d%s" % (len(flat), KINDS[kind]), *flat)


# The definitions.

def cosine_distance(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return 1 - dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def quantile(values, p):
    values = sorted(values)
    at = p * (len(values) - 1)
    low = int(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def rates(genuine, impostors, threshold):
    """(FMR, FNMR) where what is at most the threshold is accepted."""
    return sum(d <= threshold for d in impostors) / len(impostors), sum(d > threshold for d in genuine) / len(genuine)


def equal_error(genuine, impostors):
    thresholds = sorted(set(genuine + impostors))
    before, fmr_before, fnmr_before = thresholds[0], 0.0, 1.0
    for t in thresholds:
        fmr, fnmr = rates(genuine, impostors, t)
        if fmr == fnmr:
            return fmr, t
        if fmr > fnmr:
            share = (fnmr_before - fmr_before) / ((fnmr_before - fmr_before) + (fmr - fnmr))
            return fmr_before + share * (fmr - fmr_before), before + share * (t - before)
        before, fmr_before, fnmr_before = t, fmr, fnmr
    raise AssertionError("the last threshold accepts all")


def trial(enrolled, probe, labels):
    genuine, impostors = [], []
    for i in range(len(enrolled)):
        for j in range(i + 1, len(enrolled)):
            (genuine if labels[i] == labels[j] else impostors).append(cosine_distance(enrolled[i], probe[j]))
    return genuine, impostors


class EmbeddingsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def ask(self, a, b, *more):
        code, out, err = run("diff", "--embeddings", a, b, "--format", "json", *more)
        self.assertLess(code, 2, err)
        return code, json.loads(out)

    def failure(self, *arguments):
        code, _, err = run("diff", *arguments)
        self.assertEqual(code, 2)
        return err

    def check(self, answer, a, b, labels, threshold=None):
        """The whole answer, number by number."""
        near = lambda x, y: self.assertAlmostEqual(x, y, delta=1e-9 * max(1, abs(y)))
        pairs = [cosine_distance(x, y) for x, y in zip(a, b)]
        lengths = [math.dist(x, y) for x, y in zip(a, b)]
        rows = [(i, j) for i in range(len(a)) for j in range(i + 1, len(a))]
        for figures, distances in ((answer["pairs"]["cosine"], pairs), (answer["pairs"]["euclidean"], lengths),
                                   (answer["spread"]["cosine"], [cosine_distance(a[i], a[j]) for i, j in rows]),
                                   (answer["spread"]["euclidean"], [math.dist(a[i], a[j]) for i, j in rows])):
            self.assertEqual(figures["count"], len(distances))
            near(figures["mean"], sum(distances) / len(distances))
            near(figures["median"], quantile(distances, 0.5))
            near(figures["p95"], quantile(distances, 0.95))
            near(figures["least"], min(distances))
            near(figures["largest"], max(distances))
        near(lengths[answer["pairs"]["euclidean"]["largest_row"]], max(lengths))
        if threshold is None:
            threshold = answer["threshold"]
            near(threshold, equal_error(*trial(a, a, labels))[1])
        self.assertEqual([(t["enrolled"], t["probe"]) for t in answer["trials"]], [("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")])
        for t in answer["trials"]:
            genuine, impostors = trial({"A": a, "B": b}[t["enrolled"]], {"A": a, "B": b}[t["probe"]], labels)
            self.assertEqual((t["genuine"], t["impostors"]), (len(genuine), len(impostors)))
            rate, at = equal_error(genuine, impostors)
            near(t["eer"], rate), near(t["eer_threshold"], at)
            self.assertAlmostEqual(t["fmr"], rates(genuine, impostors, threshold)[0], delta=1.01 / len(impostors))
            self.assertAlmostEqual(t["fnmr"], rates(genuine, impostors, threshold)[1], delta=1.01 / len(genuine))

    def test_by_hand(self):
        """Four vectors of the plane: 0, 60, 90 and 160 degrees; the first two and the last two are one person each."""
        at = lambda *angles: [[math.cos(math.radians(x)), math.sin(math.radians(x))] for x in angles]
        a = self.write("a.npy", npy(at(0, 60, 90, 160), "<f8"))
        labels = self.write("who.txt", "eve\neve\nbob\nbob\n")
        code, answer = self.ask(a, a, "--labels", labels)
        self.assertEqual((code, answer["same"]), (0, True))
        # Genuine: 60 and 70 degrees, distances 0.5 and 0.658. Impostors: 90, 160, 30, 100 degrees: 1, 1.94, 0.134, 1.174.
        # From (FMR, FNMR) = (1/4, 1/2) at 0.5 to (1/4, 0) at 0.658: they cross half-way, at 1/4.
        first = answer["trials"][0]
        self.assertEqual((first["genuine"], first["impostors"]), (2, 4))
        self.assertAlmostEqual(first["eer"], 0.25)
        self.assertAlmostEqual(first["eer_threshold"], (0.5 + 1 - math.cos(math.radians(70))) / 2)
        for threshold, fmr, fnmr in (("0.1", 0, 1), ("0.2", 0.25, 1), ("0.6", 0.25, 0.5), ("0.7", 0.25, 0), ("1.5", 0.75, 0), ("2", 1, 0)):
            first = self.ask(a, a, "--labels", labels, "--threshold", threshold)[1]["trials"][0]
            self.assertEqual((first["fmr"], first["fnmr"]), (fmr, fnmr))

    def test_at_most_the_threshold_is_accepted(self):
        a = self.write("a.npy", npy([[1, 0], [0, 1], [-1, 0]], "<f4"))
        labels = self.write("who.npy", npy([7, 7, 8], "<i4"))
        for threshold, fmr, fnmr in (("1", 0.5, 0), ("0.999999", 0, 1)):  # 1 is the distance of a right angle, exactly
            first = self.ask(a, a, "--labels", labels, "--threshold", threshold)[1]["trials"][0]
            self.assertEqual((first["fmr"], first["fnmr"]), (fmr, fnmr))

    def test_labels_are_whole_numbers_exactly(self):
        """2 ** 60 and 2 ** 60 + 1 were one person: labels went through double."""
        a = self.write("a.npy", npy([[1, 0], [0, 1], [1, 0.5], [0.1, 1]], "<f4"))
        for kind, people in ("<i8", [2 ** 60, 2 ** 60 + 1] * 2), ("<i8", [-2 ** 63, 1 - 2 ** 63] * 2), ("<u8", [2 ** 64 - 1, 2 ** 64 - 2] * 2), ("|i1", [-1, 65] * 2):
            numbers = self.write("who.npy", npy(people, kind))
            text = self.write("who.txt", "".join("%d\n" % x for x in people))
            self.assertEqual(self.ask(a, a, "--labels", numbers)[1]["trials"], self.ask(a, a, "--labels", text)[1]["trials"], people)

    def test_labels_that_are_none(self):
        a = self.write("a.npy", npy([[1, 0], [0, 1]], "<f4"))
        for kind, people, told in ("<f8", [1, 2], "is float64, expected integers"), ("|b1", [True, False], "is bool, expected integers"),                 ("<i4", [[1], [2]], "is [2,1], expected [N], a label a row"):
            path = self.write("who.npy", npy(people, kind))
            self.assertIn("%s: %s" % (path, told), self.failure("--embeddings", a, a, "--labels", path))

    def test_random_against_the_definition(self):
        rng = random.Random(3)
        single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
        for kind in ("<f4", "<f8", "|i1", "|u1"):
            zero = {"|i1": -3, "|u1": 120}.get(kind, 0)
            if kind.startswith("<"):
                a = [[single(rng.gauss(0, 1)) for _ in range(5)] for _ in range(18)]
                b = [[single(x + rng.gauss(0, 0.3)) for x in row] for row in a]
            else:
                low, high = (-128, 127) if kind == "|i1" else (0, 255)
                a = [[rng.randint(low, high) for _ in range(5)] for _ in range(18)]
                b = [[min(max(x + rng.randint(-9, 9), low), high) for x in row] for row in a]
            labels = [rng.randrange(4) for _ in a]
            files = self.write("a.npy", npy(a, kind)), self.write("b.npy", npy(b, kind))
            who = self.write("who.txt", "".join("%d\n" % x for x in labels))
            more = [] if zero == 0 else ["--zero-point", str(zero)]
            code, answer = self.ask(*files, "--labels", who, *more)
            self.assertEqual((code, answer["unit"]), (1, "step" if zero else "value"))
            shifted = [[[x - zero for x in row] for row in side] for side in (a, b)]
            self.check(answer, *shifted, labels)
            self.check(self.ask(*files, "--labels", who, "--threshold", "0.4", *more)[1], *shifted, labels, 0.4)

    def test_the_digits(self):
        """The embeddings of 40 digits by the model in the tree, on the CPU and on the NPU."""
        network = model("digits_embed20_i8")
        about = json.loads(run("inspect", network, "--format", "json")[1])
        zero = about["tensors"][about["outputs"][0]]["zero_point"][0]
        with open(os.path.join(MODELS, "digits_int8.npy"), "rb") as f:
            content = f.read()
        header, = struct.unpack("<H", content[8:10])
        digits, each = content[10 + header:], 64
        sides = []
        for profile in ("tflite-2.9.1-arm64", "vip-v8"):
            rows = []
            for n in range(len(digits) // each):
                source, out = self.write("in.bin", digits[n * each:(n + 1) * each]), os.path.join(self.folder, "out.npz")
                run("run", network, "-p", profile, "-i", source, "-o", out)
                data = list(npz_bytes(out).values())[0]
                rows.append(struct.unpack("%db" % len(data), data))
            sides.append(rows)
        files = [self.write("%d.npy" % i, npy(rows, "|i1")) for i, rows in enumerate(sides)]
        labels_file = os.path.join(MODELS, "digits_labels.npy")
        code, answer = self.ask(*files, "--zero-point", str(zero), "--labels", labels_file)
        self.assertEqual((code, answer["rows"], answer["width"]), (1, 40, 32))
        with open(labels_file, "rb") as f:
            content = f.read()
        header, = struct.unpack("<H", content[8:10])
        size = (len(content) - 10 - header) // 40
        labels = [content[10 + header + size * n] for n in range(40)]
        self.check(answer, *[[[x - zero for x in row] for row in rows] for rows in sides], labels)
        self.assertLess(answer["pairs"]["cosine"]["largest"], answer["spread"]["cosine"]["median"])

    def test_an_npz_of_one_array(self):
        a = self.write("a.npy", npy([[1, 2], [3, 4]], "<f4"))
        packed = os.path.join(self.folder, "a.npz")
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(a, "embedding.npy")
        self.assertEqual(self.ask(a, packed)[0], 0)
        with zipfile.ZipFile(packed, "a") as archive:
            archive.write(a, "another.npy")
        self.assertIn("holds 2 arrays, expected one", self.failure("--embeddings", a, packed))

    def test_the_text(self):
        a, b = self.write("a.npy", npy([[1, 0], [0, 1], [1, 1]], "<f4")), self.write("b.npy", npy([[1, 0], [0, 1], [1, 2]], "<f4"))
        code, out, _ = run("diff", "--embeddings", a, b, "--labels", self.write("who.txt", "x\nx\ny"))
        self.assertEqual(code, 1)
        self.assertIn("A to B: cosine", out)
        self.assertIn("row 2", out)
        self.assertIn("accepted where its cosine distance is at most the threshold", out)
        code, out, _ = run("diff", "--embeddings", a, a)
        self.assertEqual(code, 0)
        self.assertIn("every number is the same", out)
        self.assertNotIn("EER", out)

    def test_what_is_refused(self):
        a = self.write("a.npy", npy([[1, 0], [0, 1]], "<f4"))
        codes = self.write("codes.npy", npy([[1, 0], [0, 1]], "|i1"))
        three = self.write("three.npy", npy([[1, 0], [0, 1], [1, 1]], "<f4"))
        for told, arguments in (
                ("codes.npy: holds int8, and an angle between quantized values needs their zero point", (codes, codes)),
                ("A has 2 rows of 2 numbers, B 3 of 2", (a, three)),
                ("one side holds quantized values and the other real numbers", (a, codes, "--zero-point", "0")),
                ("row 1 of B is all zeros", (a, self.write("zero.npy", npy([[1, 0], [0, 0]], "<f4")))),
                ("row 1 of A holds NaN", (self.write("nan.npy", npy([[1, 0], [0, float("nan")]], "<f4")), a)),
                ("is [2], expected [N,D]", (self.write("flat.npy", npy([1.0, 2.0], "<f4")), a)),
                ("there are 3 labels for 2 rows", (a, a, "--labels", self.write("who.txt", "a\nb\nc\n"))),
                ("the labels make 0 pairs of one identity and 1 of two", (a, a, "--labels", self.write("two.txt", "a\nb\n"))),
                ("--threshold needs --labels", (a, a, "--threshold", "0.5")),
                ("--threshold 'far': expected a number", (a, a, "--threshold", "far")),
                ("--format text or json, not csv", (a, a, "--format", "csv"))):
            self.assertIn(told, self.failure("--embeddings", *arguments))
        self.failure("--embeddings", a)
        self.assertIn("MODEL is required", self.failure("--a", "vip-v8", "--b", "vip-v7"))
        self.assertIn("--b is required", self.failure(model("digits_embed20_i8"), "--a", "vip-v8"))


if __name__ == "__main__":
    unittest.main()
