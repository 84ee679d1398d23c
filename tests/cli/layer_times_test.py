#!/usr/bin/env python3
"""`nputwin run --profile-layers` from outside: its table, its JSON, and that outputs and hashes are those of a run without it."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from schema import schema_problems
from tool import ROOT, instruction_sets, model, run

DIGITS = ("run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:1..2")
TIMES = ("--profile-layers", "--timed-runs", "3")


def coverage():
    """What inspect says of the ops."""
    return json.loads(run("inspect", model("digits_embed20_i8"), "-p", "vip-v8", "--kernels", "--format", "json")[1])["ops"]


class LayerTimes(unittest.TestCase):
    def times(self, *more):
        code, out, err = run(*DIGITS, *TIMES, *more, "--quiet", "--format", "json")
        self.assertEqual((code, err), (0, ""))
        document = json.loads(out)
        with open(os.path.join(ROOT, "docs", "layer_times.schema.json")) as f:
            self.assertEqual(schema_problems(document, json.load(f)), [])
        return document

    def test_every_op_with_its_kernel(self):
        document = self.times()
        self.assertEqual((document["profile"], document["isa"], document["threads"], document["runs"]), ("vip-v8", instruction_sets()[0], len(os.sched_getaffinity(0)), 6))
        self.assertEqual([(layer["op"], layer["type"], layer["kernel"]) for layer in document["layers"]],
                         [(k, op["type"], op["kernel"]) for k, op in enumerate(coverage())])
        first = document["layers"][0]
        self.assertEqual((first["shape"], first["products"]), ([1, 8, 8, 16], 16 * (8 + 7 + 7) ** 2))  # 3x3 of one channel; three rows, but two at the edges
        self.assertGreater(document["milliseconds"], 0)
        self.assertAlmostEqual(sum(layer["percent"] for layer in document["layers"]), 100)
        self.assertAlmostEqual(sum(kind["percent"] for kind in document["types"]), 100)
        self.assertEqual(sum(kind["ops"] for kind in document["types"]), 20)
        for layer in document["layers"]:
            if layer["gmac_per_second"] is not None:
                self.assertAlmostEqual(layer["gmac_per_second"] * layer["milliseconds"] * 1e6, layer["products"], delta=1e-6 * layer["products"])

    def test_the_instruction_set_and_threads_are_those_asked_for(self):
        document = self.times("--isa", "scalar", "--threads", "2")
        self.assertEqual((document["isa"], document["threads"]), ("scalar", 2))
        self.assertEqual({layer["kernel"]["isa"] for layer in document["layers"]}, {"scalar"})

    def test_text_has_a_line_for_each_op_and_type(self):
        code, out, err = run(*DIGITS, *TIMES)
        self.assertEqual((code, err), (0, ""))
        head, ops, types = out.partition("\n\n")[0].splitlines()[0], out.partition("\n\n")[0].splitlines()[2:], out.partition("\n\n")[2].splitlines()
        self.assertRegex(head, r"^\d+\.\d{4} ms a run on %s with \d+ threads?: medians of 6 runs$" % instruction_sets()[0])
        self.assertEqual([line.split()[:2] for line in ops], [[str(k), op["type"]] for k, op in enumerate(coverage())])
        self.assertEqual({line.split()[0] for line in types[1:]}, {op["type"] for op in coverage()})

    def test_outputs_and_hashes_are_those_of_a_run_without(self):
        written = []
        with tempfile.TemporaryDirectory() as folder:
            for more in ((), TIMES):
                files = [os.path.join(folder, name) for name in ("o.npz", "h.json")]
                self.assertEqual(run(*DIGITS, *more, "--all", "-o", files[0], "--hashes", files[1])[0], 0)
                for path in files:
                    with open(path, "rb") as f:
                        written.append(f.read())
        self.assertEqual(written[:2], written[2:])

    def test_variables_start_anew_in_each_run(self):
        stateful = os.path.join(ROOT, "tests", "vectors", "directed", "svdf_state_i8.tflite")
        written = []
        with tempfile.TemporaryDirectory() as folder:
            for more in ((), TIMES):
                hashes = os.path.join(folder, "h.json")
                self.assertEqual(run("run", stateful, "-p", "tflite-micro", "-i", "noise:1..3", "--hashes", hashes, *more)[0], 0)
                with open(hashes) as f:
                    written.append(json.load(f))
        self.assertEqual(written[0], written[1])

    def test_part_of_a_model(self):
        document = self.times("--until", "4")
        self.assertEqual((len(document["layers"]), document["not_run"]["ops"][0]["op"]), (5, 5))

    def test_what_does_not_fit_together(self):
        code, _, err = run(*DIGITS, "--timed-runs", "3")
        self.assertEqual((code, err), (2, "nputwin: --timed-runs: expected --profile-layers with it\n"))
        self.assertEqual(run(*DIGITS, "--profile-layers", "--timed-runs", "0")[0], 2)
        code, _, err = run(*DIGITS, *TIMES, "--hashes", "-")
        self.assertEqual((code, err), (2, "nputwin: --profile-layers prints its table: expected a file for --output and --hashes\n"))


if __name__ == "__main__":
    unittest.main()
