"""What the package promises beside its results: what it costs, threads, Ctrl-C, types, docstrings, Python 3.9."""
import ast
import gc
import glob
import inspect
import os
import signal
import statistics
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
import weakref

import numpy as np
import pytest
from conftest import CPU, DIGITS, NPU, ROOT

import nputwin

PACKAGE = os.path.join(ROOT, "python", "nputwin")
SOURCES = sorted(glob.glob(os.path.join(PACKAGE, "*.py")))


def python(code, **variables):
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, **variables))


def test_the_import_is_short():
    """At most 50 ms over NumPy's own. Runs take turns, so that a busy machine is busy for both."""
    codes = {"import numpy": [], "import numpy, nputwin": [], "import numpy, nputwin; nputwin.Interpreter; nputwin.diff; nputwin.version()": []}
    for _ in range(9):
        for code, times in codes.items():
            start = time.perf_counter()
            assert python(code).returncode == 0
            times.append(1000 * (time.perf_counter() - start))
    base, ours, used = (min(times) for times in codes.values())
    medians = [round(statistics.median(times)) for times in codes.values()]
    print(f"import: numpy {base:.0f} ms, with nputwin {ours - base:+.1f} ms, with what a script uses {used - base:+.1f} ms; medians {medians}")
    assert ours - base < 50


