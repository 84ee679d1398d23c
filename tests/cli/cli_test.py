#!/usr/bin/env python3
"""The command line from outside: results, exit codes, what goes to stdout and stderr, mistakes."""
import csv
import io
import json
import os
import pathlib
import re
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, NPUTWIN, ROOT, TESTS, model, npz_bytes, run

DIGITS = os.path.join(MODELS, "digits_int8.npy")
PAIR = ["--a", "tflite-2.9.1-arm64", "--b", "vip-v8"]


def png(path, width, height, rgb):
    """A PNG of one colour."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = (b"\0" + bytes(rgb) * width) * height
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Help(unittest.TestCase):
    # What each verb's help must name: what it needs, and what it is for.
    OPTIONS = {
        "inspect": ("MODEL", "--profile", "--shape", "--on-cpu", "--kernels", "--isa", "--format"),
        "lint": ("MODEL", "--for", "--input", "--rule", "--skip", "--format"),
        "run": ("MODEL", "--profile", "--input", "--output", "--all", "--hashes", "--labels", "--top", "--profile-layers", "--isa", "--threads"),
        "diff": ("MODEL", "--a", "--b", "--input", "--mode", "--samples", "--partial", "--bound", "--fail-if", "--baseline", "--output", "--exit-zero", "--format"),
        "merge": ("FILES", "--partial", "--format"),
        "report": ("MODEL", "--a", "--b", "--input", "--output", "--format", "--fail-if", "--baseline", "--exit-zero"),
        "explain": ("MODEL", "--a", "--b", "--input", "--sample", "--layer", "--index"),
        "prove": ("MODEL", "--for", "--open", "--until", "--shape", "--isa", "--format"),
        "nearest": ("MODEL", "--to", "--among", "--on-cpu-until", "--input", "--format"),
        "harden": ("MODEL", "--for", "--output", "--input", "--float-weights", "--max-loss-db", "--change-io", "--format"),
        "characterise": ("MODEL", "--a", "--b", "--input"),
        "cut": ("MODEL", "--output", "--layers", "--layer", "--every-layer"),
        "bisect": ("MODEL", "--a", "--b", "--input", "--first", "--accumulated", "--output"),
        "selfcheck": ("MODEL", "--runtime", "--mode", "--input"),
        "profiles": ("show", "compare", "schema", "--runtimes", "--format"),
        "isas": ("--format",),
        "ops": ("--format",),
        "completion": ("SHELL",),
    }

    def test_every_verb_teaches(self):
        with open(os.path.join(ROOT, "src", "command", "verbs.inc")) as f:
            verbs = re.findall(r"^NPUTWIN_VERB\((\w+)\)", f.read(), re.M)
        code, out, err = run("--help")
        self.assertEqual((code, err), (0, ""))
        listed = re.findall(r"^  (\w+) {2,}\S", out.split("Verbs:")[1].split("\n\n")[0], re.M)
        self.assertEqual(listed, verbs)
        for verb in verbs:
            code, text, err = run(verb, "--help")
            self.assertEqual((code, err), (0, ""))
            self.assertIn("nputwin %s " % verb, text)
            for word in self.OPTIONS[verb]:
                self.assertRegex(text, r"(?m)^  (\S+,)?%s\b" % re.escape(word), "%s --help" % verb)

    def test_version(self):
        with open(os.path.join(ROOT, "CMakeLists.txt")) as f:
            version = re.search(r"project\(nputwin VERSION ([\d.]+)", f.read())[1]
        code, out, err = run("--version")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^nputwin %s \((commit [0-9a-f]{7,}( with changes)?|unknown commit), \w+, (GCC|Clang) [\d.]+, "
                              r"(x86-64|AArch64) with \w+\)\ninterface 1; fmt " % re.escape(version))

    def test_mistakes_exit_with_2_and_say_so_on_stderr(self):
        for arguments in ([], ["nonsense"], ["run"], ["run", model("digits_embed20_i8")], ["diff", model("digits_embed20_i8"), *PAIR],
                          ["run", "/none.tflite", "-p", "vip-v8", "-i", "ramp"], ["run", model("digits_embed20_i8"), "-p", "who", "-i", "ramp"],
                          ["run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:"],
                          ["run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", DIGITS + ",layout=who"],
                          ["run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "ramp", "--isa", "abacus"],
                          ["run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "ramp", "--labels", "/none.txt"],
                          ["run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "ramp", "-o", "/no/such/folder/x.npz"],
                          ["inspect", DIGITS], ["profiles", "who"]):
            code, out, err = run(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertEqual(out, "", arguments)
            self.assertTrue(err, arguments)


class Kernels(unittest.TestCase):
    """inspect --kernels: which form runs, and why better ones do not."""

    def ops(self, *arguments):
        code, out, _ = run("inspect", model("digits_embed20_i8"), "-p", "vip-v8", "--format", "json", *arguments)
        self.assertEqual(code, 0)
        return json.loads(out)["ops"]

    def test_json_has_them_only_where_asked_for(self):
        self.assertFalse(any("kernel" in op for op in self.ops()))
        self.assertTrue(all("kernel" in op for op in self.ops("--kernels")))

    def test_json_names_forms_and_reasons(self):
        layers = [op["kernel"] for op in self.ops("--kernels", "--isa", "scalar") if op["type"] == "CONV_2D"]
        self.assertTrue(layers)
        asked = "the instruction set scalar was asked for"
        for kernel in layers:
            self.assertEqual((kernel["form"], kernel["isa"]), ("scalar", "scalar"))
            self.assertEqual(kernel["refused"], [{"form": form, "reason": asked} for form in ("bytes_conv", "int16_conv")])
            self.assertEqual(kernel["epilogues"], [{"form": "scalar", "isa": "scalar", "refused": [{"form": "guarded_binary32", "reason": asked}]}])

    def test_the_fastest_instruction_set_takes_every_layer(self):
        for op in self.ops("--kernels", "--isa", "auto"):
            if op["type"] in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
                self.assertNotEqual(op["kernel"]["form"], "scalar", op)
                self.assertEqual(op["kernel"]["epilogues"][0]["form"], "guarded_binary32", op)

    def test_text_says_the_same(self):
        code, out, _ = run("inspect", model("digits_embed20_i8"), "-p", "vip-v8", "--kernels", "--isa", "scalar")
        self.assertEqual(code, 0)
        self.assertIn("    kernel scalar\n      not bytes_conv: the instruction set scalar was asked for\n"
                      "      not int16_conv: the instruction set scalar was asked for\n"
                      "    epilogue scalar\n      not guarded_binary32: ", out)


class Run(unittest.TestCase):
    def test_json_text_and_files_agree(self):
        with tempfile.TemporaryDirectory() as folder:
            npz, hashes = os.path.join(folder, "o.npz"), os.path.join(folder, "h.json")
            code, out, _ = run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:1", "-o", npz, "--all", "--hashes", hashes, "--format", "json")
            self.assertEqual(code, 0)
            result = json.loads(out)["outputs"][0]
            with open(hashes) as f:
                recorded = json.load(f)
            self.assertEqual(len(recorded), 20)
            self.assertEqual(list(recorded.values())[-1], result["hash"])
            with zipfile.ZipFile(npz) as z:
                self.assertEqual(len(z.namelist()), 20)
                raw = z.read(result["name"] + ".npy")
            self.assertEqual(list(struct.unpack("32b", raw[-32:])), result["values"])
            self.assertEqual(sorted(os.listdir(folder)), ["h.json", "o.npz"])

    def test_threads_and_instruction_sets_change_nothing(self):
        results = {run("run", model("digits_embed20_u8"), "-p", "vip-v8", "-i", "noise:3", "--threads", threads, "--isa", isa)[:2]
                   for threads in ("1", "2", "5") for isa in ("auto", "scalar")}
        self.assertEqual(len(results), 1)
        code, out = results.pop()
        self.assertEqual(code, 0)
        self.assertRegex(out, r"hash [0-9a-f]{16}\n")

    def test_labels_and_top(self):
        with tempfile.TemporaryDirectory() as folder:
            labels = os.path.join(folder, "labels.txt")
            with open(labels, "w") as f:
                f.write("".join("class %d\n" % i for i in range(32)))
            out = run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:1", "--labels", labels, "--top", "3")[1]
            self.assertEqual(out.count("class "), 3)

    def test_raw_bytes_and_npy_and_named_inputs(self):
        with tempfile.TemporaryDirectory() as folder:
            raw = os.path.join(folder, "x.bin")
            with open(raw, "wb") as f:
                f.write(bytes((i - 128) % 256 for i in range(64)))
            code, ramp, _ = run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "ramp")
            self.assertEqual(code, 0)
            self.assertEqual(run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", raw)[1], ramp)
            name = json.loads(run("inspect", model("digits_embed20_i8"), "--format", "json")[1])
            name = name["tensors"][name["inputs"][0]]["name"]
            self.assertEqual(run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", name + "=ramp")[1], ramp)

    def test_an_array_without_a_sample(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = os.path.join(folder, "empty.npy")
            header = "{'descr': '|i1', 'fortran_order': False, 'shape': (0, 8, 8, 1), }".ljust(117) + "\n"
            with open(empty, "wb") as f:
                f.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
            code, _, err = run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", empty)
            self.assertEqual(code, 2)
            self.assertIn("empty.npy: has shape [0,8,8,1], but input ", err)

    def test_pictures(self):
        with tempfile.TemporaryDirectory() as folder:
            picture = os.path.join(folder, "grey.png")
            png(picture, 31, 17, (10, 200, 30))
            # One channel takes green; float inputs are (b - 127.5) / 127.5 unless said otherwise.
            for options in ("", ",resize=pillow-bicubic", ",resize=pillow-bilinear", ",resize=label_image", ",resize=nearest"):
                self.assertEqual(run("run", model("digits_embed20_float_io"), "-p", "vip-v8", "-i", picture + options)[0], 0, options)
            same = {run("run", model("digits_embed20_u8"), "-p", "vip-v8", "-i", picture + options)[:2]
                    for options in ("", ",resize=pillow-bicubic")}
            self.assertEqual([code for code, _ in same], [0])
            for bad in (",resize=who", ",mean=x", ",std=0", ",what=1"):
                self.assertEqual(run("run", model("digits_embed20_u8"), "-p", "vip-v8", "-i", picture + bad)[0], 2)


class Diff(unittest.TestCase):
    def test_exit_codes(self):
        arguments = ["diff", model("digits_embed20_i8"), "-i", DIGITS]
        self.assertEqual(run(*arguments, *PAIR)[0], 1)
        self.assertEqual(run(*arguments, "--a", "vip-v8", "--b", "vip-v8")[0], 0)

    def test_three_formats_tell_the_same(self):
        arguments = ["diff", model("digits_embed20_i8"), *PAIR, "-i", DIGITS]
        text = run(*arguments)[1]
        layers = json.loads(run(*arguments, "--format", "json")[1])["layers"]
        rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv")[1])))
        self.assertEqual(len(layers), 20)
        self.assertEqual([int(r["accumulated_mismatches"]) for r in rows], [l["accumulated"]["mismatches"] for l in layers])
        self.assertIn("first: op 0 CONV_2D", text)
        self.assertIn("worst: op 19 CONV_2D", text)
        self.assertIn("%.3f %%" % layers[5]["accumulated"]["mismatch_percent"], text)


    def test_ends_with_a_command_that_explains(self):
        for case in ("conv_3x3_same_i8", "noise:1"), ("digits_embed20_i8", DIGITS), ("digits_embed20_u8", "noise:3..5"):
            code, out, _ = run("diff", model(case[0]), *PAIR, "-i", case[1])
            self.assertEqual(code, 1)
            command = shlex.split(out.splitlines()[-1])
            self.assertEqual(command[:2], [NPUTWIN, "explain"])
            code, out, err = run(*command[1:], "--format", "json")
            self.assertEqual((code, err), (1, ""))
            explained = json.loads(out)
            self.assertNotEqual(explained["a"]["code"], explained["b"]["code"])
            self.assertEqual(explained["cause"], "second rounding")
            self.assertEqual(explained["bias"] + sum(p["product"] for p in explained["products"]), explained["a"]["sum"])
        equal = run("diff", model("conv_3x3_same_i8"), "--a", "vip-v8", "--b", "vip-v8", "-i", "ramp")[1]
        self.assertIn("\nno difference in 1 layer\n", equal)
        self.assertNotIn("explain", equal)

    def test_interrupted(self):
        """Ctrl-C ends a long comparison, which says first that it may, with the result so far."""
        process = subprocess.Popen([NPUTWIN, "diff", model("digits_embed20_i8"), *PAIR, "-i", "noise:1..1000000",
                                    "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.stderr.readline(), "diff: 20000000 ops to run; Ctrl-C ends with the result so far\n")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2)
        samples = json.loads(out)["samples"]
        self.assertGreaterEqual(samples, 1)
        self.assertLess(samples, 1000000)
        self.assertEqual(err, "interrupted: the result is of %d sample%s\n" % (samples, "" if samples == 1 else "s"))


class Report(unittest.TestCase):
    ARGUMENTS = ["report", model("digits_embed20_i8"), *PAIR, "-i", DIGITS]

    def write(self, folder, name, *options):
        path = os.path.join(folder, name)
        code, out, err = run(*self.ARGUMENTS, "-o", path, *options)
        self.assertEqual((code, err), (1, ""))
        if os.path.isdir(path):
            return {f.name: f.read_text() for f in pathlib.Path(path).iterdir()}
        with open(path) as f:
            return f.read()

    def test_json_is_as_its_schema_says(self):
        with open(os.path.join(ROOT, "docs", "diff.schema.json")) as f:
            schema = json.load(f)
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}

        def check(value, rule, where):
            if "$ref" in rule:
                rule = schema["$defs"][rule["$ref"].rsplit("/", 1)[1]]
            names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
            self.assertTrue(any(isinstance(value, kinds[n]) for n in names), where)
            if isinstance(value, dict):
                self.assertLessEqual(set(rule.get("required", [])), set(value), where)
                for key, inner in value.items():
                    other = rule.get("additionalProperties", True)
                    self.assertTrue(key in rule.get("properties", {}) or other, "%s.%s" % (where, key))
                    if key in rule.get("properties", {}) or isinstance(other, dict):
                        check(inner, rule.get("properties", {}).get(key, other), "%s.%s" % (where, key))
            if isinstance(value, list):
                for i, inner in enumerate(value):
                    check(inner, rule["items"], "%s[%d]" % (where, i))
        with tempfile.TemporaryDirectory() as folder:
            written = self.write(folder, "r.json")
            check(json.loads(written), schema, "$")
            report, diff = json.loads(written), json.loads(run("diff", *self.ARGUMENTS[1:], "--format", "json")[1])
            expected = sum(layer["expected_mismatches"] for layer in report["layers"])
            self.assertNotEqual(report.pop("command"), diff.pop("command"))
            self.assertEqual(report, diff)
            characters = json.loads(run("characterise", *self.ARGUMENTS[1:], "--format", "json")[1])["layers"]
            self.assertAlmostEqual(expected, sum(layer["expected"] for layer in characters))

    def test_formats_of_other_tools(self):
        with tempfile.TemporaryDirectory() as folder:
            layers = json.loads(self.write(folder, "r.json"))["layers"]
            suites = xml.etree.ElementTree.fromstring(self.write(folder, "r.xml", "--fail-if", "mismatch>30%"))
            suite = suites.find("testsuite[@name='layers']")
            failing = [l for l in layers if l["accumulated"]["mismatch_percent"] > 30]
            self.assertEqual((suite.get("tests"), suite.get("failures")), ("20", str(len(failing))))
            self.assertEqual(len(suite.findall(".//failure")), len(failing))
            rows = list(csv.DictReader(io.StringIO(self.write(folder, "r.csv", "--format", "accuracy-debugger"))))
            self.assertEqual([float(r["Max Diff"]) for r in rows], [l["accumulated"]["largest"] for l in layers])
            self.assertEqual({r["Status"] for r in rows}, {"FAIL"})
            overlay = self.write(folder, "overlay", "--format", "model-explorer")
            values = json.loads(overlay["mismatch_alone.json"])["results"]
            self.assertEqual([values[str(l["op"])]["value"] for l in layers], [l["isolated"]["mismatch_percent"] for l in layers])
            plots = self.write(folder, "plots", "--format", "plots")
            names = ("propagation", "steps", "causes", "channels", "places", "graph")
            self.assertEqual(set(plots), {p + ".vl.json" for p in names})
            self.assertIn("second rounding", self.write(folder, "r.md"))

    def test_pictures_need_a_python(self):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "plots")
            python = os.path.join(folder, "python")
            with open(python, "w") as f:
                f.write("#!/bin/sh\necho has no package vl_convert >&2; exit 1\n")
            os.chmod(python, 0o755)
            code, _, err = run(*self.ARGUMENTS, "-o", out, "--format", "svg", "--plot-python", python)
            self.assertEqual((code, os.path.exists(out)), (2, False))
            self.assertIn("has no package vl_convert", err)

    def test_the_page_needs_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            page = self.write(folder, "r.html")
            self.assertLess(len(page), 3_000_000)
            self.assertIn("default-src 'none'", page)
            self.assertIsNone(re.search(r"""(?:src|href)=["'](?!#)""", page.split("<script")[0]))
            self.assertIn("one side rounds a value that it has already rounded", page)
            self.assertEqual(page.count("<tr id=\"op-"), 20)

    def test_the_command_that_it_names_writes_it_again(self):
        with tempfile.TemporaryDirectory() as folder:
            written = self.write(folder, "report.txt", "--format", "markdown", "--fail-if", "mismatch>30%", "--mode", "builtin",
                                 "--shape", "serving_default_keras_tensor_61:0=1x8x8x1")
            command = shlex.split(re.search(r"nputwin report [^`|\n]*", written)[0])
            for option in ("--format", "--fail-if", "--mode", "--shape"):
                self.assertIn(option, command)
            os.remove(os.path.join(folder, "report.txt"))
            self.assertEqual(run(*command[1:])[0], 1)
            with open(os.path.join(folder, "report.txt")) as f:
                self.assertEqual(f.read(), written)

    def test_conditions(self):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "r.json")
            arguments = ["report", model("conv_3x3_same_i8"), *PAIR, "-i", "noise:1"]
            for condition, code in (("mismatch>99%", 0), ("mismatch>0.001", 1), ("largest>=1", 1), ("largest>1", 0), ("cosine<0.99", 0),
                                    ("sqnr<70", 1), ("mse > 0.0001", 1), ("what>1", 2), ("mismatch", 2), ("mismatch>x", 2), ("bias>1%", 2)):
                self.assertEqual(run(*arguments, "-o", out, "--fail-if", condition)[0], code, condition)
            self.assertEqual(run(*arguments, "-o", os.path.join(folder, "r.unknown"))[0], 2)
            self.assertEqual(os.listdir(folder), ["r.json"])


