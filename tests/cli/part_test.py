#!/usr/bin/env python3
"""--until from outside: exit codes, what stderr and JSON say."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import model, run

DIGITS = model("digits_embed20_i8")
SIDES = ["--a", "litert-2.3-x86", "--b", "vip-v8"]
INPUT = ["-i", "noise:1"]


class Part(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_until_runs_the_ops_before(self):
        code, out, err = run("run", DIGITS, "-p", "vip-v8", *INPUT, "--until", "3", "--format", "json")
        self.assertEqual(code, 0, err)
        self.assertIn("nputwin: ops 4 to 19 are not run: they come after --until\n", err)
        result = json.loads(out)
        self.assertEqual([op["op"] for op in result["not_run"]["ops"]], list(range(4, 20)))
        self.assertEqual([o["name"] for o in result["outputs"]], result["not_run"]["ends"])
        self.assertEqual(len(result["not_run"]["lost_outputs"]), 1)

    def test_until_gives_the_layers_that_the_whole_gives(self):
        whole = json.loads(run("diff", DIGITS, *SIDES, *INPUT, "--format", "json")[1])
        code, out, err = run("diff", DIGITS, *SIDES, *INPUT, "--until", "3", "--format", "json")
        part = json.loads(out)
        self.assertEqual(part["layers"], whole["layers"][:4])
        self.assertEqual(code, 1 if any(x["accumulated"]["mismatches"] for x in part["layers"]) else 0, err)
        self.assertNotIn("not_run", whole)

    def test_until_takes_a_name_and_repeats_in_commands(self):
        name = json.loads(run("inspect", DIGITS, "--format", "json")[1])
        op = name["ops"][5]
        text = name["tensors"][op["outputs"][0]]["name"]
        by_name = run("diff", DIGITS, *SIDES, *INPUT, "--until", text)
        by_number = run("diff", DIGITS, *SIDES, *INPUT, "--until", "5")
        self.assertEqual(by_name[1].split("nputwin explain")[0], by_number[1].split("nputwin explain")[0])
        if "nputwin explain" in by_number[1]:
            self.assertIn(" --until 5", by_number[1])
        code, _, err = run("run", DIGITS, "-p", "vip-v8", *INPUT, "--until", "20")
        self.assertEqual((code, err), (2, "nputwin: --until: there is no op 20: the model has ops 0 to 19\n"))

    def test_other_verbs(self):
        page = os.path.join(self.folder, "r.md")
        code, _, err = run("report", DIGITS, *SIDES, *INPUT, "--until", "3", "-o", page)
        self.assertIn(code, (0, 1), err)
        with open(page) as f:
            self.assertIn("Ops 4 to 19 are not run: they come after --until.", f.read())
        code, out, err = run("characterise", DIGITS, *SIDES, "--until", "3", "--format", "json")
        self.assertEqual(code, 0, err)
        # Parts of a comparison merge only with parts of the same ops.
        files = [os.path.join(self.folder, n) for n in ("a.json", "b.json")]
        for path, until in zip(files, ("3", "4")):
            run("diff", DIGITS, *SIDES, "-i", "noise:1..2", "--samples", "0:1" if until == "3" else "1:2", "--until", until, "--partial", path)
        code, _, err = run("merge", *files)
        self.assertEqual(code, 2)
        self.assertIn("until is", err)


unittest.main()
