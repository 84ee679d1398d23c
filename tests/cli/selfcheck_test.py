#!/usr/bin/env python3
"""nputwin selfcheck from outside: with a stand-in for the user's Python, and with a real runtime where there is one.

The real one is .venv (which `./dev test` fills from PyPI) or .oracle; without either that part is skipped.
"""
import csv
import io
import json
import os
import shlex
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, NPUTWIN, SHARED, TESTS, litert, model, run

# Called as `python -c SCRIPT MODEL INPUTS MODE FOLDER`: answers with what a profile computes, under the names that the script uses.
STAND_IN = """#!%s
import json, os, subprocess, sys, zipfile
_, _, _, model, inputs, mode, folder = sys.argv
tool, profile, package, version, machine = %r, %r, %r, %r, %r
about = json.loads(subprocess.run([tool, "inspect", model, "-p", profile, "--format", "json"], capture_output=True, text=True, check=True).stdout)
subprocess.run([tool, "run", model, "-p", profile, "-i", inputs, "-o", folder + "/own.npz"], capture_output=True, check=True)
names = {about["tensors"][t]["name"]: t for t in about["outputs"]}
with zipfile.ZipFile(folder + "/own.npz") as own, zipfile.ZipFile(folder + "/tensors.npz", "w") as out:
    for member in own.namelist():
        out.writestr("t%%d.npy" %% names[member[:-4]], own.read(member))
with open(folder + "/runtime.json", "w") as f:
    json.dump({"package": package, "version": version, "machine": machine}, f)
"""


