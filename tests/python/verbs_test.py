"""The verbs as functions: on paths, bytes and arrays, their results, their errors."""
import inspect
import json
import os
import re
import subprocess
import tempfile

import numpy as np
import pytest
from conftest import CONV, CORPUS, CPU, DIGITS, MODELS, NPU, ROOT

import nputwin

INPUT = os.path.join(MODELS, "digits_int8.npy")
TOOL = os.environ["NPUTWIN_TOOL"]


def tool(*words):
    """The tool's own answer."""
    done = subprocess.run([TOOL, *words, "--format", "json"], capture_output=True, text=True)
    return json.loads(done.stdout)


# What options are called in Python, and those that belong to printing, files and what `call` serves.
RENAMED = {"for": "for_", "input": "inputs", "shape": "shapes"}
NOT_IN_PYTHON = {"help", "quiet", "verbose", "format", "exit_zero", "plot_python", "partial", "embeddings", "labels", "threshold",
                 "zero_point", "products", "as", "hashes", "top", "profile_layers", "timed_runs"}


@pytest.mark.parametrize("verb", ["diff", "explain", "characterise", "nearest", "prove", "harden", "cut", "lint", "run", "inspect"])
def test_functions_have_the_tools_options(verb):
    text = subprocess.run([TOOL, verb, "--help"], capture_output=True, text=True).stdout
    options = {re.sub("-", "_", name) for name in re.findall(r"^  (?:-\w,)?--([\w-]+)", text, re.M)} - NOT_IN_PYTHON
    if verb in ("diff", "run"):
        options.discard("output")  # files of other formats; an array for each output is returned
    missing = {RENAMED.get(name, name) for name in options} - set(inspect.signature(getattr(nputwin, verb)).parameters)
    assert options and missing == set()


def without_provenance(document):
    return {key: value for key, value in document.items() if key not in ("command", "inputs", "model")}


@pytest.fixture(scope="module")
def found(digits):
    return nputwin.diff(DIGITS, CPU, NPU, digits, output_kind="embedding")


def test_diff_is_the_tools(found):
    expected = tool("diff", DIGITS, "--a", CPU, "--b", NPU, "--input", INPUT, "--output-kind", "embedding")
    for advice in expected["advice"]:
        del advice["command"]
    mine = json.loads(json.dumps(found.json))
    for advice in mine["advice"]:
        del advice["command"]
    assert without_provenance(mine) == without_provenance(expected)


def test_diff_has_attributes(found):
    assert (found.samples, len(found.layers), found.first, found.worst, found.status) == (40, 20, 0, 19, 1)
    assert not found.same and not found.outputs_same and found.failures == []
    layer = found.layers[0]
    assert (layer.type, layer.shape, layer.isolated.mismatches, layer.isolated.histogram["-1"]) == ("CONV_2D", [1, 8, 8, 16], 50, 50)
    assert layer.known.a == "measured" and layer.known.b == "evidence"
    assert found.outputs[0].kind == "embedding" and found.outputs[0].agreement["vectors"] == 40
    assert found.causes[0].cause == "second rounding" and found.usual.is_usual
    assert found.place() == (0, 0, [0, 0, 0, 14])


@pytest.mark.parametrize("how", ["path", "pathlib", "bytes", "bytearray", "model"])
def test_models_come_in_any_form(how, digits):
    import pathlib
    with open(DIGITS, "rb") as f:
        content = f.read()
    model = {"path": DIGITS, "pathlib": pathlib.Path(DIGITS), "bytes": content, "bytearray": bytearray(content),
             "model": nputwin.Model(DIGITS)}[how]
    assert nputwin.diff(model, CPU, NPU, digits[:2]).layers[0].accumulated.elements == 2048


@pytest.mark.parametrize("how", ["path", "source", "array", "list", "dict", "strided", "big-endian", "int64", "fortran"])
def test_inputs_come_in_any_form(how, digits):
    forms = {"path": INPUT, "source": "noise:1..3", "array": digits, "list": [digits], "dict": {"serving_default_keras_tensor_61:0": digits},
             "strided": np.repeat(digits, 2, axis=1)[:, ::2], "big-endian": digits.astype(">i2"), "int64": digits.astype(np.int64),
             "fortran": np.asfortranarray(digits)}
    values = nputwin.run(DIGITS, NPU, forms[how])["StatefulPartitionedCall_1:0"]
    if how == "source":
        assert values.shape == (3, 1, 1, 32)
    else:
        np.testing.assert_array_equal(values, nputwin.run(DIGITS, NPU, INPUT)["StatefulPartitionedCall_1:0"])


