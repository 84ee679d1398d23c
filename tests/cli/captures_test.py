#!/usr/bin/env python3
"""Captured tensors as sides of diff: each format, what is brought into order, what is refused, what is recognised."""
import base64
import csv
import io
import json
import os
import struct
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import TESTS, model, npz_bytes, run

MODEL = model("digits_embed20_i8")
OTHER = "tflite-2.9.1-arm64"


def npy(values, shape, kind="|i1"):
    """An .npy file's bytes; `values` are bytes or numbers of the struct letter that NumPy's kind stands for."""
    if not isinstance(values, bytes):
        values = struct.pack("<%d%s" % (len(values), {"<f4": "f", "|i1": "b", "|u1": "B"}[kind]), *values)
    header = str({"descr": kind, "fortran_order": False, "shape": tuple(shape)}).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + values


def npz(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in arrays.items():
            archive.writestr(name + ".npy", content)


def nchw(values, shape):
    """Values of [1,H,W,C] in the order of [1,C,H,W]."""
    _, height, width, channels = shape
    return [values[p * channels + c] for c in range(channels) for p in range(height * width)]


class Captures(unittest.TestCase):
    """A chip is vip-v8 here; what is compared with is TFLite."""

    @classmethod
    def setUpClass(cls):
        about = json.loads(run("inspect", MODEL, "--format", "json")[1])
        cls.ops = [(op["type"], about["tensors"][op["outputs"][0]]) for op in about["ops"]]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.board = self.path("board.npz")
        self.codes = self.record("noise:1", self.board)

    def path(self, *names):
        os.makedirs(os.path.join(self.folder, *names[:-1]), exist_ok=True)
        return os.path.join(self.folder, *names)

    def write(self, content, *names):
        with open(self.path(*names), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())

    def record(self, source, path, profile="vip-v8"):
        """Every op's output of the model by name, as signed codes."""
        run("run", MODEL, "-p", profile, "-i", source, "--all", "-o", path)
        return {name: list(struct.unpack("%db" % len(data), data)) for name, data in npz_bytes(path).items()}

    def diff(self, a, b, *more, source="noise:1"):
        inputs = ["-i", source] if source else []
        code, out, err = run("diff", MODEL, *inputs, "--a", a, "--b", b, "--format", "json", *more)
        return code, json.loads(out) if code < 2 else None, err

    def check_equal_and_not(self, capture, note=""):
        """The capture is what the chip computes, and differs from TFLite as the chip does."""
        code, result, err = self.diff(capture, "vip-v8")
        self.assertEqual(code, 0, err)
        self.assertEqual(len(result["layers"]), len(self.ops))
        self.assertIn(note, err)
        code, result, _ = self.diff(capture, OTHER)
        expected = self.diff(self.board, OTHER)[1]
        self.assertEqual((code, dict(result, a="", command="")), (1, dict(expected, a="", command="")))

    def test_npz(self):
        arguments = ["diff", MODEL, "-i", "noise:1", "--format", "csv"]
        self.assertEqual(run(*arguments, "--a", self.board, "--b", "vip-v8")[0], 0)
        code, out, err = run(*arguments, "--a", self.board, "--b", OTHER)
        self.assertEqual((code, err), (1, ""))
        # All but the causes and how its rules are known, which nobody knows of a capture.
        rows, same = ([dict(r, causes="", known_a="") for r in csv.DictReader(io.StringIO(text))] for text in (out, run(*arguments, "--a", "vip-v8", "--b", OTHER)[1]))
        self.assertEqual(rows, same)
        self.assertIn("unknown:", out)
        # Only the last layer, as a board's output: the other layers are omitted.
        run("run", MODEL, "-p", "vip-v8", "-i", "noise:1", "-o", self.board)
        self.assertEqual(len(run(*arguments, "--a", self.board, "--b", "vip-v8")[1].splitlines()), 2)
        code, _, err = run("diff", model("conv_3x3_same_i8"), "-i", "models/digits_int8.npy", "--a", self.board, "--b", "vip-v8")
        self.assertEqual(code, 2)
        code, _, err = run("diff", MODEL, "-i", "noise:1..40", "--a", self.board, "--b", "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("holds 1 sample, and the other side or the input 40", err)

    def test_a_layer_whose_inputs_were_not_captured_has_no_isolated_figures(self):
        """A board's last output alone was compared with what the CPU makes of its own inputs, and that was called isolated: 53 %
        where nothing differs in isolation."""
        final = self.path("final.npz")
        run("run", MODEL, "-p", "vip-v8", "-i", "noise:1", "-o", final)
        for sides in ((OTHER, final), (final, OTHER)):
            code, result, err = self.diff(*sides)
            layer, = result["layers"]
            self.assertEqual((code, layer["op"], layer["isolated"], layer["causes"]), (1, 19, None, {}))
            self.assertEqual(layer["accumulated"]["mismatches"], 17)
            self.assertEqual(err.count("inputs were not captured"), 1)
            self.assertTrue(result["notes"][0].startswith("op 19: its inputs were not captured"))
        code, out, _ = run("diff", MODEL, "-i", "noise:1", "--a", OTHER, "--b", final)
        self.assertRegex(out, r"(?m)^ *19 CONV_2D \[1,1,1,32\] +-    53.125 %")
        for gone in ("causes of", "nputwin explain", "isolated 53"):
            self.assertNotIn(gone, out)
        summary = self.path("summary.md")
        run("report", MODEL, "-i", "noise:1", "--a", OTHER, "--b", final, "-o", summary)
        with open(summary) as f:
            text = f.read()
        self.assertIn("its inputs were not captured", text)
        self.assertNotIn("n isolation", text)

    def test_isolated_figures_beside_none(self):
        """Of three layers in a row the first two were captured, and one behind them: the second has isolated figures, as has op 0,
        whose input is the run's."""
        names = [tensor["name"] for _, tensor in self.ops]
        shapes = {tensor["name"]: tensor["shape"] for _, tensor in self.ops}
        npz(self.board, {names[i]: npy(self.codes[names[i]], shapes[names[i]]) for i in (0, 5, 6, 19)})
        code, result, err = self.diff(OTHER, self.board)
        expected = {layer["op"]: layer for layer in self.diff("vip-v8", OTHER)[1]["layers"]}
        isolated = {layer["op"]: layer["isolated"] for layer in result["layers"]}
        self.assertEqual([op for op, figures in isolated.items() if figures is None], [5, 19])
        for op in (0, 6):
            self.assertEqual(isolated[op]["mismatches"], expected[op]["isolated"]["mismatches"])
        self.assertIn("ops 5 and 19: their inputs were not captured", err)
        for ending in ("html", "md", "xml", "csv"):
            page = self.path("page." + ending)
            self.assertEqual(run("report", MODEL, "-i", "noise:1", "--a", OTHER, "--b", self.board, "-o", page)[0], 1)
        # Every sample must have the inputs. The second lacks op 4's output, which op 5 reads.
        folder = os.path.dirname(self.path("samples", "a.npz"))
        self.record("noise:1", self.path("samples", "a.npz"))
        second = self.record("noise:2", self.path("samples", "b.npz"))
        npz(self.path("samples", "b.npz"), {name: npy(second[name], shapes[name]) for name in names if name != names[4]})
        whole = [(x["op"], x["isolated"]) for x in self.diff(OTHER, folder, source="noise:1..2")[1]["layers"]]
        self.assertEqual([op for op, figures in whole if figures is None], [5])

    def test_are_these_the_same_inputs(self):
        """A capture of other inputs differs everywhere. That is said; of another arithmetic's differences it is not, however far
        they have spread."""
        asked = "were both made from the same inputs"
        final = self.path("final.npz")
        run("run", MODEL, "-p", "vip-v8", "-i", "noise:1", "-o", final)
        for capture in (self.board, final):
            for other in (OTHER, "vip-v8"):
                code, result, err = self.diff(other, capture, source="noise:2")
                self.assertIn(asked, err)
                self.assertIn(asked, result["notes"][-1])
                self.assertNotIn(asked, self.diff(other, capture)[2])
        second = self.path("second.npz")
        self.record("noise:2", second)
        self.assertIn(asked, self.diff(self.board, second, source=None)[2])
        page = self.path("page.md")
        run("report", MODEL, "--a", OTHER, "--b", self.board, "-i", "noise:2", "-o", page)
        with open(page) as f:
            self.assertIn("in the same order?", f.read())
        # 83 % of the last layer differs after depthwise layers, by a few steps.
        depthwise = model("digits_depthwise_i8")
        run("run", depthwise, "-p", "vip-v8", "-i", "noise:1", "-o", final)
        code, out, err = run("diff", depthwise, "-i", "noise:1", "--a", OTHER, "--b", final, "--format", "json")
        self.assertGreater(json.loads(out)["layers"][0]["accumulated"]["mismatch_percent"], 50)
        self.assertNotIn(asked, err)
        # Another zero point has a message of its own.
        name, tensor = self.ops[19][1]["name"], self.ops[19][1]
        npz(final, {name: npy([v + 128 if v < 0 else v - 128 for v in self.codes[name]], tensor["shape"])})
        code, result, err = self.diff("vip-v8", final)
        self.assertIn("shift", result["layers"][0]["accumulated"])
        self.assertNotIn(asked, err)

    def test_a_bare_array(self):
        """An output as boards and scripts save it, without a name."""
        name, tensor = self.ops[19][1]["name"], self.ops[19][1]
        data = struct.pack("32b", *self.codes[name])
        second = struct.pack("32b", *self.record("noise:2", self.path("second.npz"))[name])
        text = "".join("%d\n" % v for v in self.codes[name])
        for file, content in (("last.npy", npy(data, [1, 1, 1, 32])), ("last.bin", data), ("last.raw", data), ("last.txt", text)):
            self.write(content, file)
            code, result, err = self.diff("vip-v8", self.path(file))
            self.assertEqual((code, [layer["op"] for layer in result["layers"]]), (0, [19]), err)
            self.assertEqual(self.diff(OTHER, self.path(file))[1]["layers"][0]["accumulated"]["mismatches"], 17)
        for file, content in (("two.npy", npy(data + second, [2, 1, 1, 32])), ("two.bin", data + second)):
            self.write(content, file)
            self.assertEqual(self.diff("vip-v8", self.path(file), source="noise:1..2")[0], 0)
            self.assertEqual(self.diff("vip-v8", self.path(file), source="noise:2..3")[0], 1)
        # Any op's output, by name.
        first, tensor = self.ops[3][1]["name"], self.ops[3][1]
        self.write(struct.pack("%db" % len(self.codes[first]), *self.codes[first]), "conv.bin")
        code, result, _ = self.diff("vip-v8", first + "=" + self.path("conv.bin"))
        self.assertEqual((code, result["layers"][0]["op"]), (0, 3))
        code, _, err = self.diff("vip-v8", self.path("conv.bin"))
        self.assertEqual(code, 2)
        self.assertIn("holds 32 samples, and the other side or the input 1", err)  # of the output, by their bytes
        code, _, err = self.diff("vip-v8", first[:-3] + "xyz=" + self.path("conv.bin"))
        self.assertEqual(code, 2)
        self.assertRegex(err, r"did you mean '%s.*….*%s'" % (first[:8], first[-8:]))
        code, _, err = self.diff("vip-v8", "x=" + self.board)
        self.assertEqual(code, 2)
        self.assertIn("only a file with one array", err)

    def test_a_bare_array_of_a_model_with_several_outputs(self):
        several = os.path.join(TESTS, "vectors", "directed", "dequantize_i8.tflite")
        run("run", several, "-p", OTHER, "-i", "noise:1", "-o", self.board)
        about = json.loads(run("inspect", several, "--format", "json")[1])
        first = about["tensors"][about["outputs"][0]]
        self.write(npy(npz_bytes(self.board)[first["name"]], first["shape"], "<f4"), "out.npy")
        ask = lambda side: run("diff", several, "-i", "noise:1", "--a", OTHER, "--b", side)
        code, _, err = ask(self.path("out.npy"))
        self.assertEqual(code, 2)
        self.assertIn("could be more than one of the model's outputs; say which, as in 'NAME=", err)
        self.assertIn("'%s' float32" % first["name"], err)
        self.assertEqual(ask(first["name"] + "=" + self.path("out.npy"))[0], 0)

    def test_a_path_that_is_no_capture(self):
        """A misspelt file or folder was answered with the names of all profiles."""
        self.write("text", "README.md")
        os.makedirs(self.path("holds", "nothing", "x"))
        for side, told in (("last.npy", "last.npy: there is no such file or folder"), ("NAME=last.npy", "last.npy: there is no such file or folder"),
                           ("board.npz", "board.npz: there is no such file or folder"), ("boards/first", "boards/first: there is no such file or folder"),
                           ("bord", "'bord' is no file or folder, and no profile is called 'bord'"),
                           (self.path("README.md"), "README.md: nothing in it is a captured tensor"), (self.path("holds"), "nothing in it is a captured tensor")):
            for verb, more in (("diff", []), ("report", ["-o", self.path("page.html")])):
                code, _, err = run(verb, MODEL, "-i", "noise:1", "--a", "vip-v8", "--b", side, *more)
                self.assertEqual(code, 2)
                self.assertIn(told, err)

    def test_near_names(self):
        """Names as a signature, the exporting script or NumPy has them; each match is told."""
        name, tensor = self.ops[19][1]["name"], self.ops[19][1]  # StatefulPartitionedCall_1:0
        last = npy(self.codes[name], tensor["shape"])
        about = "is taken for '%s', " % name
        for key, reason in ((name[:-2], "whose name is the same but for ':0'"), ("out0", "the model's output 0"), ("arr_0", "the model's output 0"),
                            ("output_0", "which the model's signature calls so"), ("serving_default_output_0", "which the model's signature calls so")):
            npz(self.board, {key: last})
            code, result, err = self.diff("vip-v8", self.board)
            self.assertEqual((code, [layer["op"] for layer in result["layers"]]), (0, [19]), err)
            self.assertIn("'%s' %s" % (key, about), err)
            self.assertIn(reason, err)
        self.write(last, "folder", "output_0.npy")
        code, _, err = self.diff("vip-v8", os.path.dirname(self.path("folder", "x")))
        self.assertEqual(code, 0, err)
        self.assertIn(about, err)
        # The exact name counts before one that is near.
        npz(self.board, {name: last, "output_0": npy([0] * 32, tensor["shape"])})
        code, _, err = self.diff("vip-v8", self.board)
        self.assertEqual(code, 0)
        self.assertIn("no op's output is called 'output_0'", err)
        npz(self.board, {"StatefulPartitionedCal_1": last, "y": last})
        code, _, err = self.diff("vip-v8", self.board)
        self.assertEqual(code, 2)
        self.assertIn("no array in it is called like an op's output", err)
        self.assertIn("'StatefulPartitionedCal_1' (did you mean 'StatefulPartitionedCall_1:0'?), 'y'", err)

    def test_a_tensor_that_the_model_lacks(self):
        """A map with an index beyond the model's was answered with: nothing says which tensor a file holds."""
        trace = self.ovxlib("dump", False, False)
        folder = os.path.dirname(self.path("dump", "x"))
        file = sorted(name for name in os.listdir(folder) if "_uid_1_t" in name)[0]
        count = len(json.loads(run("inspect", MODEL, "--format", "json")[1])["tensors"])
        for line, told in (("%d %s" % (count + 7, file), "tensors.txt:2: no op makes tensor %d; %s has tensors 0 to %d" % (count + 7, MODEL, count - 1)),
                           ("StatefulPartitionedCall_2:0 " + file, "tensors.txt:2: no op's output is called 'StatefulPartitionedCall_2:0' (did you mean 'StatefulPartitionedCall_1:0'?)"),
                           (file, "tensors.txt:2: expected a tensor's name or index and a file's name")):
            self.write("# by hand\n%s\n" % line, "dump", "tensors.txt")
            code, _, err = self.diff(folder, "vip-v8")
            self.assertEqual(code, 2)
            self.assertIn(told, err)
        os.remove(self.path("dump", "tensors.txt"))
        trace[4]["tflite_node_id"]["outputs"] = [count + 7]
        self.write(json.dumps(trace), "dump", "vx_node_trace_db.json")
        code, _, err = self.diff(folder, "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("vx_node_trace_db.json: entry 5 makes tensor %d, and %s has tensors 0 to %d" % (count + 7, MODEL, count - 1), err)

    def test_on_cpu_where_nothing_can_move(self):
        """It did nothing, and nothing was said: between profiles that are no placement, and by a pattern that no op matches."""
        for verb, more in (("diff", ["--a", OTHER, "--b", "vip-v8"]), ("diff", ["--a", self.board, "--b", "vip-v8"]), ("run", ["-p", OTHER]),
                           ("report", ["--a", OTHER, "--b", "vip-v8", "-o", self.path("page.html")]), ("inspect", ["-p", "vip-v8"]),
                           ("explain", ["-p", "vip-v8", "--layer", "0", "--index", "0,0,0,0"])):
            inputs = [] if verb == "inspect" else ["-i", "noise:1"]
            code, _, err = run(verb, MODEL, *inputs, *more, "--on-cpu", "CONV_2D")
            self.assertEqual(code, 2, verb)
            self.assertIn("is no placement, so no op can be moved to the CPU; expected e.g.", err)
        code, _, err = run("diff", MODEL, "--a", self.board, "--b", self.board, "--on-cpu", "CONV_2D")
        self.assertEqual(code, 2)
        self.assertIn("both sides are recordings", err)
        chip = "vx(vip-v8)+tflite-2.9.1-arm64"
        for verb, more in (("diff", ["--a", OTHER, "--b", chip]), ("run", ["-p", chip]), ("report", ["--a", OTHER, "--b", chip, "-o", self.path("page.html")]),
                           ("inspect", ["-p", chip]), ("explain", ["-p", chip, "--layer", "0", "--index", "0,0,0,0"])):
            inputs = [] if verb == "inspect" else ["-i", "noise:1"]
            code, _, err = run(verb, MODEL, *inputs, *more, "--on-cpu", "CONV2D")
            self.assertEqual(code, 2, verb)
            self.assertIn("--on-cpu CONV2D: no op has that type, number or output name (did you mean 'CONV_2D'?)", err)
        self.assertEqual(run("diff", MODEL, "-i", "noise:1", "--a", OTHER, "--b", chip, "--on-cpu", "CONV_2D")[0], 0)

    def test_as_the_second_side(self):
        code, result, _ = self.diff("vip-v8", self.board)
        self.assertEqual(code, 0)
        there, back = self.diff(self.board, OTHER)[1], self.diff(OTHER, self.board)[1]
        for x, y in zip(there["layers"], back["layers"]):
            for side in ("isolated", "accumulated"):
                self.assertEqual(x[side]["histogram"], {str(-int(d)): n for d, n in y[side]["histogram"].items()})

    def test_two_captures(self):
        other = self.path("other.npz")
        self.record("noise:1", other, OTHER)
        code, result, err = self.diff(self.board, other, source=None)
        self.assertEqual((code, err), (1, ""))
        expected = self.diff("vip-v8", OTHER)[1]
        for x, y in zip(result["layers"], expected["layers"]):
            self.assertIsNone(x["isolated"])
            self.assertEqual(x["accumulated"], y["accumulated"])
        code, out, _ = run("diff", MODEL, "--a", self.board, "--b", other)
        self.assertNotIn("nputwin explain", out)
        self.assertEqual(run("diff", MODEL, "--a", self.board, "--b", self.board)[0], 0)
        page = self.path("page.html")
        for ending in ("html", "md", "xml", "csv"):
            self.assertEqual(run("report", MODEL, "--a", self.board, "--b", other, "-o", self.path("page." + ending))[0], 1)
        with open(page) as f:
            self.assertIn("Two recordings cannot show", f.read())

    def test_several_samples(self):
        second = self.record("noise:2", self.path("samples", "b.npz"))
        self.record("noise:1", self.path("samples", "a.npz"))
        batch = self.path("batch.npz")
        npz(batch, {name: npy(self.codes[name] + second[name], [2] + tensor["shape"][1:]) for _, tensor in self.ops for name in [tensor["name"]]})
        expected = self.diff("vip-v8", OTHER, source="noise:1..2")[1]
        for capture in (batch, os.path.dirname(self.path("samples", "a.npz"))):
            self.assertEqual(self.diff(capture, "vip-v8", source="noise:1..2")[0], 0)
            self.assertEqual(self.diff(capture, "vip-v8", source="noise:2..3")[0], 1)
            result = self.diff(capture, OTHER, source="noise:1..2")[1]
            self.assertEqual([x["accumulated"] for x in result["layers"]], [x["accumulated"] for x in expected["layers"]])

    def test_a_folder_of_bare_arrays(self):
        """A file a sample, as a board writes the output of each input."""
        name, tensor = self.ops[19][1]["name"], self.ops[19][1]
        second = self.record("noise:2", self.path("second.npz"))
        for ending in ("npy", "bin"):
            for i, codes in enumerate((self.codes, second)):
                data = struct.pack("32b", *codes[name])
                self.write(npy(data, tensor["shape"]) if ending == "npy" else data, ending, "out_%d.%s" % (i, ending))
            folder = os.path.dirname(self.path(ending, "x"))
            self.assertEqual(self.diff("vip-v8", folder, source="noise:1..2")[0], 0)
            self.assertEqual(self.diff("vip-v8", folder, source="noise:2..3")[0], 1)

    def test_parts_of_a_comparison_with_few_captured_layers_add_up(self):
        name, tensor = self.ops[19][1]["name"], self.ops[19][1]
        first, second = (self.record("noise:%d" % seed, self.path("x.npz")) for seed in (1, 2))
        keys = [self.ops[i][1]["name"] for i in (0, 1, 19)]
        shapes = {tensor["name"]: tensor["shape"] for _, tensor in self.ops}
        npz(self.board, {key: npy(first[key] + second[key], [2] + shapes[key][1:]) for key in keys})
        arguments = ["diff", MODEL, "-i", "noise:1..2", "--a", OTHER, "--b", self.board, "--format", "json"]
        whole = json.loads(run(*arguments)[1])
        del whole["command"]
        parts = [self.path("%d.json" % n) for n in range(2)]
        for n, part in enumerate(parts):
            run(*arguments, "--samples", "%d:%d" % (n, n + 1), "--partial", part)
        for order in (parts, parts[::-1]):
            self.assertEqual(json.loads(run("merge", *order, "--format", "json")[1]), whole)
        self.assertIn("op 19: its inputs were not captured", whole["notes"][-1])

    def polygraphy(self, *samples):
        iterations = []
        for sample in samples:
            outputs = {tensor["name"]: {"values": {"array": base64.b64encode(npy(sample[tensor["name"]], tensor["shape"])).decode(), "polygraphy_class": "ndarray"},
                                        "polygraphy_class": "LazyArray"} for _, tensor in self.ops}
            iterations.append({"outputs": outputs, "runtime": 0.01, "runner_name": "chip"})
        return json.dumps({"lst": [["chip", iterations]], "polygraphy_class": "RunResults"})

    def test_polygraphy(self):
        self.write(self.polygraphy(self.codes), "outputs.json")
        results = self.path("outputs.json")
        self.check_equal_and_not(results)
        self.write(self.polygraphy(self.codes, self.record("noise:2", self.path("second.npz"))), "outputs.json")
        self.assertEqual(self.diff(results, "vip-v8", source="noise:1..2")[0], 0)
        for broken in ("{", '{"lst": []}', '{"lst": [["x", [{"outputs": {"y": {"values": {"array": "?"}}}}]]]}'):
            self.write(broken, "outputs.json")
            self.assertEqual(self.diff(results, "vip-v8")[0], 2)

    def test_accuracy_debugger(self):
        arrays = npz_bytes(self.board)
        for i, (op, tensor) in enumerate(self.ops):
            self.write(arrays[tensor["name"]], "npu", "op_%04d_%s_out_0_%s.raw" % (i, op, tensor["name"].replace("/", "_")[:40]))
        npu = os.path.dirname(self.path("npu", "x"))
        self.check_equal_and_not(npu)
        self.write(b"short", "npu", sorted(os.listdir(npu))[0])
        code, _, err = self.diff(npu, "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("has 5 bytes, but", err)

    def ovxlib(self, folder, whcn, unsigned):
        """A folder as OVXLIB writes it; gives the entries of the delegate's trace."""
        trace = []
        for i, (op, tensor) in enumerate(self.ops):
            values, shape = self.codes[tensor["name"]], tensor["shape"]
            if len(shape) == 4 and whcn:
                values, shape = nchw(values, shape), [shape[0], shape[3], shape[1], shape[2]]
            text = "".join("%d\n" % (v + 128 if unsigned else v) for v in values)
            name = "%s_uid_%d_t_0_s_%s.txt" % (op, 2 * i + 1, "_".join(map(str, reversed(shape))))
            self.write(text, folder, name)
            trace.append({"tflite_node_id": {"builtin_code": 3, "inputs": [0], "outputs": [tensor["index"]]}, "tim_vx_uid": [2 * i, 2 * i + 1]})
        self.write("5\n", folder, "RELU_uid_1_sub_3_t_0_s_1.txt")
        return trace

    def test_ovxlib(self):
        for name, whcn, unsigned, note in (("plain", False, False, ""), ("pictures", True, False, "from NCHW to NHWC"), ("codes", True, True, "uint8 codes brought to int8")):
            trace = self.ovxlib(name, whcn, unsigned)
            folder = os.path.dirname(self.path(name, "x"))
            code, _, err = self.diff(folder, "vip-v8")
            self.assertEqual(code, 2)
            self.assertIn("tensors.txt", err)
            self.write(json.dumps(trace), name, "vx_node_trace_db.json")
            self.check_equal_and_not(folder, note)
            # The same said by hand, by index.
            os.remove(os.path.join(folder, "vx_node_trace_db.json"))
            files = {name.split("_t_0")[0]: name for name in os.listdir(folder)}
            self.write("".join("%d %s\n" % (t["index"], files["%s_uid_%d" % (op, 2 * i + 1)]) for i, (op, t) in enumerate(self.ops)), name, "tensors.txt")
            self.check_equal_and_not(folder, note)
        first = self.ops[0][1]
        for content, told in (("1\n2\n", "has 2 values, its name says [1,16,8,8]"), ("1\nx\n", "'x' is no number")):
            self.write(content, "plain", "CONV_2D_uid_1_t_0_s_8_8_16_1.txt")
            self.write("%d CONV_2D_uid_1_t_0_s_8_8_16_1.txt\n" % first["index"], "plain", "tensors.txt")
            code, _, err = self.diff(os.path.dirname(self.path("plain", "x")), "vip-v8")
            self.assertEqual(code, 2)
            self.assertIn(told, err)

    def test_rknn(self):
        for i, (_, tensor) in enumerate(self.ops):
            scale, zero, shape = tensor["scale"][0], tensor["zero_point"][0], tensor["shape"]
            numbers = [scale * (v - zero) for v in self.codes[tensor["name"]]]
            if len(shape) == 4:
                numbers, shape = nchw(numbers, shape), [shape[0], shape[3], shape[1], shape[2]]
            file = "layer%d" % i  # names are too long for files
            self.write("".join("%.7f\n" % v for v in numbers), "text", "simulator", file + ".txt")
            self.write(npy(numbers, shape, "<f4"), "arrays", "simulator", "npy", file + ".npy")
            for kind, ending in (("text", "txt"), ("arrays", "npy")):
                with open(self.path(kind, "map_name_to_file.txt"), "a") as f:
                    f.write("%s  %s.%s\n" % (tensor["name"], file, ending))
        text, arrays = (os.path.dirname(self.path(kind, "simulator", "x")) for kind in ("text", "arrays"))
        code, _, err = self.diff(text, "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("add ,layout=nhwc or ,layout=nchw", err)
        self.check_equal_and_not(text + ",layout=nchw", "codes made of real numbers by the model's scales")
        self.check_equal_and_not(arrays, "from NCHW to NHWC")
        code, _, err = self.diff(os.path.dirname(text), "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("name golden, simulator or runtime in it", err)
        code, _, err = self.diff(text + ",layout=chwn", "vip-v8")
        self.assertEqual(code, 2)
        self.write("0.00734\n" * len(self.codes[self.ops[0][1]["name"]]), "text", "simulator", "layer0.txt")
        code, _, err = self.diff(text + ",layout=nchw", "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("is no code of the tensor", err)

    def test_uint8_for_int8(self):
        name, tensor = self.ops[3][1]["name"], self.ops[3][1]
        npz(self.board, {name: npy([v + 128 for v in self.codes[name]], tensor["shape"], "|u1")})
        code, result, err = self.diff(self.board, "vip-v8")
        self.assertEqual((code, len(result["layers"])), (0, 1))
        self.assertIn("uint8 codes brought to int8, 128 lower", err)

    def test_a_shifted_zero_point_is_named(self):
        name, tensor = self.ops[3][1]["name"], self.ops[3][1]
        wrapped = [v + 128 if v < 0 else v - 128 for v in self.codes[name]]
        npz(self.board, {name: npy(wrapped, tensor["shape"])})
        code, result, _ = self.diff("vip-v8", self.board)
        self.assertEqual((code, result["layers"][0]["accumulated"]["shift"]), (1, 128))
        out = run("diff", MODEL, "-i", "noise:1", "--a", "vip-v8", "--b", self.board)[1]
        self.assertIn("shifted: op 3 CONV_2D is +128 everywhere in B", out)
        self.assertNotIn("shift", self.diff("vip-v8", OTHER)[1]["layers"][3]["accumulated"])

    def test_swapped_outputs_are_named(self):
        several = os.path.join(TESTS, "vectors", "directed", "dequantize_i8.tflite")
        run("run", several, "-p", OTHER, "-i", "noise:1", "-o", self.board)
        arrays = npz_bytes(self.board)
        about = json.loads(run("inspect", several, "--format", "json")[1])
        outputs = [about["tensors"][t] for t in about["outputs"]]
        first, second = outputs[0]["name"], outputs[1]["name"]
        contents = {first: arrays[second], second: arrays[first]}
        for tensor in outputs[2:]:
            contents[tensor["name"]] = arrays[tensor["name"]]
        npz(self.board, {tensor["name"]: npy(contents[tensor["name"]], tensor["shape"], "<f4") for tensor in outputs})
        code, out, _ = run("diff", several, "-i", "noise:1", "--a", self.board, "--b", OTHER, "--format", "json")
        self.assertEqual((code, json.loads(out)["swapped"]), (1, [[first, second]]))
        self.assertIn("swapped: '%s' and '%s'" % (first, second), run("diff", several, "-i", "noise:1", "--a", self.board, "--b", OTHER)[1])

    def test_a_folder_with_a_profile_s_name(self):
        os.makedirs(self.path("vip-v8", "x"))
        self.assertEqual(run("diff", MODEL, "-i", "noise:1", "--a", "vip-v8", "--b", "vip-v8", cwd=self.folder)[0], 0)
        self.assertEqual(run("diff", MODEL, "-i", "noise:1", "--a", "./vip-v8", "--b", "vip-v8", cwd=self.folder)[0], 2)

    def test_what_is_no_capture(self):
        os.makedirs(self.path("empty", "x"))
        code, _, err = self.diff(os.path.join(self.folder, "empty"), "vip-v8")
        self.assertEqual(code, 2)
        self.assertIn("nothing in it is a captured tensor", err)
        self.assertIn("Polygraphy", err)


if __name__ == "__main__":
    unittest.main()
