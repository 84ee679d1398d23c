#!/usr/bin/env python3
"""The delegate in real runtimes: the bytes of the tool, options, shapes, traces and reports. Skipped where there is none.

  runtime_test.py [Own | Directed | Corpus]...
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from runtimes import LIBRARY, Runtime, available, equal_outputs, specs, tools_outputs, write_inputs
from tool import SHARED, SKIPPED, TESTS, model, run

RUNTIMES = available()
DIRECTED = os.path.join(TESTS, "vectors", "directed")
CORPUS = os.path.join(SHARED, "corpus", "models")
# Ten kinds of network; the table of docs/arithmetic/delegate.md has all models.
MODELS = """ad_mlperf_tiny_ad01_i8 aud_adi_denoiser_int8_1 cls_automl_flowers_u8 cls_fastvit_food101_sp128_front_i8
cls_mlperf_tiny_resnet8_i8 cls_mobilenet_v1_0.25_128_u8 cls_squeezenet_food101_i8 cls_vww96_gray_dynshape_i8 det_blazeface_128_i8
det_fomo_mobv2_035_i8 det_nxp_yolo_face_i8 det_sscma_yolov5tiny_face_96_i8 gen_dcgan_generator_i8 kws_arm_dscnn_s_i8
kws_keyword_scrambled_i16 kws_mltk_alexa_i8 kws_mww_okay_nabu_v2_i8 op_mixed_layers_i8 op_split_concat_u8
seg_deeplabv3_dm05_pascal_u8 sen_hello_world_sine_i8 x16_arm_dscnn_s_i16x8""".split()


class InRuntimes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.runtimes = [Runtime(*r) for r in RUNTIMES]

    @classmethod
    def tearDownClass(cls):
        for runtime in cls.runtimes:
            runtime.close()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name):
        return os.path.join(self.folder.name, name)

    def compare(self, runtime, path, options=None, more=(), runs=1, chip="vip-v8"):
        """What of the model's outputs the runtime and the tool do not have alike; None where the tool does not run it."""
        placement = "%s(%s)+%s" % (runtime.release, chip, runtime.profile)
        inputs, arguments = write_inputs(self.folder.name, specs(path, placement)[0], runs=runs)
        expected = tools_outputs(path, placement, arguments[0], self.folder.name, *more)
        if isinstance(expected, str):
            return None
        answer = runtime.ask(model=path, inputs=inputs, out=self.file("out.npz"),
                             options=dict({"release": runtime.release}, **(options or {})))
        self.assertNotIn("error", answer, path)
        return equal_outputs(answer, self.file("out.npz"), expected)