def test_a_model_of_two_inputs():
    path = os.path.join(CORPUS, "op_add_a8w8.tflite")
    if not os.path.exists(path):
        pytest.skip("no corpus")
    model = nputwin.Model(path)
    names = [model.tensors[i]["name"] for i in model.inputs]
    arrays = [np.random.default_rng(k).integers(-128, 127, model.tensors[i]["shape"], np.int8) for k, i in enumerate(model.inputs)]
    assert len(names) == 2
    by_list = nputwin.run(model, CPU, arrays)
    by_name = nputwin.run(model, CPU, dict(zip(reversed(names), reversed(arrays))))
    for name in by_list:
        np.testing.assert_array_equal(by_list[name], by_name[name])
    comparison = nputwin.compare(model, CPU, CPU)
    comparison.add(arrays)
    comparison.add(dict(zip(names, arrays)))
    assert comparison.result().samples == 2
    with pytest.raises(nputwin.Error, match="expected an array for each of"):
        comparison.add({"x": arrays[0]})


def test_sides_come_in_any_form(digits):
    board = nputwin.run(DIGITS, NPU, digits[:3], all=True)
    assert len(board) == 20
    assert nputwin.diff(DIGITS, board, NPU, digits[:3]).same
    last = {"StatefulPartitionedCall_1:0": board["StatefulPartitionedCall_1:0"]}
    partly = nputwin.diff(DIGITS, CPU, last, digits[:3])
    assert [layer.op for layer in partly.layers] == [19] and partly.b == "arrays" and not partly.same
    document = json.loads(nputwin.call("profiles", "show", NPU).text)
    assert nputwin.diff(DIGITS, document, NPU, digits[:3]).same
    assert nputwin.diff(DIGITS, board, CPU, digits[:3]).explain_command().split()[3:5] == ["--a", CPU]


def test_a_side_of_tensors_of_any_name(digits):
    board = nputwin.run(DIGITS, NPU, digits[:1])
    for name in ("file", "allow_pickle", "a/b", "ü"):  # np.savez has arguments of the first two names
        with_another = nputwin.diff(DIGITS, {**board, name: digits[:1]}, NPU, digits[:1])
        assert with_another.same and with_another.a == "arrays"
    with pytest.raises(ValueError, match="side b: the dict is empty"):
        nputwin.diff(DIGITS, CPU, {}, digits)
    with pytest.raises(ValueError, match="Object arrays"):
        nputwin.diff(DIGITS, CPU, {"x": np.array([None])}, digits)


def test_a_folder_is_made_only_where_something_is_written(digits, monkeypatch):
    def no_folder(**_):
        raise AssertionError("a folder is made")
    board = nputwin.run(DIGITS, NPU, digits[:1])
    monkeypatch.setattr(tempfile, "TemporaryDirectory", no_folder)
    assert nputwin.diff(DIGITS, NPU, NPU, digits[:1]).same
    with pytest.raises(AssertionError, match="a folder is made"):
        nputwin.diff(DIGITS, board, NPU, digits[:1])


def test_options_stand_beside_an_array(digits):
    detail = nputwin.Interpreter(DIGITS, profile=NPU).get_input_details()[0]
    scale, zero_point = detail["quantization"]
    real = (digits.astype(np.float64) - zero_point) * scale
    expected = nputwin.run(DIGITS, NPU, digits)
    for inputs in ((real, "quantize=yes"), [(real, "quantize=yes,layout=nhwc")], {detail["name"]: (real, "quantize=yes")},
                   (digits.astype(np.float32), "quantize=no"), (digits.transpose(0, 3, 1, 2), "layout=nchw")):
        for name, values in nputwin.run(DIGITS, NPU, inputs).items():
            np.testing.assert_array_equal(values, expected[name])
    answer = nputwin.call("run", DIGITS, "-p", NPU, "-i", (real[:1], "quantize=yes"))
    assert answer.status == 0
    for options in ("quantise=yes", "noise:1", ""):
        with pytest.raises(ValueError, match="an array has no option .* it has: layout, quantize"):
            nputwin.run(DIGITS, NPU, (digits, options))
    with pytest.raises(nputwin.Error, match="the layout is nchw or nhwc"):
        nputwin.run(DIGITS, NPU, (digits, "layout=nwhc"))


