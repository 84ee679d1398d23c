#!/usr/bin/env python3
"""prove and nearest as people call them: verdicts, counts, what a proof rests on, exit codes."""
import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, SHARED, model, run

EMBED = model("digits_embed20_i8")
DIGITS = os.path.join(MODELS, "digits_int8.npy")


def directed(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "directed", name + ".tflite")


class Prove(unittest.TestCase):
    def proof(self, *arguments):
        code, out, err = run("prove", *arguments, "--format", "json")
        self.assertTrue(all(line.startswith(("nputwin: ops ", "nputwin: output ")) for line in err.splitlines()), err)  # of --until
        document = json.loads(out)
        self.assertEqual(code, 0 if document["equal"] else 1)
        return document["pairs"]

    def test_one_arithmetic_is_equal_from_end_to_end(self):
        code, out, err = run("prove", EMBED, "--for", "litert-2.1-arm64,litert-2.3-x86")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("20 ops: 20 equal for all inputs, 0 differ, 0 open. The model is equal from end to end, for all inputs.", out)
        self.assertIn("Rules of A: 20 measured.", " ".join(out.split()))

    def test_a_pair_that_diff_shows_different_is_never_equal(self):
        pairs = (("tflite-2.9.1-arm64", "vip-v8"), ("litert-2.1-arm64", "vip-v7"), ("tflite-2.14-arm64-ruy", "vip-v8"), ("litert-2.3-x86-ref", "vip-v7"))
        for name, digits in (("digits_embed20_i8", "digits_int8"), ("digits_embed20_u8", "digits_uint8"), ("digits_depthwise_i8", "digits_int8")):
            for a, b in pairs:
                proof = self.proof(model(name), "--for", "%s,%s" % (a, b))[0]
                layers = json.loads(run("diff", model(name), "--a", a, "--b", b, "-i", os.path.join(MODELS, digits + ".npy"), "--format", "json")[1])["layers"]
                verdicts = {op["op"]: op for op in proof["ops"]}
                for layer in layers:
                    op = verdicts[layer["op"]]
                    if layer["isolated"]["mismatches"]:
                        self.assertEqual(op["verdict"], "differs", (name, a, b, op))
                        self.assertLessEqual(layer["isolated"]["largest"], op["largest"])

    def test_an_example_shows_the_difference(self):
        op = self.proof(EMBED, "--for", "tflite-2.9.1-arm64,vip-v8", "--until", "0")[0]["ops"][0]
        self.assertEqual((op["verdict"], op["by"], op["at_most"], op["largest"]), ("differs", "sums", False, 1))
        self.assertEqual(abs(op["example"]["a"] - op["example"]["b"]), 1)
        self.assertGreater(op["arguments"], op["differing"])

    def test_open_parameters(self):
        code, out, err = run("prove", EMBED, "--for", "litert-2.1-arm64,vip-v8", "--until", "1", "--open")
        self.assertEqual(code, 1)
        self.assertIn("ops 2 to 19 are not run", err)
        for line in ("ties=half_up of vip-v8: ", "zero_point_first=false of vip-v8: ", "scale=binary64 of vip-v8: ", "add_method=real of vip-v8: "):
            self.assertIn(line, out)
        self.assertRegex(out, r"Equal whatever of these holds: \d of 2 ops\.")
        self.assertIn("No parameter of the profiles is known to be open.\n",
                      run("prove", EMBED, "--for", "litert-2.1-arm64,litert-2.3-x86", "--until", "0", "--open")[1])

    def test_what_a_proof_rests_on(self):
        out = " ".join(run("prove", directed("add_i8"), "--for", "litert-2.1-arm64,vip-v8")[1].split())
        self.assertIn("Rules of B: 17 assumed (add).", out)

    def test_mistakes(self):
        for arguments, told in ((["--for", "vip-v8"], "expected two or more profiles, got 1"), (["--for", "vip-v8,vip-v9"], "no profile is called 'vip-v9'"),
                                (["--for", "vip-v8,%s" % DIGITS], "a recording proves nothing about other inputs"), ([], "--for is required")):
            code, out, err = run("prove", EMBED, *arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn(told, err)


class Bound(unittest.TestCase):
    def layers(self, name, a, b, *arguments):
        code, out, err = run("diff", model(name), "--a", a, "--b", b, "-i", DIGITS, "--bound", "--format", "json", *arguments)
        self.assertIn(code, (0, 1), err)
        return json.loads(out)["layers"]

    def test_nothing_found_exceeds_it(self):
        for name in ("digits_embed20_i8", "digits_depthwise_i8"):
            for a, b in (("tflite-2.9.1-arm64", "vip-v8"), ("litert-2.1-arm64", "vip-v7"), ("vip-v8", "tflite-2.14-arm64-ruy")):
                for layer in self.layers(name, a, b):
                    bound = layer["bound"]
                    self.assertLessEqual(layer["isolated"]["largest"], bound["isolated"])
                    self.assertLessEqual(layer["accumulated"]["largest"], bound["accumulated_from_found_inputs"])
                    self.assertLessEqual(layer["accumulated"]["largest"], bound["accumulated"])
                    self.assertLessEqual(bound["accumulated"], bound["range"])

    def test_isolated_is_what_prove_shows(self):
        layers = self.layers("digits_embed20_i8", "tflite-2.9.1-arm64", "vip-v8")
        ops = json.loads(run("prove", EMBED, "--for", "tflite-2.9.1-arm64,vip-v8", "--format", "json")[1])["pairs"][0]["ops"]
        self.assertEqual([layer["bound"]["isolated"] for layer in layers], [op["largest"] for op in ops])

    def test_it_says_something_of_twenty_layers(self):
        last = self.layers("digits_embed20_i8", "tflite-2.9.1-arm64", "vip-v8")[-1]
        self.assertEqual((last["accumulated"]["largest"], last["bound"]["accumulated_from_found_inputs"]), (3, 26))
        self.assertEqual(last["bound"]["accumulated"], last["bound"]["range"])  # the worst of all inputs is any
        first = self.layers("digits_embed20_i8", "tflite-2.9.1-arm64", "vip-v8", "--until", "2")
        self.assertEqual([layer["bound"]["accumulated"] for layer in first], [1, 10, 136])

    def test_sides_that_are_equal(self):
        code, out, err = run("diff", EMBED, "--a", "litert-2.1-arm64", "--b", "litert-2.3-x86", "-i", DIGITS, "--bound")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("bound: equal for all inputs", " ".join(out.split()))

    def test_a_recording_has_none(self):
        code, out, err = run("diff", EMBED, "--a", DIGITS, "--b", "vip-v8", "-i", DIGITS, "--bound")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("--bound: nothing bounds a recording; expected two profiles as sides", err)


class Nearest(unittest.TestCase):
    def test_builds_are_ranked(self):
        code, out, err = run("nearest", EMBED, "--to", "vip-v8", "-i", DIGITS, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        found = json.loads(out)
        self.assertEqual((found["to"], found["samples"], found["any_near"]), ("vip-v8", 40, True))
        first = found["builds"][0]
        self.assertIn("litert-2.1-arm64", first["profiles"])
        self.assertEqual([output["mismatches"] for output in first["outputs"]], [0])
        db = [min(output["sqnr_db"] for output in build["outputs"]) for build in found["builds"] if any(o["mismatches"] for o in build["outputs"])]
        self.assertEqual(db, sorted(db, reverse=True))

    def test_a_chip_that_no_build_is_near_to(self):
        code, out, err = run("nearest", EMBED, "--to", "vip-v7", "-i", DIGITS, "--among", "litert-2.1-arm64,tflite-2.9.1-arm64,tflite-2.14-arm64-ruy")
        self.assertEqual((code, err), (1, ""))
        self.assertIn("No build is near: ", out)

    def test_figures_are_those_of_diff(self):
        found = json.loads(run("nearest", EMBED, "--to", "vip-v8", "-i", DIGITS, "--among", "tflite-2.9.1-arm64", "--format", "json")[1])["builds"][0]
        layers = json.loads(run("diff", EMBED, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", DIGITS, "--format", "json")[1])["layers"]
        self.assertEqual(found["outputs"][0]["mismatches"], layers[-1]["accumulated"]["mismatches"])
        self.assertAlmostEqual(found["outputs"][0]["sqnr_db"], layers[-1]["accumulated"]["sqnr_db"], places=9)

    def test_the_fewest_ops_on_the_cpu(self):
        name, cpu = model("digits_depthwise_i8"), "tflite-2.14-arm64-ruy"

        def outputs(on_cpu):
            moved = [argument for op in on_cpu for argument in ("--on-cpu", str(op))]
            code, out, err = run("diff", name, "--a", cpu, "--b", "vx(vip-v8)+" + cpu, "-i", DIGITS, "--format", "json", *moved)
            self.assertIn(code, (0, 1), err)
            return json.loads(out)["layers"][-1]["accumulated"]

        code, out, err = run("nearest", name, "--to", "vip-v8", "-i", DIGITS, "--among", cpu, "--on-cpu-until", "mismatch<=20%", "--format", "json")
        found = json.loads(out)["on_cpu"]
        self.assertEqual((found["cpu"], found["spread"]), (cpu, False))
        self.assertGreater(found["before"][0]["mismatches"], 0.2 * found["before"][0]["elements"])
        self.assertLessEqual(found["outputs"][0]["mismatches"], 0.2 * found["outputs"][0]["elements"])
        self.assertEqual(found["outputs"][0]["mismatches"], outputs(found["ops"])["mismatches"])
        for op in found["ops"]:  # none can go back
            self.assertGreater(outputs([other for other in found["ops"] if other != op])["mismatch_percent"], 20)
        self.assertLess(found["moved_multiply_accumulates"], found["multiply_accumulates"])
        self.assertIn("nothing to choose between", run("nearest", name, "--to", "vip-v8", "-i", DIGITS, "--among", cpu)[1])

    def test_one_family_on_the_cpu(self):
        code, out, err = run("nearest", directed("hard_swish_i8"), "--to", "vip-v8", "-i", "noise:1..5", "--among", "litert-2.1-arm64", "--on-cpu-until", "mismatch<=0")
        self.assertIn("0 HARD_SWISH, 4 HARD_SWISH, 5 HARD_SWISH (3 of the 3 ops that differ by themselves)", out)
        self.assertIn("multiply-accumulates that leave the chip: none", out)

    def test_a_cause_that_is_spread(self):
        out = run("nearest", EMBED, "--to", "vip-v8", "-i", DIGITS, "--among", "tflite-2.9.1-arm64", "--on-cpu-until", "mismatch<=10%")[1]
        self.assertIn("The cause is spread over the model", out)

    def test_outputs_that_are_near_enough(self):
        out = run("nearest", EMBED, "--to", "vip-v8", "-i", DIGITS, "--among", "tflite-2.9.1-arm64", "--on-cpu-until", "sqnr>=20")[1]
        self.assertIn("the outputs keep that with every op on the chip\n", out)

    def test_limits_that_make_no_sense(self):
        for limit, told in (("mismatch>=1%", "equal outputs do not meet it"), ("layer:3:mismatch<=1%", "expected a limit of the model's outputs"),
                            ("output:top1>=0.9", "top1 is not measured here"), ("output:'none':sqnr>=3", "the model has no output of that name")):
            code, out, err = run("nearest", EMBED, "--to", "vip-v8", "-i", DIGITS, "--among", "litert-2.1-arm64", "--on-cpu-until", limit)
            self.assertEqual((code, out), (2, ""), limit)
            self.assertIn(told, err)
        err = run("nearest", model("digits_embed20_float_io"), "--to", "vip-v8", "-i", os.path.join(MODELS, "digits_float32.npy"), "--on-cpu-until", "psnr>=40")[2]
        self.assertIn("is float32, which has no psnr", err)
        err = run("nearest", EMBED, "--to", "vx(vip-v8)+litert-2.1-arm64", "-i", DIGITS, "--on-cpu-until", "mismatch<=1%")[2]
        self.assertIn("has a CPU of its own; name the chip alone", err)

    def test_mistakes(self):
        for arguments, told in ((["--to", "vip-v8", "--among", "vip-v9"], "no profile is called 'vip-v9'"), ([], "--to is required")):
            code, out, err = run("nearest", EMBED, "-i", DIGITS, *arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn(told, err)


def corpus_models():
    return sorted(glob.glob(os.path.join(SHARED, "corpus", "models", "*.tflite")))


@unittest.skipUnless(corpus_models(), "there is no corpus")
class Corpus(unittest.TestCase):
    """Over models of ../shared: no difference that a run finds exceeds its bound, so nothing proven is contradicted.
    diff --bound ends in an error (2) where one does."""
    PAIRS = [(cpu, "vip-v8") for cpu in ("tflite-2.9.1-arm64", "tflite-2.14-arm64-ruy", "litert-2.1-arm64", "litert-2.3-x86")]
    RECURRENT_PAIRS = (("tflite-2.9.1-arm64", "tflite-2.14-arm64"), ("litert-2.3-x86", "tflite-micro"), ("tflite-2.9.1-arm64", "litert-2.1-arm64"))

    def check(self, path, a, b):
        code, out, err = run("diff", path, "--a", a, "--b", b, "-i", "noise:1", "--bound", "--format", "json")
        if code == 2:
            self.assertNotIn("fault of nputwin", err, path)
            return 0
        for layer in json.loads(out)["layers"]:
            bound = layer["bound"]
            for key, figures in (("isolated", "isolated"), ("accumulated_from_found_inputs", "accumulated"), ("accumulated", "accumulated")):
                if bound[key] is not None and layer[figures] is not None:
                    self.assertLessEqual(layer[figures]["largest"], bound[key], (path, a, b, layer["op"], key))
        return 1

    def test_small_models(self):
        paths = [path for path in corpus_models() if os.path.getsize(path) < 1 << 18 and "sr_edsr" not in path]  # that takes half a minute
        checked = sum(self.check(path, a, b) for path in paths for a, b in self.PAIRS)
        self.assertGreater(checked, 60)

    def test_recurrent_models(self):
        for name in ("rnn_mnist_lstm_i8", "kws_xtensa_lstm_i8", "aud_dtln_lstm_i8", "kws_keyword_scrambled_i16"):
            path = [p for p in corpus_models() if os.path.basename(p) == name + ".tflite"][0]
            self.assertEqual(sum(self.check(path, a, b) for a, b in self.RECURRENT_PAIRS), 3, name)

    def test_steps_prove_an_lstm(self):
        path = [p for p in corpus_models() if os.path.basename(p) == "rnn_mnist_lstm_i8.tflite"][0]
        op = json.loads(run("prove", path, "--for", "tflite-2.9.1-arm64,tflite-2.14-arm64", "--format", "json")[1])["pairs"][0]["ops"][0]
        self.assertEqual((op["type"], op["verdict"], op["by"]), ("UNIDIRECTIONAL_SEQUENCE_LSTM", "equal", "steps"))


class WholeCorpus(Corpus):
    def test_small_models(self):
        checked = sum(self.check(path, a, b) for path in corpus_models() for a, b in self.PAIRS)
        self.assertGreater(checked, 200)


if __name__ == "__main__":
    unittest.main()
