#!/usr/bin/env python3
"""Inputs from outside: what is refused, what is said on stderr, standard input, and `run` on many samples."""
import io
import json
import os
import signal
import struct
import subprocess
import sys
import time
import unittest
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import folder
from tool import MODELS, NPUTWIN, SHARED, model, npz_bytes, run

CODES, REALS = model("digits_embed20_i8"), model("digits_embed20_float_io")
DIGITS = os.path.join(MODELS, "digits_int8.npy")
PHOTOS = os.path.join(SHARED, "corpus", "images")
LETTERS = {"<f4": "f", "<f8": "d", "|i1": "b", "|u1": "B", "<i8": "q"}


def npy(values, shape, kind="|i1"):
    header = str({"descr": kind, "fortran_order": False, "shape": tuple(shape)}).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + struct.pack("<%d%s" % (len(values), LETTERS[kind]), *values)


def bmp(width, height):
    row = bytes(range(200)) * 9
    pixels = b"".join(row[y:y + 3 * width] + bytes(width % 4) for y in range(height))
    return b"BM" + struct.pack("<IIIIiiHHIIIIII", 54 + len(pixels), 0, 54, 40, width, height, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(3 * width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Folder(folder.Folder):
    def run_on(self, source, *more, of=CODES, **options):
        return run("run", of, "-p", "vip-v8", "-i", source, *more, **options)

    def refused(self, source, *words, of=CODES):
        """Exit code 2, nothing on stdout, and a reason that has the words."""
        code, out, err = self.run_on(source, of=of)
        self.assertEqual((code, out), (2, ""), source)
        for word in words:
            self.assertIn(word, err)


class Arrays(Folder):
    def test_other_shapes_of_as_many_values_are_refused(self):
        """[64] and [8,8] were taken for [1,8,8,1]."""
        for shape in (64,), (8, 8), (1, 64), (64, 1), (1, 4, 16, 1), (8, 8, 1, 1):
            self.refused(self.write("x.npy", npy(range(64), shape)), "has shape [%s]" % ",".join(map(str, shape)),
                         "takes [1,8,8,1], or [K,8,8,1] for K samples")
        expected = self.run_on(self.write("x.npy", npy(range(64), (1, 8, 8, 1))))
        self.assertEqual(expected[0], 0)
        self.assertEqual(self.run_on(self.write("x.npy", npy(range(64), (8, 8, 1)))), expected)

    def test_nchw_is_not_read_as_nhwc(self):
        """A picture [1,3,128,128] gave another class than the same picture as [1,128,128,3], without a word."""
        conv = model("conv_3x3_same_i8")
        about = json.loads(run("inspect", conv, "--format", "json")[1])
        _, height, width, channels = about["tensors"][about["inputs"][0]]["shape"]
        self.assertGreater(channels, 1)
        values = [(7 * i) % 256 - 128 for i in range(height * width * channels)]
        turned = [values[p * channels + c] for c in range(channels) for p in range(height * width)]
        code, expected, err = self.run_on(self.write("nhwc.npy", npy(values, (1, height, width, channels))), of=conv)
        self.assertEqual((code, err), (0, ""))
        for shape, options in ((1, channels, height, width), ""), ((channels, height, width), ""), ((1, channels, height, width), ",layout=nchw"):
            code, out, err = self.run_on(self.write("nchw.npy", npy(turned, shape)) + options, of=conv)
            self.assertEqual((code, out), (0, expected))
            self.assertIn("is NCHW; brought to NHWC", err)
        self.refused(self.path("nchw.npy") + ",layout=nhwc", "has shape", of=conv)
        code, out, _ = self.run_on(self.write("x.bin", bytes(v % 256 for v in turned)) + ",layout=nchw", of=conv)
        self.assertEqual((code, out), (0, expected))

    def test_nan_and_infinity_are_warned_of(self):
        """They passed without a word."""
        values = [0.5] * 128
        values[70], values[80], values[90] = float("nan"), float("inf"), float("nan")
        code, out, err = self.run_on(self.write("x.npy", npy(values, (2, 8, 8, 1), "<f4")), of=REALS)
        self.assertEqual(code, 0)
        self.assertIn("sample 1\n", out)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertRegex(err, r"warning: sample 1 of input '\S+' has 2 NaN and 1 infinite among its 64 numbers")
        self.assertEqual(self.run_on(self.write("x.npy", npy([0.5] * 64, (1, 8, 8, 1), "<f4")), of=REALS)[2], "")

    def test_real_numbers_for_a_quantized_input(self):
        """They were refused without an offer to quantize them, and float64 without an offer at all."""
        scale, zero_point = 1 / 255, -128  # of the model's input, as inspect shows it
        codes = [(5 * i) % 256 - 128 for i in range(64)]
        expected = self.run_on(self.write("codes.npy", npy(codes, (1, 8, 8, 1))))[1]
        for kind in "<f4", "<f8":
            path = self.write("x.npy", npy([scale * (c - zero_point) for c in codes], (1, 8, 8, 1), kind))
            self.refused(path, "add ,quantize=yes", ",quantize=no")
            code, out, err = self.run_on(path + ",quantize=yes")
            self.assertEqual((code, out), (0, expected))
            self.assertIn("quantized to int8 (scale 0.00392156886, zero point -128), half to even\n", err)
        code, out, err = self.run_on(self.write("x.npy", npy([float(c) for c in codes], (1, 8, 8, 1), "<f8")) + ",quantize=no")
        self.assertEqual((code, out, err), (0, expected, ""))
        code, out, err = self.run_on(self.write("x.npy", npy(codes, (1, 8, 8, 1), "<i8")))
        self.assertEqual((code, out, err), (0, expected, ""))

    def test_float64_is_rounded_for_a_float_input(self):
        rounded = self.run_on(self.write("x.npy", npy([i / 7 for i in range(64)], (1, 8, 8, 1), "<f4")), of=REALS)[1]
        code, out, err = self.run_on(self.write("x.npy", npy([i / 7 for i in range(64)], (1, 8, 8, 1), "<f8")), of=REALS)
        self.assertEqual((code, out), (0, rounded))
        self.assertIn("float64 numbers rounded to float32", err)

    def test_an_archive_holds_them_too(self):
        with zipfile.ZipFile(self.path("x.npz"), "w") as archive:
            archive.writestr("in0.npy", npy([1.0] * 64, (1, 1, 8, 8), "<f8"))
        self.refused(self.path("x.npz"), "x.npz[in0]: is float64")
        self.assertEqual(self.run_on(self.path("x.npz") + ",quantize=yes,layout=nchw")[0], 0)


class Pictures(Folder):
    def test_cut_off_ones_are_refused(self):
        """A BMP of 20,000 of its 921,738 bytes gave a label and exit code 0."""
        for name, whole in ("x.bmp", bmp(40, 30)), ("x.png", png(40, 30)):
            self.assertEqual(self.run_on(self.write(name, whole))[0], 0)
            for part in 60, len(whole) // 2, len(whole) - 3:
                self.refused(self.write(name, whole[:part]), "%s: is cut off after %d bytes" % (name, part))

    @unittest.skipUnless(os.path.isdir(PHOTOS), "needs the corpus")
    def test_corpus(self):
        """Each whole picture is read, none of which the last tenth is missing."""
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(PHOTOS) for name in names if name.endswith((".bmp", ".jpg", ".png"))]
        self.assertGreater(len(paths), 20)
        for path in paths:
            self.assertEqual(self.run_on(path)[0], 0, path)
            with open(path, "rb") as f:
                content = f.read()
            self.refused(self.write("cut" + os.path.splitext(path)[1], content[:len(content) * 9 // 10]), "is cut off")

    def test_one_line_says_how_they_were_prepared(self):
        """Nothing was said of the size, the method and the numbers."""
        photo = self.write("x.bmp", bmp(40, 30))
        for source, of, said in (
                (photo, CODES, "x.bmp: 40x30 → 8x8 nearest, aspect ratio not kept, green only, int8 is byte - 128"),
                (photo + ",resize=pillow-bicubic", model("digits_embed20_u8"), "x.bmp: 40x30 → 8x8 pillow-bicubic, aspect ratio not kept, green only, uint8 as is"),
                (photo, REALS, "x.bmp: 40x30 → 8x8 nearest, aspect ratio not kept, green only, float32 is (byte - 127.5) / 127.5"),
                (photo + ",mean=0,std=255", CODES, "green only, (byte - 0) / 255, quantized to int8 (scale 0.00392156886, zero point -128)"),
                ("photo:" + photo, REALS, "float32 is (byte - 128) / 128"),
                (self.write("y.bmp", bmp(16, 16)), CODES, "y.bmp: 16x16 → 8x8 nearest, green only"),
                (self.write("z.png", png(8, 8)), CODES, "z.png: 8x8, not resized, green only")):
            code, _, err = self.run_on(source, of=of)
            self.assertEqual((code, err.count("\n")), (0, 1), err)
            self.assertIn(said, err)
        code, out, err = self.run_on(self.folder)
        self.assertEqual((code, err.count("\n"), out.count("sample ")), (0, 1, 3))
        self.assertIn("; 2 more files alike", err)

    def test_a_name_with_commas(self):
        """It could not be given: what stands behind the comma was taken for an option."""
        path = self.write("a cat, b=c, mean=3.bmp", bmp(40, 30))
        plain = self.run_on(self.write("x.bmp", bmp(40, 30)))[1]
        self.assertEqual(self.run_on(path)[:2], (0, plain))
        self.assertEqual(self.run_on("photo:" + path)[:2], (0, plain))
        self.assertEqual(self.run_on(path + ",resize=nearest")[:2], (0, plain))
        self.refused(path + ",what=3", "takes no option 'what'; it takes: resize mean std")

    def test_help_explains_them(self):
        out = run("run", "--help")[1]
        for words in ("nearest (the default)", "aspect ratio is not", "(byte - M) / S", "int8 gets\nbyte - 128",
                      "photo:FILE resizes to the nearest pixel"):
            self.assertIn(words, out)


    def test_a_bmp_whose_size_overflows(self):
        """2147483647 x 2147483647 pixels have more bytes than a number of 64 bits counts."""
        whole = bmp(9, 9)
        for width, height, bits in (2147483647, 2147483647, 24), (65537, 1, 24), (1, 65537, 24), (1, -65537, 24), (1, -2147483648, 24), (9, 9, 33), (9, 9, 65535):
            content = bytearray(whole)
            struct.pack_into("<iiHH", content, 18, width, height, 1, bits)
            self.refused(self.write("x.bmp", content), "x.bmp: is a BMP of %dx%d pixels of %d bits, expected at most 65536x65536 of 32"
                         % (width, abs(height), bits))
        content = bytearray(whole)
        struct.pack_into("<ii", content, 18, 65536, 65536)
        self.refused(self.write("x.bmp", content), "is cut off")


class Folders(Folder):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("set"))
        for n in range(2):
            self.write("set/%d.bin" % n, bytes(range(n, n + 64)))

    def test_links_that_lead_nowhere(self):
        """Of whatever name they ended the search, with the folder's name in the error."""
        source = self.path("set")
        expected = run("diff", CODES, "--a", "vip-v7", "--b", "vip-v8", "-i", source, "--format", "json")
        self.assertIn(expected[0], (0, 1), expected[2])
        for name in "0-notes", "readme.md", "9.txt", "loop":
            os.symlink(self.path("nothing") if name != "loop" else "loop", self.path("set/" + name))
        os.symlink(self.write("two.bin", bytes(64)), self.path("set/2.bin"))
        self.assertEqual(json.loads(run("diff", CODES, "--a", "vip-v7", "--b", "vip-v8", "-i", source, "--format", "json")[1])["samples"], 3)
        self.assertEqual(run("report", CODES, "--a", "vip-v7", "--b", "vip-v8", "-i", source, "-o", self.path("r.json"))[0], expected[0])
        for name in "cat.png", "0.npy":
            os.symlink(self.path("nothing"), self.path("set/" + name))
            for verb in (["run", CODES, "-p", "vip-v8"], ["report", CODES, "--a", "vip-v7", "--b", "vip-v8", "-o", self.path("r.json")]):
                code, out, err = run(*verb, "-i", source)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(os.path.join(source, name) + ": leads to no file (No such file or directory)", err)
            os.remove(self.path("set/" + name))


class Names(Folder):
    NAME = "serving_default_keras_tensor_61:0"

    def test_an_input_that_the_model_does_not_have(self):
        """A name with a letter missing was "no input source", with the list of all sources."""
        near = "(did you mean '%s'?)" % self.NAME
        there = self.write("x.npy", npy(range(64), (1, 8, 8, 1)))
        for name in "serving_default_keras_tensor_6:0", "Serving_default_keras_tensor_61:1":
            for source in "noise:1", "ramp", there, "nothing.npy", "what":
                self.refused(name + "=" + source, "'%s=%s': the model has no input '%s' %s" % (name, source, name, near))
        for source in "noise:1", there:
            self.refused("x=" + source, "the model has no input 'x'; its inputs: '%s'" % self.NAME)
        self.assertEqual(self.run_on(self.NAME + "=noise:1")[0], 0)
        # Files and sources as before.
        os.mkdir(self.path("run=1"))
        self.assertEqual(self.run_on(self.write("run=1/a=b.npy", npy(range(64), (1, 8, 8, 1))))[0], 0)
        self.refused(self.path("run=1") + "/y.npy", "run=1/y.npy: cannot open")
        self.refused("what=x", "'what=x' is no input source; expected one of: ")
        self.refused("cat.bmp,mean=0", "cat.bmp: cannot open")

    def test_a_shape_of_an_input_that_the_model_does_not_have(self):
        self.refused_shape("serving_default_keras_tensor_6:0", " (did you mean '%s'?); inputs: '%s'" % (self.NAME, self.NAME))
        self.refused_shape("foo", "; inputs: '%s'" % self.NAME)

    def refused_shape(self, name, told):
        code, out, err = self.run_on("noise:1", "--shape", name + "=1x8x8x1")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("no input is named '%s'%s" % (name, told), err)


class Streams(Folder):
    def test_standard_input_and_pipes(self):
        """A file could stand on the disk alone."""
        expected = self.run_on(DIGITS)[:2]
        self.assertEqual(expected[0], 0)
        with open(DIGITS, "rb") as f:
            digits = f.read()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("in0.npy", digits)
        command = [NPUTWIN, "run", CODES, "-p", "vip-v8", "-i"]
        for source in "-", "/dev/stdin", "-,layout=nhwc":
            for content in digits, archive.getvalue():
                done = subprocess.run([*command, source], input=content, capture_output=True, timeout=60)
                self.assertEqual((done.returncode, done.stdout.decode()), expected, source)
        fifo = self.path("pipe")
        os.mkfifo(fifo)
        with subprocess.Popen([*command, fifo], stdout=subprocess.PIPE, text=True) as process:
            with open(fifo, "wb") as f:
                f.write(digits)
            self.assertEqual((process.wait(60), process.stdout.read()), expected)
        # What looks for the first difference reads them once too.
        sides = ["--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "--sample", "3", "-i"]
        explained = run("explain", CODES, *sides, DIGITS)
        self.assertEqual((explained[0], explained[2]), (1, ""))
        done = subprocess.run([NPUTWIN, "explain", CODES, *sides, "-"], input=digits, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout.decode(), done.stderr.decode()), explained)
        with subprocess.Popen([NPUTWIN, "explain", CODES, *sides, fifo], stdout=subprocess.PIPE, text=True) as process:
            with open(fifo, "wb") as f:
                f.write(digits)
            self.assertEqual((process.wait(60), process.stdout.read()), explained[:2])
        refused = run("inspect", "-")
        self.assertEqual(refused, (2, "", "nputwin: -: a model is read more than once, so it cannot come from stdin; expected a file\n"))
        for content, word in (b"", "is empty"), (b"x" * 63, "has 63 bytes"), (bmp(9, 9)[:60], "cut off"), (digits[:100], "cut off"):
            done = subprocess.run([*command, "-"], input=content, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(word, done.stderr.decode())


class Noise(Folder):
    def test_seeds(self):
        """A valid range of more than 1,000,000 seeds was "expected noise: and a number"."""
        self.refused("noise:1..1000001", "more than 1000000 seeds")
        self.refused("noise:5..4", "the first seed is above the last one")
        self.refused("noise:18446744073709551616", "a seed is at most 18446744073709551615")
        self.refused("noise:x", "expected noise: and a number")
        self.assertEqual(self.run_on("noise:18446744073709551615")[0], 0)


class ManySamples(Folder):
    """`run` took one sample: the embeddings of a data set needed a process each."""

    def outputs(self, *arguments):
        path = self.path("o.npz")
        code, _, err = run("run", CODES, "-p", "vip-v8", *arguments, "-o", path)
        self.assertEqual((code, err), (0, ""))
        return npz_bytes(path)

    def test_the_same_bytes_as_a_batch_and_as_single_runs(self):
        name = json.loads(run("inspect", CODES, "--format", "json")[1])
        name = name["tensors"][name["inputs"][0]]["name"]
        for more in [], ["--all"]:
            stacked = self.outputs("-i", DIGITS, *more)
            self.assertEqual(stacked, self.outputs("-i", DIGITS, "--shape", name + "=40x8x8x1", *more))
            self.assertEqual(list(stacked), list(self.outputs("-i", "noise:1", *more)))
        single = [self.outputs("-i", "noise:%d" % seed) for seed in range(3)]
        self.assertEqual(self.outputs("-i", "noise:0..2"), {key: b"".join(s[key] for s in single) for key in single[0]})

    def test_shapes_and_files(self):
        self.outputs("-i", DIGITS)
        with zipfile.ZipFile(self.path("o.npz")) as archive:
            in_archive = archive.read(archive.namelist()[0])
        self.assertIn(b"(40, 1, 1, 32)", in_archive)
        self.assertEqual(self.run_on(DIGITS, "-o", self.path("o.npy"))[0], 0)
        with open(self.path("o.npy"), "rb") as f:
            self.assertEqual(f.read(), in_archive)
        self.refused_output("--all", "-o", self.path("p.npy"), word="--all needs an .npz")
        self.assertEqual(sorted(os.listdir(self.folder)), ["o.npy", "o.npz"])

    def refused_output(self, *arguments, word):
        code, out, err = self.run_on("noise:1", *arguments)
        self.assertEqual((code, out), (2, ""))
        self.assertIn(word, err)

    def test_text_and_json(self):
        hashes = [json.loads(self.run_on("noise:%d" % seed, "--format", "json")[1])["outputs"] for seed in range(3)]
        result = json.loads(self.run_on("noise:0..2", "--format", "json")[1])
        self.assertEqual([sample["outputs"] for sample in result["samples"]], hashes)
        text = self.run_on("noise:0..2")[1]
        self.assertEqual(text, "".join("sample %d\n%s" % (n, self.run_on("noise:%d" % n)[1]) for n in range(3)))
        text = self.run_on("noise:0..39")[1]
        self.assertEqual(text.count("\nsample "), 9)
        self.assertTrue(text.endswith("… and 30 more samples; --output and --format json have all\n"))

    def test_hashes(self):
        def hashes(source):
            self.run_on(source, "--hashes", self.path("h.json"))
            with open(self.path("h.json")) as f:
                return json.load(f)
        self.assertEqual(hashes("noise:0..2"), [hashes("noise:%d" % seed) for seed in range(3)])

    def test_an_archive_is_in_the_models_order(self):
        """It was in the alphabet's."""
        about = json.loads(run("inspect", CODES, "--format", "json")[1])
        made = [about["tensors"][op["outputs"][0]]["name"] for op in about["ops"]]
        self.assertEqual(list(self.outputs("-i", "noise:1", "--all")), made)
        self.assertNotEqual(made, sorted(made))

    def test_interrupted_it_leaves_nothing(self):
        with subprocess.Popen([NPUTWIN, "run", CODES, "-p", "vip-v8", "-i", "noise:1..1000000", "--all", "-o", self.path("o.npz")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            self.assertEqual(process.wait(60), 2)
            self.assertIn("the outputs of 1000000 samples are 1000000 times 19520 bytes, expected at most 4294967296", process.stderr.read())
        with subprocess.Popen([NPUTWIN, "run", CODES, "-p", "vip-v8", "-i", "noise:1..1000000", "-o", self.path("o.npz")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            self.assertNotEqual(process.wait(60), 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_that_has_a_wrong_file_leaves_nothing(self):
        with open(DIGITS, "rb") as f:
            first = f.read()[-2560:][:64]
        for name, content in ("a.bin", first), ("b.bin", first), ("c.bin", b"short"):
            self.write(name, content)
        code, out, err = self.run_on(self.folder, "-o", self.path("o.npz"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn("c.bin: has 5 bytes", err)
        self.assertFalse(os.path.exists(self.path("o.npz")))


if __name__ == "__main__":
    unittest.main()