def test_numbers_of_numpy_are_numbers(digits):
    explanation = nputwin.explain(DIGITS, CPU, NPU, digits, layer=np.int64(0), index=np.array([0, 0, 0, 14]), sample=np.int16(0))
    assert explanation.a.code == -78
    assert nputwin.diff(DIGITS, CPU, NPU, digits, until=np.uint8(3), bound=np.bool_(True), threads=np.int32(2)).layers[3].bound
    assert not nputwin.diff(DIGITS, CPU, NPU, digits, until=0, bound=np.bool_(False)).layers[0].bound
    words = ("explain", DIGITS, "--a", CPU, "--b", NPU, "--input", digits, "--index", "0,0,0,14", "--layer")
    assert nputwin.call(*words, 0).text == nputwin.call(*words, np.int64(0)).text == nputwin.call(*words, "0").text


def test_conditions(digits):
    failing = nputwin.diff(DIGITS, CPU, NPU, digits, fail_if=["output:cosine<0.9999", "output:largest>9"])
    assert failing.status == 1 and len(failing.failures) == 1 and "cosine 0.9992" in failing.failures[0]
    assert nputwin.diff(DIGITS, CPU, NPU, digits, fail_if="output:cosine<0.99").status == 0


def test_samples_and_bound_and_until(digits):
    some = nputwin.diff(DIGITS, CPU, NPU, digits, samples=(5, 10), bound=True, until=3)
    assert some.sample_ranges == [[5, 10]] and len(some.layers) == 4 and some.layers[0].bound.isolated == 1
    sample, op, index = some.place()
    explanation = nputwin.explain(DIGITS, CPU, NPU, digits, sample=sample, layer=op, index=index)
    assert 5 <= sample < 10 and not explanation.same and explanation.cause == "second rounding"


def test_explain(digits):
    explanation = nputwin.explain(DIGITS, CPU, NPU, digits)
    assert (explanation.op, explanation.index, explanation.a.code, explanation.b.code) == (0, [0, 0, 0, 14], -78, -79)
    assert explanation.a.sum == 11023 and explanation.a.steps[0].decimal == "11023" and len(explanation.products) == 4
    multiplier = explanation.a.multipliers[0]
    assert multiplier.value == multiplier.mantissa * 2.0 ** (multiplier.shift - multiplier.bits)
    assert "second rounding" in str(explanation) and "-1001110" in explanation._repr_html_()
    alone = nputwin.explain(DIGITS, CPU, inputs=digits, layer=3, index=[0, 0, 0, 1])
    assert alone.b is None and alone.same and alone.op == 3 and len(alone.products) == 64
    relu = nputwin.explain(os.path.join(MODELS, "digits_embed20_float_io.tflite"), CPU, inputs="noise:1", layer=0, index=[0, 0, 0, 0])
    assert relu.type == "QUANTIZE" and len(relu.operands) == 1


def test_characterise(digits):
    result = nputwin.characterise(DIGITS, CPU, NPU, digits)
    assert result.layers[0].measured == 50 and len(result.layers[0].channels) == 16
    assert result.layers[0].channels[0].differing_sums == sum(i["count"] for i in result.layers[0].channels[0].intervals)
    assert nputwin.characterise(DIGITS, CPU, NPU, until=0).layers[0].expected is None


def test_nearest(digits):
    result = nputwin.nearest(DIGITS, NPU, digits)
    assert result.any_near and "litert-2.1-arm64" in result.builds[0].profiles and result.builds[0].outputs[0].mismatches == 0
    moved = nputwin.nearest(DIGITS, NPU, digits, among=CPU, on_cpu_until="mismatch<=1%")
    assert moved.on_cpu.cpu == CPU and moved.on_cpu.outputs[0].mismatches <= 12
    with pytest.raises(nputwin.Error, match="equal outputs do not meet it"):
        nputwin.nearest(DIGITS, NPU, digits, on_cpu_until="mismatch>1%")


def test_harden_and_prove(digits, tmp_path):
    before = nputwin.prove(DIGITS, [CPU, NPU])
    assert not before.equal and before.status == 1 and before.pairs[0].ops_differing == 20 and before.pairs[0].ops[0].example.a == -117
    hardened = nputwin.harden(DIGITS, "imx8mp", digits, max_loss_db=1)
    assert hardened.equal and hardened.status == 0 and hardened.price.samples == 40 and 0 < hardened.price.median_loss_db < 1
    assert hardened.models[0].proofs[0].after.equal == 20 and hardened.models[0].path == DIGITS and hardened.models[0].written == ""
    assert nputwin.prove(hardened.model, [CPU, NPU]).equal
    assert nputwin.diff(hardened.model, CPU, NPU, digits).same
    kept = nputwin.harden(DIGITS, f"{CPU},{NPU}", output=tmp_path / "kept.tflite")
    assert (tmp_path / "kept.tflite").read_bytes() == kept.model and kept.models[0].written == str(tmp_path / "kept.tflite")
    with pytest.raises(nputwin.Error, match="max-loss-db"):
        nputwin.harden(DIGITS, "imx8mp", digits, max_loss_db=0.0001)