class Cut(unittest.TestCase):
    def test_every_prefix_gives_what_the_whole_gives(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = os.path.join(folder, "whole.npz")
            run("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:1", "--all", "-o", whole)
            code, out, err = run("cut", model("digits_embed20_i8"), "-o", os.path.join(folder, "parts"), "--every-layer", "--format", "json")
            self.assertEqual((code, err), (0, ""))
            parts = json.loads(out)
            self.assertEqual([len(p["ops"]) for p in parts], list(range(1, 21)))
            self.assertEqual(sorted(os.listdir(os.path.join(folder, "parts"))), [os.path.basename(p["file"]) for p in parts])
            expected = npz_bytes(whole)
            for part in parts:
                result = os.path.join(folder, "part.npz")
                self.assertEqual(run("run", part["file"], "-p", "vip-v8", "-i", "noise:1", "-o", result)[0], 0)
                for name, content in npz_bytes(result).items():
                    self.assertEqual(content, expected[name])

    def test_a_part_and_mistakes(self):
        with tempfile.TemporaryDirectory() as folder:
            cut = ["cut", model("digits_embed20_i8"), "-o", folder]
            self.assertEqual(run(*cut, "--layers", "3:5")[0], 0)
            self.assertEqual(len(json.loads(run("inspect", os.path.join(folder, "layers_003-005.tflite"), "--format", "json")[1])["ops"]), 3)
            self.assertEqual(run(*cut, "--layer", "7")[0], 0)
            for wrong in (["--layers", "5:3"], ["--layers", "5"], ["--layer", "20"], ["--layer", "nobody"], [], ["--layer", "1", "--every-layer"]):
                code, out, err = run(*cut, *wrong)
                self.assertEqual((code, out), (2, ""), wrong)
                self.assertTrue(err.startswith("nputwin: "), err)


class Bisect(unittest.TestCase):
    ARGUMENTS = ["bisect", model("digits_embed20_i8"), *PAIR, "-i", DIGITS]

    def test_the_smallest_model_shows_it(self):
        layers = json.loads(run("diff", *self.ARGUMENTS[1:], "--format", "json")[1])["layers"]
        for options, figures, ops in ((["--first", "mismatch>0.1%"], "isolated", 1), (["--first", "mismatch>5%", "--accumulated"], "accumulated", 4)):
            limit = float(options[1][len("mismatch>"):-1])
            first = next(l["op"] for l in layers if l[figures]["mismatch_percent"] > limit)
            with tempfile.TemporaryDirectory() as folder:
                code, out, err = run(*self.ARGUMENTS, "-o", folder, *options)
                self.assertEqual((code, err), (1, ""))
                self.assertIn("op %d CONV_2D" % first, out)
                self.assertEqual(sorted(os.listdir(folder)), ["input.npz", "model.tflite"])
                command = shlex.split(out.splitlines()[-1])
                code, out, _ = run(*command[1:], "--format", "json")
                self.assertEqual(code, 1)
                self.assertEqual(len(json.loads(out)["layers"]), ops)

    def test_nothing_to_find(self):
        with tempfile.TemporaryDirectory() as folder:
            code, out, _ = run(*self.ARGUMENTS, "-o", folder, "--first", "largest>100")
            self.assertEqual(code, 0)
            self.assertIn("no layer has largest>100", out)
            self.assertEqual(os.listdir(folder), [])


class Characterise(unittest.TestCase):
    ARGUMENTS = ["characterise", model("digits_embed20_i8"), *PAIR, "--format", "json"]

    def test_with_and_without_inputs(self):
        code, out, _ = run(*self.ARGUMENTS)
        self.assertEqual(code, 0)
        possible = json.loads(out)["layers"]
        self.assertNotIn("expected", possible[0])
        layers = json.loads(run(*self.ARGUMENTS, "-i", DIGITS)[1])["layers"]
        self.assertEqual([l["reachable_share"] for l in layers], [l["reachable_share"] for l in possible])
        self.assertEqual(sum(l["measured"] for l in layers), 614)
        self.assertAlmostEqual(sum(l["expected"] for l in layers), 614, delta=61)
        for layer in layers:
            self.assertEqual(sum(c["measured"] for c in layer["channels"]), layer["measured"])

    def test_codes_of_16_bits(self):
        out = run("characterise", os.path.join(TESTS, "vectors", "directed", "fully_connected_i16.tflite"), "--a", "tflite-2.9.1-arm64", "--b", "litert-2.3-x86",
                  "-i", "noise:1..40")[1]  # as text: in JSON the intervals of millions of codes are 300 MB
        expected, measured = map(float, re.search(r"all layers: ([0-9.]+) expected, ([0-9]+) measured", out).groups())
        self.assertGreater(measured, 100)
        self.assertAlmostEqual(expected, measured, delta=measured / 10)


class Explain(unittest.TestCase):
    ARGUMENTS = ["explain", model("conv_3x3_same_i8"), "--a", "tflite-2.9.1-arm64", "-i", "noise:1", "--layer", "0"]

    def test_one_side_or_two(self):
        code, out, _ = run(*self.ARGUMENTS, "--index", "0,7,6,0")
        self.assertEqual(code, 0)
        self.assertIn("first rounding, to the bits above the last shift                     14.5  1110.1", out)
        code, out, _ = run(*self.ARGUMENTS, "--index", "0,7,6,0", "--b", "vip-v8")
        self.assertEqual(code, 1)
        self.assertIn("A and B diverge at: second rounding", out)
        code, out, _ = run(*self.ARGUMENTS, "--index", "0,0,0,0", "--b", "vip-v8")
        self.assertEqual(code, 0)
        self.assertIn("A and B agree on this element.", out)

    def test_the_rule_as_python(self):
        code, program, _ = run(*self.ARGUMENTS, "--index", "0,7,6,0", "--b", "vip-v8", "--as", "python")
        self.assertEqual(code, 1)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual((done.stdout.split(), done.stderr), (["15", "14"], ""))

    def test_multipliers_of_all_channels(self):
        _, out, _ = run(*self.ARGUMENTS, "--index", "0,7,6,0", "--format", "json")
        multipliers = json.loads(out)["a"]["multipliers"]
        self.assertEqual(len(multipliers), 16)
        for m in multipliers:
            self.assertEqual(m["value"], m["mantissa"] * 2.0 ** (m["shift"] - m["bits"]))
            self.assertTrue(2 ** 30 <= m["mantissa"] < 2 ** 31)

    def test_mistakes(self):
        for wrong in ("0,7,6", "0,16,0,0", "0,-1,0,0", "0,x,0,0", "1 2"):
            code, out, err = run(*self.ARGUMENTS, "--index", wrong)
            self.assertEqual((code, out), (2, ""), wrong)
            self.assertTrue(err.startswith("nputwin: "), err)


class Profiles(unittest.TestCase):
    def test_all_or_one(self):
        everything = [p["name"] for p in json.loads(run("profiles", "--format", "json")[1])]
        with open(os.path.join(ROOT, "src", "profile", "builtin", "builtin.inc")) as f:
            listed = len(re.findall(r"^NPUTWIN_PROFILE\(", f.read(), re.M))
        self.assertEqual((len(everything), len(set(everything))), (listed, listed))
        self.assertLessEqual({"tflite-2.9.1-arm64", "litert-2.3-x86-ref", "vip-v8", "fbgemm"}, set(everything))
        code, out, _ = run("profiles", "show", "vip-v8")
        self.assertEqual(code, 0)
        self.assertIn("evidence", out)

    def test_a_document_of_ones_own(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "my-chip.json")
            whole = run("profiles", "show", "vip-v8{multiplier_bits=16}", "--format", "json")[1]
            with open(path, "w") as f:
                f.write(whole)
            self.assertEqual(run("profiles", "show", path, "--format", "json")[1], whole)
            arguments = ["diff", model("digits_embed20_i8"), "--a", "vip-v8", "-i", DIGITS, "--format", "csv"]
            self.assertEqual(run(*arguments, "--b", path), run(*arguments, "--b", "vip-v8{multiplier_bits=16}"))
            self.assertEqual(run(*arguments, "--b", path)[0], 1)
            with open(path, "w") as f:
                f.write('{"name": "x", "parameters": {"tie": 1}}')
            code, _, err = run("inspect", model("digits_embed20_i8"), "-p", path)
            self.assertEqual(code, 2)
            self.assertIn("my-chip.json: 'parameters.tie' is not a field", err)

    def test_compare(self):
        code, out, _ = run("profiles", "compare", "vip-v8", "vip-v8")
        self.assertEqual(code, 0)
        self.assertIn("all parameters are the same", out)
        code, out, _ = run("profiles", "compare", "tflite-2.9.1-arm64", "vip-v8", "--models", "3", "--format", "json")
        self.assertEqual(code, 1)
        result = json.loads(out)
        self.assertIn({"path": "add_method", "a": "two_stage_vectorized", "b": "eight_bit_weights_shared_zero"},
                      result["parameters"])
        self.assertIn("mul", {s["family"] for s in result["sampled"] if s.get("mismatches")})

    def test_schema(self):
        """The schema knows every parameter of a profile, and no other: those that `profiles show` writes."""
        schema = json.loads(run("profiles", "schema")[1])
        shown = json.loads(run("profiles", "show", "vip-v8", "--format", "json")[1])
        self.assertEqual(set(schema["properties"]) - {"base"}, set(shown))
        self.assertEqual(list(schema["properties"]["parameters"]["properties"]), list(shown["parameters"]))


class Ops(unittest.TestCase):
    def test_text_and_json_agree(self):
        code, out, err = run("ops", "--format", "json")
        self.assertEqual((code, err), (0, ""))
        ops = json.loads(out)
        self.assertEqual([op["op"] for op in ops], sorted(op["op"] for op in ops))
        self.assertEqual([line.split() for line in run("ops")[1].splitlines()], [[op["op"], op["family"]] for op in ops])
        with open(os.path.join(ROOT, "src", "ops", "ops.inc")) as f:
            self.assertEqual(len(ops), len(re.findall(r"^NPUTWIN_OP\(", f.read(), re.M)))
        families = {op["op"]: op["family"] for op in ops}
        self.assertEqual((families["CONV_2D"], families["SUB"], families["TANH"]), ("convolution", "add", "table"))


if __name__ == "__main__":
    unittest.main()