class StandIn(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def interpreter(self, text):
        path = os.path.join(self.folder.name, "python%d" % len(os.listdir(self.folder.name)))
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        return path

    def answering_as(self, profile, machine="x86_64", package="ai_edge_litert", version="2.3.9"):
        return self.interpreter(STAND_IN % (sys.executable, NPUTWIN, profile, package, version, machine))

    def test_equal(self):
        python = self.answering_as("litert-2.3-x86-builtin")
        code, out, err = run("selfcheck", model("digits_embed20_i8"), "--runtime", python, "--mode", "builtin")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("20 of 20 op outputs are equal in isolation, 20 accumulated", out)
        self.assertNotIn("nearest", out)
        python = self.answering_as("litert-2.3-x86-builtin", version="2.7.0")
        out = run("selfcheck", model("digits_embed20_i8"), "--runtime", python, "--mode", "builtin")[1]
        self.assertIn("profile litert-2.3-x86-builtin is the nearest known", out)

    def test_differs_and_another_profile_equals(self):
        python = self.answering_as("tflite-2.9.1-arm64")
        code, out, err = run("selfcheck", model("digits_embed20_i8"), "--runtime", python)
        self.assertEqual((code, err), (1, ""))
        self.assertIn("another profile is equal in all op outputs: tflite-2.9.1-arm64\n", out)
        self.assertIn("not equal", out)
        code, out, _ = run("selfcheck", model("digits_embed20_i8"), "--runtime", python, "--format", "json")
        self.assertEqual(code, 1)
        self.assertIn("tflite-2.9.1-arm64", json.loads(out)["equal_profiles"])
        self.assertEqual(run("selfcheck", model("digits_embed20_i8"), "--runtime", python, "-p", "tflite-2.9.1-arm64")[0], 0)

    def test_as_a_side_of_diff(self):
        side = "runtime:" + self.answering_as("tflite-2.9.1-arm64", "aarch64", "tflite_runtime", "2.9.1")
        arguments = ["diff", model("digits_embed20_i8"), "-i", "noise:1", "--format", "csv"]
        self.assertEqual(run(*arguments, "--a", side, "--b", "tflite-2.9.1-arm64")[0], 0)
        code, out, err = run(*arguments, "--a", side, "--b", "vip-v8")
        self.assertEqual((code, err), (1, ""))
        # A runtime is what rules are measured by, and has none that is known well or badly.
        by_profile = run(*arguments, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8")[1]
        self.assertEqual(out, by_profile.replace(",measured,evidence\n", ",,evidence\n"))
        self.assertNotIn("unknown", out)
        # As the second side: what is alone differs, for A's op runs on the runtime's inputs then.
        end_to_end = [[{k: v for k, v in row.items() if k.startswith("accumulated")} for row in csv.DictReader(io.StringIO(run(*arguments, "--a", "vip-v8", "--b", b)[1]))]
                      for b in (side, "tflite-2.9.1-arm64")]
        self.assertEqual(*end_to_end)
        self.assertEqual(run(*arguments, "--a", side, "--b", side)[0], 0)
        # What explains an element has the runtime's profile in its place, as A, for what is alone ran on the runtime's inputs.
        last = run(*arguments[:-2], "--a", "vip-v8", "--b", side)[1].splitlines()[-1]
        self.assertIn(" --a tflite-2.9.1-arm64 --b vip-v8 ", last)
        command = shlex.split(last)
        self.assertEqual((command[:2], run(*command[1:])[0]), ([NPUTWIN, "explain"], 1))
        # Two runtimes: layers bear the model's names.
        other = "runtime:" + self.answering_as("vip-v8")
        layers = json.loads(run(*arguments[:-1], "json", "--a", side, "--b", other)[1])["layers"]
        self.assertEqual(layers[-1]["name"], "StatefulPartitionedCall_1:0")

    def test_causes_of_a_runtime_unlike_its_profile_stay_unknown(self):
        """It says that it is LiteRT 2.3, whose profile computes other codes in places."""
        side = "runtime:" + self.answering_as("tflite-2.9.1-arm64")
        out = run("diff", model("digits_embed20_i8"), "-i", "noise:1", "--a", side, "--b", "vip-v8", "--format", "json")[1]
        causes = [layer["causes"] for layer in json.loads(out)["layers"]]
        self.assertTrue(any(layer.get("unknown", 0) > 0 for layer in causes))

    def test_an_unknown_processor_needs_a_profile(self):
        python = self.answering_as("litert-2.3-x86", machine="riscv64")
        code, _, err = run("selfcheck", model("conv_3x3_same_i8"), "--runtime", python)
        self.assertEqual(code, 2)
        self.assertIn("riscv64", err)
        self.assertIn("--profile", err)

    def test_what_goes_wrong_is_told(self):
        for text, told in (("#!/bin/sh\necho first; echo no such op >&2; exit 3\n", "failed: first\nno such op"),
                           ("#!/bin/sh\nkill -SEGV $$\n", "signal 11"), ("#!/bin/sh\nexit 0\n", "runtime.json")):
            code, out, err = run("selfcheck", model("conv_3x3_same_i8"), "--runtime", self.interpreter(text))
            self.assertEqual((code, out), (2, ""))
            self.assertIn(told, err)
        code, _, err = run("selfcheck", model("conv_3x3_same_i8"), "--runtime", "/nonexistent/python")
        self.assertEqual(code, 2)
        self.assertIn("cannot be started", err)

    def test_leaves_nothing_behind(self):
        python = self.answering_as("litert-2.3-x86")
        rest = os.path.join(self.folder.name, "tmp")
        os.mkdir(rest)
        run("selfcheck", model("conv_3x3_same_i8"), "--runtime", python, env={**os.environ, "TMPDIR": rest})
        self.assertEqual(os.listdir(rest), [])


@unittest.skipUnless(litert(), "neither .venv nor .oracle has a runtime: `./dev test` installs one")
class Real(unittest.TestCase):
    def test_own_and_directed_models(self):
        python = litert()
        paths = [model("digits_embed20_i8"), model("digits_embed20_float_io")]
        paths += [os.path.join(TESTS, "vectors", "directed", n + ".tflite") for n in ("conv_i8", "mean_i8", "softmax_u8", "movement_i16")]
        corpus = os.path.join(SHARED, "corpus", "models", "kws_mww_okay_nabu_v2_i8.tflite")  # with variables and signatures
        for path in paths + ([corpus] if os.path.exists(corpus) else []):
            for mode in ("default", "builtin", "ref"):
                code, out, err = run("selfcheck", path, "--runtime", python, "--mode", mode)
                self.assertEqual(code, 0, "nputwin selfcheck %s --runtime %s --mode %s\n%s%s" % (path, python, mode, out, err))


if __name__ == "__main__":
    unittest.main()
