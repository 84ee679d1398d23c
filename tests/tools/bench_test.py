#!/usr/bin/env python3
"""tools/bench: turns, ratios and their noise, means, the history; the runner's answers; docs/pictures/performance.svg is what the record gives."""
import json
import os
import sys
import tempfile
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import NPUTWIN, ROOT, model

sys.path.insert(0, os.path.join(ROOT, "tools"))
import performance_page
from bench import costs, history, sides, speed

RUNNER = os.path.join(os.path.dirname(NPUTWIN), "bench", "nputwin_model_runner")


class Clock:
    """A side that takes a given time for a run, and notes when it was asked."""

    def __init__(self, name, seconds, log):
        self.name, self.of_run, self.log = name, seconds, log

    def seconds(self, count):
        self.log.append((self.name, count))
        return self.of_run


def row(ms, ratio, noise=0.001, counted=True, isa="avx2"):
    return {"xnnpack_ms": ms * ratio, "builtin_ms": 2 * ms * ratio, "counted": counted, "disturbed": 0,
            "twin": {isa: {"ms": ms, "x_xnnpack": ratio, "noise_xnnpack": noise, "x_builtin": 2 * ratio, "noise_builtin": noise}}}


def result(models, **more):
    section = {"processor": "P", "flags": ["avx2"], "isa": "avx2", "commit": "c", "date": "2030-01-01", "load": 0.0, "rounds": 5, "turn_seconds": 0.05,
               "profile": speed.PROFILE, "isas": ["avx2"], "forced": False, "models": models, "left_out": {}, "means": speed.means(models, ["avx2"])}
    return section | more


class Turns(unittest.TestCase):
    def test_each_round_has_all_sides_and_another_begins(self):
        log = []
        times = sides.in_turns({"a": Clock("a", 0.01, log), "b": Clock("b", 0.02, log)}, 4, 0.04)
        self.assertEqual(times, {"a": [0.01] * 4, "b": [0.02] * 4})
        self.assertEqual([name for name, count in log if count > 1], ["a", "b", "b", "a", "a", "b", "b", "a"])
        self.assertEqual(set(log), {("a", 1), ("b", 1), ("a", 4), ("b", 2)})

    def test_a_short_run_is_warmed_before_it_counts(self):
        log = []
        sides.in_turns({"a": Clock("a", 0.001, log)}, 2, 0.01)
        self.assertEqual(log[2:], [("a", 1), ("a", 10)] * 2)

    def test_a_ratio_is_of_medians_and_one_disturbed_round_does_not_count(self):
        value, noise = sides.ratio([2, 2, 2, 2, 50], [1, 1, 1, 1, 1])
        self.assertEqual((value, noise), (2, 0))
        value, noise = sides.ratio([2.0, 2.2, 1.8, 2.1, 1.9], [1] * 5)
        self.assertEqual(value, 2)
        self.assertAlmostEqual(noise, 1.4826 * 1.2533 * 0.05 / 5 ** 0.5)


class Disturbed(unittest.TestCase):
    class Side(sides.Side):
        def __init__(self, *answers):
            self.answers = [[int(spent * 1e9), int(worked * 1e9)] for spent, worked in answers]

        def ask(self, word):
            return self.answers.pop(0)

    def test_a_disturbed_turn_is_repeated(self):
        side = self.Side((3, 2), (2, 2), (9, 9))
        self.assertEqual((side.seconds(2), side.disturbed, len(side.answers)), (1, 0, 1))

    def test_of_disturbed_turns_the_least_disturbed_counts(self):
        side = self.Side((3, 1), (3, 2), (4, 3), (3, 1), (9, 9))
        self.assertEqual((side.seconds(1), side.disturbed, len(side.answers)), (4, 1, 1))

    def test_short_turns_cannot_tell(self):
        side = self.Side((1e-4, 0))
        self.assertEqual((side.seconds(1), side.disturbed), (1e-4, 0))


class Means(unittest.TestCase):
    def test_short_models_do_not_count(self):
        mean = speed.means({"a": row(1, 2), "b": row(1, 0.5), "c": row(0.01, 100, counted=False)}, ["avx2"])["avx2"]
        self.assertEqual((mean["models"], mean["below_1"]), (2, ["b"]))
        self.assertAlmostEqual(mean["x_xnnpack"], 1)
        self.assertAlmostEqual(mean["x_builtin"], 2)

    def test_no_models(self):
        self.assertEqual(speed.means({}, ["avx2"])["avx2"], {"models": 0, "x_xnnpack": None, "x_builtin": None, "below_1": []})