@pytest.fixture(scope="module")
def large():
    """A model of one op, and 64 MiB of input for it."""
    part = nputwin.cut(DIGITS, layer=19)[0].model
    values = np.random.default_rng(0).integers(-128, 127, (65536, 8, 8, 16), np.int8)
    interpreter = nputwin.Interpreter(model_content=part, profile=NPU)
    detail = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(detail["index"], values.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(detail["index"], values)
    interpreter.invoke()
    return part, values, interpreter, detail


def grown(function):
    """By how many MiB the process's memory rises at most while it runs, and NumPy's and Python's own alone."""
    def status(key):
        with open("/proc/self/status") as f:
            return next(int(line.split()[1]) / 1024 for line in f if line.startswith(key))
    with open("/proc/self/clear_refs", "w") as f:
        f.write("5")  # the peak begins here
    before = status("VmHWM")
    tracemalloc.start()
    function()
    own = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return status("VmHWM") - before, own


def test_no_tensor_is_copied_twice(large):
    part, values, interpreter, detail = large
    other = values[::-1].copy()
    name, index = detail["name"], detail["index"]
    comparison = nputwin.compare(part, NPU, NPU, shapes={name: values.shape})
    comparison.add(values)
    measured = {
        "set_tensor": (grown(lambda: interpreter.set_tensor(index, other)), 0),
        "set_tensor, strided": (grown(lambda: interpreter.set_tensor(index, other[::-1])), 0),
        "tensor": (grown(lambda: interpreter.tensor(index)().sum(dtype=np.int64)), 0),
        "invoke": (grown(interpreter.invoke), 0),
        "get_tensor": (grown(lambda: interpreter.get_tensor(index)), 64),
        # The array is read where it lies. Here its copy as the sample; the memory of the models' inputs is there from the first.
        "compare.add": (grown(lambda: comparison.add(other)), 64),
        # The sample, and the memory of the model's input.
        "run": (grown(lambda: nputwin.run(part, NPU, other, shapes={name: values.shape})), 128),
    }
    for what, ((process, own), expected) in measured.items():
        print(f"{what} of 64 MiB: the process grows by {process:.0f} MiB, Python's part {own:.0f}")
        assert process < expected + 16, what
        assert own < (80 if what == "get_tensor" else 16), what


def test_views_are_the_interpreters_memory(large):
    _, values, interpreter, detail = large
    interpreter.set_tensor(detail["index"], values)
    view = interpreter.tensor(detail["index"])()
    assert np.shares_memory(view, interpreter.tensor(detail["index"])()) and not np.shares_memory(view, values)
    view[0] = 5
    del view
    assert (interpreter.get_tensor(detail["index"])[0] == 5).all()
    output = interpreter.tensor(interpreter.get_output_details()[0]["index"])()
    assert not output.flags.writeable
    del output
    kept = interpreter.tensor(detail["index"])()
    other = nputwin.Interpreter(DIGITS, profile=NPU)
    other.allocate_tensors()
    alone = other.tensor(0)()
    alone[:] = 3
    del other
    assert (alone == 3).all()  # the array keeps the memory
    del kept


def test_other_threads_run_meanwhile(large):
    interpreter = large[2]
    counted, ended = [0], threading.Event()

    def count():
        while not ended.is_set():
            counted[0] += 1
            time.sleep(0.0005)
    thread = threading.Thread(target=count)
    thread.start()
    before, start = counted[0], time.perf_counter()
    for _ in range(3):
        interpreter.invoke()
    seconds, steps = time.perf_counter() - start, counted[0] - before
    ended.set()
    thread.join()
    print(f"{steps} steps of another thread in {seconds:.2f} s of invoke")
    assert steps > 5


def test_an_input_is_not_set_while_another_thread_runs(large):
    _, values, interpreter, detail = large
    lock = interpreter._twin.context.lock
    ended = threading.Event()

    def set_tensor():
        interpreter.set_tensor(detail["index"], values)
        ended.set()
    thread = threading.Thread(target=set_tensor)
    with lock:  # as invoke holds it
        thread.start()
        assert not ended.wait(0.2)
    thread.join()
    assert ended.is_set()


def test_a_comparison_goes_with_its_last_reference(digits):
    comparison = nputwin.compare(DIGITS, CPU, NPU)
    seen = []
    comparison.watch(lambda pair: seen.append(pair.tensor))
    comparison.add(digits[:1])
    gone = weakref.ref(comparison)
    gc.disable()
    try:
        del comparison
        assert gone() is None and len(seen) == 20
    finally:
        gc.enable()


def test_threads_with_their_own_interpreters(digits):
    expected = nputwin.run(DIGITS, NPU, digits)["StatefulPartitionedCall_1:0"]
    model = nputwin.Model(DIGITS)
    wrong = []

    def work(k):
        interpreter = nputwin.Interpreter(DIGITS, profile=NPU)
        interpreter.allocate_tensors()
        for i in range(k, 40, 4):
            interpreter.set_tensor(0, digits[i:i + 1])
            interpreter.invoke()
            if not np.array_equal(interpreter.get_tensor(60)[0], expected[i]):
                wrong.append(i)
        if not np.array_equal(nputwin.run(model, NPU, digits[:4])["StatefulPartitionedCall_1:0"], expected[:4]):
            wrong.append("run")
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_progress_and_what_it_raises():
    seen = []
    nputwin.diff(DIGITS, CPU, NPU, "noise:1..5", progress=lambda done, every: seen.append((done, every)))
    assert len(seen) >= 5 and seen[-1][0] == seen[-1][1]
    with pytest.raises(ZeroDivisionError):
        nputwin.diff(DIGITS, CPU, NPU, "noise:1..100000", progress=lambda done, every: 1 / 0)


def test_control_c_ends_long_work():
    code = f"""
        import nputwin, time
        start = time.time()
        try:
            print("begins", flush=True)
            nputwin.diff({DIGITS!r}, {CPU!r}, {NPU!r}, "noise:1..1000000")
        except KeyboardInterrupt:
            print("ended after", time.time() - start)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begins\n"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out.startswith("ended after") and process.returncode == 0


def test_notes_are_kept():
    ecb = nputwin.diff(DIGITS, CPU, NPU, np.zeros((1, 1, 8, 8), np.int8))
    assert ecb.notes == [] or all(isinstance(note, str) for note in ecb.notes)
    interpreter = nputwin.Interpreter(DIGITS, profile=NPU)
    assert interpreter.notes == [] and interpreter.profile == NPU


def test_types():
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, PACKAGE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert os.path.exists(os.path.join(PACKAGE, "py.typed"))


def test_types_that_users_see(tmp_path):
    script = tmp_path / "user.py"
    script.write_text(textwrap.dedent("""
        import numpy as np
        import nputwin
        from nputwin import *
        reveal_type(compare)
        found = nputwin.diff("m.tflite", "vip-v8", "tflite-2.9.1-arm64", np.zeros((1, 8, 8, 1), np.int8))
        reveal_type(found.layers[0].accumulated.mismatches)
        reveal_type(nputwin.harden("m.tflite", "imx8mp").model)
        reveal_type(nputwin.__version__)
        nputwin.diff("m.tflite", "vip-v8", "vip-v8", [(np.zeros(1, np.float32), "quantize=yes"), "noise:1"])
        nputwin.diff("m.tflite", "vip-v8")
        found.layer
    """))
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, script], capture_output=True, text=True,
                          env=dict(os.environ, MYPYPATH=os.path.dirname(PACKAGE)))
    assert '-> nputwin._compare.Comparison"' in done.stdout and 'int"' in done.stdout and 'bytes"' in done.stdout and 'str"' in done.stdout and 'argument "b"' in done.stdout
    assert '"Diff" has no attribute "layer"' in done.stdout and "Found 2 errors" in done.stdout


def test_names_exist_and_are_documented():
    missing = []
    for name in nputwin.__all__:
        value = getattr(nputwin, name)
        if not inspect.getdoc(value) or str(inspect.getdoc(value)).startswith(name + "("):
            missing.append(name)
        if inspect.isclass(value) and not issubclass(value, BaseException):
            missing += [f"{name}.{member}" for member, of in vars(value).items()
                        if not member.startswith("_") and (inspect.isfunction(of) or isinstance(of, property)) and not inspect.getdoc(of)]
        if inspect.isfunction(value):
            text = str(inspect.getdoc(value))
            sections = ["Raises:"] + (["Args:"] if inspect.signature(value).parameters else [])
            missing += [f"{name}: {section}" for section in sections if section not in text]
            missing += [f"{name}: {p}" for p in inspect.signature(value).parameters if p not in text]
    assert missing == [] and set(nputwin.__all__) <= set(dir(nputwin))
    with pytest.raises(AttributeError):
        nputwin.no_such_name


def test_all_names_come_with_a_star():
    names = {}
    exec("from nputwin import *", names)
    assert set(nputwin.__all__) <= set(names) and names["diff"] is nputwin.diff
    with open(os.path.join(PACKAGE, "__init__.py")) as f:
        text = f.read()
    imports = next(node for node in ast.parse(text).body if isinstance(node, ast.If)).body
    told = [alias for node in imports if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(alias.name for alias in told) == nputwin.__all__ and all(alias.asname == alias.name for alias in told)


def test_the_version():
    assert nputwin.__version__ == nputwin.version().split()[1] and "__version__" in dir(nputwin)
    with open(os.path.join(ROOT, "CMakeLists.txt")) as f:
        assert f"project(nputwin VERSION {nputwin.__version__}" in f.read()


def test_every_verb_names_its_source():
    for verb in ("diff", "explain", "characterise", "nearest", "prove", "harden", "cut", "lint", "run", "inspect", "profiles"):
        assert "Source:" in getattr(nputwin, verb).__doc__, verb


@pytest.mark.parametrize("path", SOURCES, ids=os.path.basename)
def test_sources_are_of_python_3_9(path):
    """The syntax, and annotations that are never evaluated. Where there is a Python 3.9, `./dev test --python` runs it."""
    with open(path) as f:
        text = f.read()
    tree = ast.parse(text, feature_version=(3, 9))
    assert len(text.splitlines()) <= 400
    annotated = [n for n in ast.walk(tree) if isinstance(n, (ast.AnnAssign, ast.arg)) and n.annotation is not None]
    assert not annotated or "from __future__ import annotations" in text
    unions = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and isinstance(n.value, ast.BinOp) and isinstance(n.value.op, ast.BitOr)
              and "set(" not in ast.unparse(n)]
    assert unions == []


def test_the_library_that_is_missing():
    done = python("import nputwin; nputwin.version()", NPUTWIN_LIBRARY="/nowhere/libnputwin.so.1")
    assert "nputwin._errors.Error: the native library: there is no /nowhere/libnputwin.so.1" in done.stderr
    done = python("import nputwin; nputwin.version()", NPUTWIN_LIBRARY=sys.executable)
    assert "nputwin._errors.Error" in done.stderr


def test_the_tool():
    version = subprocess.run([sys.executable, "-m", "nputwin", "--version"], capture_output=True, text=True)
    assert version.stdout.split()[1] == nputwin.version().split()[1]
    wrong = subprocess.run([sys.executable, "-m", "nputwin", "frobnicate"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "nputwin" in wrong.stderr
    none = subprocess.run([sys.executable, "-m", "nputwin"], capture_output=True, text=True, env=dict(os.environ, NPUTWIN_TOOL="/nowhere"))
    assert none.returncode == 2 and "there is no /nowhere" in none.stderr


def test_the_delegate_in_litert(digits):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    interpreter = litert.Interpreter(DIGITS, experimental_delegates=[nputwin.load_delegate({"profile": NPU})])
    interpreter.allocate_tensors()
    expected = nputwin.run(DIGITS, NPU, digits)["StatefulPartitionedCall_1:0"]
    for digit, codes in zip(digits, expected):
        interpreter.set_tensor(0, digit[np.newaxis])
        interpreter.invoke()
        np.testing.assert_array_equal(interpreter.get_tensor(60)[0], codes)
    with pytest.raises(ValueError, match="no profile is called 'vip8'"):
        nputwin.load_delegate({"profile": "vip8"})


def test_a_delegate_is_loaded_into_the_runtime_that_is_given(tmp_path, monkeypatch):
    library = tmp_path / "libnputwin_delegate.so"
    monkeypatch.setenv("NPUTWIN_DELEGATE", str(library))
    with pytest.raises(nputwin.Error, match="the delegate: there is no"):
        nputwin.load_delegate()
    library.write_bytes(b"")

    class Runtime:
        @staticmethod
        def load_delegate(path, options):
            return path, options
    assert nputwin.load_delegate({"profile": NPU}, Runtime) == (str(library), {"profile": NPU})
    tensorflow = type("lite", (), {"experimental": Runtime})
    assert nputwin.load_delegate(runtime=tensorflow) == (str(library), {})
    assert nputwin.delegate_path() == str(library)
