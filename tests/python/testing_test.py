"""assert_same and the pytest plugin."""
import os
import shlex
import subprocess
import textwrap

import numpy as np
import pytest
from conftest import CPU, DIGITS, NPU, ROOT

import nputwin
from nputwin.testing import assert_same

pytest_plugins = ["pytester"]


def test_the_same_passes(digits):
    assert assert_same(DIGITS, "litert-2.1-arm64", NPU, digits).same
    assert not assert_same(DIGITS, CPU, NPU, digits, tolerance=3).same
    assert_same(DIGITS, CPU, NPU, digits, tolerance=np.int64(3))
    assert_same(DIGITS, CPU, NPU, digits, tolerance="output:cosine<0.99")
    assert_same(DIGITS, CPU, NPU, digits, tolerance=11, scope="layers")


@pytest.mark.parametrize("keywords, expected", [
    ({}, "output:largest>0"), ({"tolerance": 2}, "output:largest>2"), ({"tolerance": ["output:cosine<0.9999"]}, "cosine 0.9992"),
    ({"tolerance": 10, "scope": "layers"}, "largest>10")])
def test_a_difference_shows_layer_and_command(digits, keywords, expected):
    with pytest.raises(AssertionError) as caught:
        assert_same(DIGITS, CPU, NPU, digits, **keywords)
    text = str(caught.value)
    assert expected in text and "first layer: op 0 CONV_2D" in text and "50 of 40960 elements differ (0.122 %)" in text
    assert "second rounding 50" in text and "litert-2.1-arm64" in text and "explain it with:" in text


def test_the_command_runs(digits):
    """Also where model and inputs came from memory, and where options stand behind an input."""
    with open(DIGITS, "rb") as f:
        content = f.read()
    for model, inputs in ((DIGITS, "noise:1..3"), (content, digits), (nputwin.Model(DIGITS), {"serving_default_keras_tensor_61:0": digits}),
                          (content, (digits.astype(np.float32), "quantize=no")), (content, [(digits, "layout=nhwc")])):
        with pytest.raises(AssertionError) as caught:
            assert_same(model, CPU, NPU, inputs)
        words = shlex.split(str(caught.value).splitlines()[-1])
        assert words[:2] == ["nputwin", "explain"]
        done = subprocess.run([os.environ["NPUTWIN_TOOL"], *words[1:]], capture_output=True, text=True)
        assert done.returncode == 1 and "second rounding" in done.stdout, done.stderr


def test_an_output_that_never_moves_is_warned_of(tmp_path):
    part = nputwin.cut(DIGITS, layer=19)[0].model
    values = np.full((2, 8, 8, 16), -128, np.int8)
    with pytest.raises(ValueError, match="scope"):
        assert_same(part, CPU, NPU, values, scope="everything")
    found = nputwin.diff(part, CPU, NPU, values)
    if found.outputs[0].verdict == "proves nothing":
        with pytest.warns(UserWarning, match="proves nothing"):
            assert_same(part, CPU, NPU, values)


def test_recordings_have_no_command(digits):
    board = nputwin.run(DIGITS, NPU, digits[:1])
    cpu = nputwin.run(DIGITS, CPU, digits[:1])
    with pytest.raises(AssertionError) as caught:
        assert_same(DIGITS, cpu, board)
    assert "explain" not in str(caught.value) and "op 19" in str(caught.value)


def test_the_plugin(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.path.join(ROOT, "python"))
    pytester.makepyfile(textwrap.dedent(f"""
        def test_same(assert_same):
            assert_same({DIGITS!r}, "litert-2.1-arm64", {NPU!r}, "noise:1")

        def test_differs(assert_same):
            assert_same({DIGITS!r}, {CPU!r}, {NPU!r}, "noise:1", tolerance=0)
    """))
    result = pytester.runpytest_subprocess("-p", "nputwin.pytest_plugin")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*first layer: op 1 CONV_2D*", "*nputwin explain *"])