class Own(InRuntimes):
    def test_the_tools_bytes(self):
        for runtime in self.runtimes:
            for name in ("digits_embed20_i8", "digits_embed20_u8", "digits_embed20_float_io", "digits_depthwise_i8", "conv_3x3_same_i8"):
                self.assertEqual(self.compare(runtime, model(name)), [], (runtime.profile, name))
                self.assertEqual(self.compare(runtime, model(name), {"threads": "2", "profile": "vip-v7"}, chip="vip-v7"), [])

    def test_ops_on_the_cpu(self):
        for runtime in self.runtimes:
            self.assertEqual(self.compare(runtime, model("digits_embed20_i8"), {"on_cpu": "7,12"}, ["--on-cpu", "7", "--on-cpu", "12"]), [])

    def test_refused_options(self):
        for runtime in self.runtimes:
            inputs, _ = write_inputs(self.folder.name, [("int8", [1, 8, 8, 1])])
            question = {"model": model("digits_embed20_i8"), "inputs": inputs}
            self.assertIn("did you mean 'vip-v8' or 'vip-v7'", runtime.ask(options={"profile": "vip-v9"}, **question)["error"])
            self.assertIn("expected true, false", runtime.ask(options={"allowed_cache_mode": "True"}, **question)["error"])
            vx = {"allowed_cache_mode": "true", "cache_file_path": self.file("model.nb"), "device_id": "0", "error_during_invoke": "true"}
            self.assertNotIn("error", runtime.ask(options=vx, **question))
            self.assertFalse(os.path.exists(self.file("model.nb")))

    def test_other_shapes(self):
        path = model("digits_embed20_i8")
        for runtime in self.runtimes:
            for batch in (3, 2):
                inputs, arguments = write_inputs(self.folder.name, [("int8", [batch, 8, 8, 1])])
                name = specs(path, "vip-v8")[1]["tensors"][0]["name"]
                placement = "%s(vip-v8)+%s" % (runtime.release, runtime.profile)
                expected = tools_outputs(path, placement, arguments[0], self.folder.name, "--shape", "%s=%dx8x8x1" % (name, batch))
                answer = runtime.ask(model=path, inputs=inputs, resize=True, out=self.file("out.npz"))
                self.assertNotIn("error", answer)
                self.assertEqual(equal_outputs(answer, self.file("out.npz"), expected), [])

    def test_a_trace_is_a_side_of_a_comparison(self):
        path, trace = model("digits_embed20_i8"), self.file("trace.npz")
        for runtime in self.runtimes:
            inputs, arguments = write_inputs(self.folder.name, [("int8", [1, 8, 8, 1])], runs=1)
            self.assertNotIn("error", runtime.ask(model=path, inputs=inputs, options={"trace": trace}))
            code, out, err = run("diff", path, "--a", trace, "--b", "vip-v8", *arguments[0])
            self.assertEqual((code, err), (0, ""), out)
            self.assertEqual(run("diff", path, "--a", trace, "--b", "tflite-2.9.1-arm64", *arguments[0])[0], 1)

    def test_a_report_has_the_figures_of_diff(self):
        path, report = model("digits_embed20_i8"), self.file("report.json")
        for runtime in self.runtimes:
            inputs, arguments = write_inputs(self.folder.name, [("int8", [1, 8, 8, 1])], runs=2)
            answer = runtime.ask(model=path, inputs=inputs, runs=2, options={"compare": "tflite-2.9.1-arm64", "report": report})
            self.assertNotIn("error", answer)
            with open(report) as f:
                made = json.load(f)
            one = [json.loads(run("diff", path, "--a", "vip-v8", "--b", "tflite-2.9.1-arm64", *a, "--format", "json")[1]) for a in arguments]
            self.assertEqual(made["samples"], 2)
            for mine, *others in zip(made["layers"], *[d["layers"] for d in one]):
                for way in ("isolated", "accumulated"):
                    self.assertEqual(mine[way]["mismatches"], sum(o[way]["mismatches"] for o in others), (mine["op"], way))

    def test_it_can_be_loaded_again_and_again(self):
        script = ("import ctypes, _ctypes\n"
                  "for i in range(200):\n"
                  "    lib = ctypes.CDLL(%r)\n"
                  "    create = lib.tflite_plugin_create_delegate\n"
                  "    create.restype = ctypes.c_void_p\n"
                  "    lib.tflite_plugin_destroy_delegate(ctypes.c_void_p(create(None, None, ctypes.c_size_t(0), None)))\n"
                  "    _ctypes.dlclose(lib._handle)\n" % LIBRARY)
        self.assertEqual(subprocess.run([RUNTIMES[0][0], "-c", script]).returncode, 0)


class Directed(InRuntimes):
    """One op or few, with the values where its rule has an edge: the runtime's structs of options are the file's."""

    def test_directed_models(self):
        with open(os.path.join(TESTS, "golden", "directed_exceptions.json")) as f:
            exceptions = {(e["model"], profile) for e in json.load(f) for profile in e["profiles"]}
        # A fused activation in a version of the op that has none; no converter writes that.
        for runtime in self.runtimes:
            exceptions.add(("transpose_conv_activation", runtime.profile))
            names = sorted(n[:-len(".tflite")] for n in os.listdir(DIRECTED) if n.endswith(".tflite"))
            equal = 0
            for name in names:
                if (name, runtime.profile) in exceptions:
                    continue
                path = os.path.join(DIRECTED, name + ".tflite")
                code, text, _ = run("inspect", path, "-p", "%s(vip-v8)+%s" % (runtime.release, runtime.profile), "--format", "json")
                if code != 0:
                    continue
                wrong = self.compare(runtime, path)
                if wrong is not None:
                    self.assertEqual(wrong, [], (runtime.profile, name))
                    equal += 1
            print("%s: %d directed models have the tool's bytes" % (runtime.profile, equal))
            self.assertGreater(equal, 150)


class Corpus(InRuntimes):
    def test_public_models(self):
        if not os.path.isdir(CORPUS):
            self.skipTest("there is no " + CORPUS)
        for runtime in self.runtimes:
            for name in MODELS:
                self.assertEqual(self.compare(runtime, os.path.join(CORPUS, name + ".tflite")), [], (runtime.profile, name))

    def test_a_borrowed_rule(self):
        if not os.path.isdir(CORPUS):
            self.skipTest("there is no " + CORPUS)
        for runtime in self.runtimes:
            chip = "vip-v8{substitute.lstm=tflite-2.9.1-arm64}"
            for name in ("rnn_mnist_lstm_i8", "kws_xtensa_lstm_i8"):
                self.assertEqual(self.compare(runtime, os.path.join(CORPUS, name + ".tflite"), {"profile": chip}, chip=chip), [])


if __name__ == "__main__":
    if not RUNTIMES:
        print("skipped: neither .venv nor .oracle has a runtime (./dev test fills .venv)")
        sys.exit(SKIPPED)
    unittest.main()