class History(unittest.TestCase):
    def fell(self, before, now, **more):
        earlier = history.entry_of(result(before))
        return [(isa, name) for isa, name, *_ in history.fell([earlier], history.entry_of(result(now, **more)))]

    def test_what_fell_is_named(self):
        self.assertEqual(self.fell({"a": row(1, 2), "b": row(1, 2)}, {"a": row(1, 1.8), "b": row(1, 2.2)}), [("avx2", "a")])

    def test_noise_is_no_fall(self):
        self.assertEqual(self.fell({"a": row(1, 2)}, {"a": row(1, 1.95)}), [])  # below 3 %
        self.assertEqual(self.fell({"a": row(1, 2, noise=0.04)}, {"a": row(1, 1.8, noise=0.04)}), [])

    def test_other_processors_and_instruction_sets_are_not_compared(self):
        self.assertEqual(self.fell({"a": row(1, 2)}, {"a": row(1, 1)}, processor="Q"), [])
        self.assertEqual(self.fell({"a": row(1, 2)}, {"a": row(1, 1, isa="avx3")}), [])

    def test_the_last_run_that_has_the_model_counts(self):
        entries = [history.entry_of(result({"a": row(1, r)})) for r in (4, 2)] + [history.entry_of(result({"b": row(1, 9)}))]
        self.assertEqual(history.fell(entries, history.entry_of(result({"a": row(1, 2)}))), [])

    def test_short_models_are_not_compared(self):
        self.assertEqual(self.fell({"a": row(1, 2, counted=False)}, {"a": row(1, 1, counted=False)}), [])

    def test_runs_are_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "new", "history.json")
            out, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
            try:
                told = [history.compare_and_add(path, result({"a": row(1, r)})) for r in (2, 2, 1)]
            finally:
                sys.stdout.close()
                sys.stdout = out
            self.assertEqual((told, len(history.read(path))), ([False, False, True], 3))


class Page(unittest.TestCase):
    def test_every_section_is_shown(self):
        heading = {key: value for key, value in result({}).items() if key in ("processor", "flags", "isa", "commit", "date", "load", "rounds")}
        document = {
            "speed": result({"model_a": row(1, 2), "model_b": row(0.01, 3, counted=False)}, left_out={"model_c": "no such op"}),
            "profiles": heading | {"base": "vip-v8", "models": {}, "means": {"vip-v7": {"models": 3, "mean": 1.01, "worst": 1.2, "worst_model": "model_a"}}},
            "diff": heading | {"a": "vip-v7", "b": "vip-v8", "models": {"model_a": {"run_ms": 1.0, "runs_of_a": 2.4, "least": 2.0, "most": 3.0}}, "mean": 2.4},
            "threads": heading | {"samples": 1000, "cores": 2, "models": {"model_a": {"diff": {"one_s": 4.0, "two_s": 2.0, "gain": 2.0, "noise": 0.01}}}},
            "memory": heading | {"models": {"model_a": {side: {"kilobytes": 2048, "prepare_ms": 1.5} for side in ("twin", "xnnpack")}}},
            "kernels": heading | {"peaks": [{"instruction": "vpdpbusd, zmm", "isas": ["avx3_dl"], "gmac_per_second": 371.0}], "layers": [
                {"layer": "1x1 8->8", "big": True, "isa": "avx3_dl", "form": "f", "epilogue": "e", "microseconds": 2.0, "gmac_per_second": 99.0, "percent_of_peak": 26.7}]},
        }
        document = json.loads(json.dumps(performance_page.rounded(document)))
        self.assertEqual(list(document), list(performance_page.PARTS))
        for name, words in {"speed": ["geometric mean 2.00 × XNNPACK", "| model_b (not counted) |", "model_c (no such op)"], "profiles": ["| vip-v7 | 1.010 | 3 |"],
                            "diff": ["**2.40 runs** of A", "2.0 to 3.0"], "threads": ["| model_a | diff | 4.00 | 2.00 | 2.00 |"], "memory": ["| model_a | 2.0 | 2.0 | 1.50 | 1.50 |"],
                            "kernels": ["| 1x1 8->8 * | avx3_dl | f | 2.0 | 99 | 27 % |"]}.items():
            for word in words:
                self.assertIn(word, performance_page.PARTS[name](document[name]))
        drawn = performance_page.picture(document["speed"])
        self.assertIn("model_a", drawn)
        self.assertNotIn("model_b", drawn)

    def test_the_picture_is_that_of_the_record(self):
        recorded = performance_page.recorded()
        if "speed" not in recorded:
            self.skipTest("docs/performance.json has no speeds")
        with open(performance_page.PICTURE, encoding="utf-8") as f:
            self.assertEqual(f.read(), performance_page.picture(recorded["speed"]))


@unittest.skipUnless(os.path.exists(RUNNER), "bench/ is not built")
class Runner(unittest.TestCase):
    MACHINE = types.SimpleNamespace(runner=RUNNER)

    def test_it_answers(self):
        side = sides.twin(self.MACHINE, model("conv_3x3_same_i8"), "vip-v8")
        try:
            self.assertGreater(side.prepared, 0)
            self.assertGreater(side.seconds(3), 0)
            self.assertGreaterEqual(side.kilobytes(), 0)
        finally:
            side.close()

    def test_why_it_cannot(self):
        for arguments, words in (((model("conv_3x3_same_i8"), "vip-v9"), "vip-v9"), (("/none.tflite", "vip-v8"), "/none.tflite"),
                                 ((model("conv_3x3_same_i8"), "vip-v8", "abacus"), "abacus")):
            with self.assertRaisesRegex(sides.SideError, words):
                sides.twin(self.MACHINE, *arguments)

    def test_profiles_that_cannot_run_are_left_out(self):
        running, refused = costs.started(self.MACHINE, model("conv_3x3_same_i8"), ["vip-v8", "k210"], "scalar")
        sides.closing(running)
        self.assertEqual((list(running), list(refused)), (["vip-v8"], ["k210"]))


if __name__ == "__main__":
    unittest.main()