def test_harden_two_models_as_one_system(digits):
    parts = [nputwin.cut(DIGITS, layers=(0, 1))[0].model, nputwin.cut(DIGITS, layers=(2, 3))[0].model]
    both = nputwin.harden(parts, [CPU, NPU])
    assert len(both.models) == 2 and all(nputwin.Model(made.model).ops for made in both.models)
    with pytest.raises(nputwin.Error, match="2 models"):
        both.model


def test_cut(digits, tmp_path):
    parts = nputwin.cut(DIGITS, every_layer=True)
    assert len(parts) == 20 and parts[3].ops == [0, 1, 2, 3] and parts[0].file == "prefix_000_CONV_2D.tflite"
    whole = nputwin.run(DIGITS, NPU, digits[:2], all=True)
    for name, values in nputwin.run(parts[3].model, NPU, digits[:2]).items():
        np.testing.assert_array_equal(values, whole[name])
    nputwin.cut(DIGITS, layer=5, output=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(nputwin.Error):
        nputwin.cut(DIGITS)


def test_lint():
    assert nputwin.lint(DIGITS).clean and nputwin.lint(DIGITS).findings == []
    result = nputwin.lint(CONV, [NPU, CPU], "noise:1")
    assert not result.clean and result.findings[0].rule == "will_differ" and result.counts["warning"] == 1
    assert [f.rule for f in nputwin.lint(CONV, [NPU, CPU], skip="will_differ").findings] == ["left_on_cpu"]


def test_profiles_and_inspect():
    profiles = nputwin.profiles()
    assert len(profiles) > 50 and profiles[NPU].families[0].confidence and NPU in [p.name for p in profiles]
    with pytest.raises(KeyError):
        profiles["no-such"]
    inspection = nputwin.inspect(DIGITS, NPU, kernels=True)
    assert inspection.complete and inspection.ops[0].rule.confidence == "evidence" and inspection.ops[0].kernel


def test_what_cannot_run_is_told():
    path = os.path.join(ROOT, "tests", "vectors", "directed", "movement_i16.tflite")
    inspection = nputwin.inspect(path, NPU)
    assert not inspection.complete and inspection.status == 2 and inspection.to_pandas()["unsupported"].astype(bool).sum() == 1
    with pytest.raises(nputwin.Incomplete, match="op 13 is not run: CONCATENATION") as run:
        nputwin.run(path, NPU, "noise:1")
    assert len(run.value.result) == 18
    with pytest.raises(nputwin.Incomplete, match="outputs 't22', 't38' cannot be had") as diff:
        nputwin.diff(path, NPU, CPU, "noise:1")
    assert diff.value.result.layers and diff.value.result.status == 2
    assert nputwin.diff(path, NPU, CPU, "noise:1", until=6).status == 0


def test_compare_goes_sample_by_sample(digits, found):
    comparison = nputwin.compare(DIGITS, CPU, NPU)
    with pytest.raises(nputwin.Error, match="no sample was added"):
        comparison.result()
    seen = []
    comparison.watch(lambda pair: seen.append((pair.name, pair.a.shape, int((pair.a != pair.b).sum()))))
    for sample in digits[:3]:
        comparison.add(sample[None])
    assert len(seen) == 60 and seen[0][1] == (1, 8, 8, 16)
    comparison.watch(None)
    for sample in digits[3:]:
        comparison.add(sample[None])
    assert len(seen) == 60
    result = comparison.result()
    assert result.samples == 40 and not result.same and not result.outputs_same
    for mine, its in zip(result.layers, found.layers):
        assert mine.accumulated == its.accumulated
    with pytest.raises(nputwin.Error, match="shape"):
        comparison.add(digits[0][:4])

    def wrong(pair):
        raise KeyError(pair.name)
    comparison.watch(wrong)
    with pytest.raises(KeyError):
        comparison.add(digits[:1])
    comparison.watch(lambda pair: comparison.result())
    with pytest.raises(nputwin.Error, match="called by its own callback"):
        comparison.add(digits[:1])


def test_call_does_any_verb(digits, tmp_path):
    assert "scalar" in nputwin.call("isas").text
    page = tmp_path / "page.html"
    answer = nputwin.call("report", nputwin.Model(DIGITS), "--a", CPU, "--b", NPU, "--input", digits[:2], "-o", page)
    assert answer.status == 1 and page.read_text().lower().startswith("<!doctype html")
    text = nputwin.call("diff", DIGITS, "--a", CPU, "--b", NPU, "--input", "noise:1", "--format", "text").text
    assert text.startswith(DIGITS)


@pytest.mark.parametrize("call, expected", [
    (lambda: nputwin.diff(DIGITS, "vip8", NPU, "noise:1"), "no profile is called 'vip8'"),
    (lambda: nputwin.diff("nowhere.tflite", CPU, NPU, "noise:1"), "nowhere.tflite: cannot open"),
    (lambda: nputwin.diff(b"abcdefgh", CPU, NPU, "noise:1"), "TFL3"),
    (lambda: nputwin.diff(DIGITS, CPU, NPU, np.zeros((1, 4, 4, 1), np.int8)), "takes [1,8,8,1]"),
    (lambda: nputwin.diff(DIGITS, CPU, NPU, np.zeros((1, 8, 8, 1), np.complex64)), "complex64"),
    (lambda: nputwin.diff(DIGITS, CPU, NPU), "nothing is given for input"),
    (lambda: nputwin.diff(DIGITS, CPU, NPU, {"x": np.zeros((1, 8, 8, 1), np.int8)}), "has no input 'x'"),
    (lambda: nputwin.Model(b""), "TFL3"),
    (lambda: nputwin.call("frobnicate"), "frobnicate"),
])
def test_errors_say_what_is_wrong(call, expected):
    with pytest.raises(nputwin.Error) as caught:
        call()
    assert expected in str(caught.value)
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize("call", [
    lambda text: nputwin.diff(DIGITS, text, NPU, "noise:1"),
    lambda text: nputwin.compare(DIGITS, CPU, text),
    lambda text: nputwin.compare(DIGITS, CPU, NPU, on_cpu=text),
    lambda text: nputwin.Model(text),
    lambda text: nputwin.Model(b"TFL3", name=text),
])
def test_a_text_with_a_nul_byte_is_refused(call):
    with pytest.raises(ValueError, match="embedded null byte"):
        call(f"{NPU}\0{{ties=half_up}}")


def test_paths_may_have_any_bytes(tmp_path, digits):
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"m\xff.tflite"))
    nputwin.Model(DIGITS).save(path)
    assert nputwin.Model(path).ops and nputwin.diff(path, CPU, NPU, digits[:1]).samples == 1
    with open(path, "rb") as f:
        assert nputwin.Model(f.read(), name=path).name.endswith("m\ufffd.tflite")


def test_a_model_that_cannot_be_described_is_an_error(monkeypatch):
    monkeypatch.setattr(nputwin._library.library(), "nputwin_model_json", lambda pointer: None)
    with pytest.raises(nputwin.Error):
        nputwin.Model(DIGITS)


def test_a_comparison_of_recordings_ends_with_them(digits, tmp_path):
    np.savez(tmp_path / "board.npz", **nputwin.run(DIGITS, NPU, digits[:2]))
    comparison = nputwin.compare(DIGITS, CPU, str(tmp_path / "board.npz"))
    for digit in digits[:2]:
        comparison.add(digit[None])
    with pytest.raises(nputwin.Error, match="sample"):
        comparison.add(digits[2:3])
    assert comparison.result().samples == 2


def test_streams_of_the_process_are_refused():
    with pytest.raises(nputwin.Error, match="own streams"):
        nputwin.run(DIGITS, NPU, "-")


def test_a_wrong_kind_of_input_is_a_type_error():
    with pytest.raises(TypeError, match="an input is a source"):
        nputwin.run(DIGITS, NPU, [[1, 2, 3]])


def test_tables(found, monkeypatch):
    table = found.to_pandas()
    assert list(table["op"]) == list(range(20)) and table["isolated_mismatches"][0] == 50 and table["name"][19] == "StatefulPartitionedCall_1:0"
    assert found._repr_html_().count("<tr>") == 21 and repr(found).startswith("<nputwin.Diff: ") and "53 %" in str(found)
    import builtins
    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", lambda name, *rest: (_ for _ in ()).throw(ImportError(name)) if name == "pandas" else real(name, *rest))
    with pytest.raises(ImportError, match="pip install pandas"):
        found.to_pandas()


def test_html_escapes_names():
    finding = nputwin.Finding("rule", "note", "<script>alert('x')</script>", "a & b")
    lint = nputwin.Lint("<b>", [], {"note": 1}, [finding])
    html = lint._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;alert(&#x27;x&#x27;)" in html and "a &amp; b" in html and "<b>" not in html
