"""nputwin.Interpreter beside the real one: details field by field, errors, outputs."""
import os

import numpy as np
import pytest
from conftest import CORPUS, DIGITS, MODELS, ROOT

import nputwin

litert = pytest.importorskip("ai_edge_litert.interpreter")
PROFILE = "litert-2.3-x86"

OWN = [os.path.join(MODELS, name) for name in sorted(os.listdir(MODELS)) if name.endswith(".tflite")]
PUBLIC = [os.path.join(CORPUS, name + ".tflite") for name in (
    "op_add_a8w8", "op_mixed_layers_i8", "kws_mlperf_tiny_streaming_ww_i8", "rnn_mnist_lstm_i8", "cls_vww96_gray_dynshape_i8",
    "det_nxp_yolo_face_i8", "det_ssd_mobilenet_v1_coco_u8", "x16_arm_dscnn_s_i16x8", "seg_portrait_mnv3_qat_floatio_i8",
    "kws_mww_okay_nabu_v2_i8", "cls_automl_flowers_u8")]
EACH_MODEL = pytest.mark.parametrize("path", OWN + [p for p in PUBLIC if os.path.exists(p)], ids=os.path.basename)


def both(path, **keywords):
    return litert.Interpreter(model_path=path, **keywords), nputwin.Interpreter(model_path=path, profile=PROFILE, **keywords)


def assert_alike(real, ours, where=""):
    """The same types and values, all the way down."""
    assert type(real) is type(ours), where
    if isinstance(real, dict):
        assert list(real) == list(ours), where
        for key in real:
            assert_alike(real[key], ours[key], f"{where}.{key}")
    elif isinstance(real, (list, tuple)):
        assert len(real) == len(ours), where
        for k, (a, b) in enumerate(zip(real, ours)):
            assert_alike(a, b, f"{where}[{k}]")
    elif isinstance(real, np.ndarray):
        assert real.dtype == ours.dtype and real.shape == ours.shape, where
        np.testing.assert_array_equal(real, ours, err_msg=where)
    else:
        assert real == ours, where


@EACH_MODEL
@pytest.mark.parametrize("compress", [False, True])
def test_details(path, compress):
    real, ours = both(path, experimental_compress_quantization_zero_points=compress)
    count = real._interpreter.NumTensors(0)  # ours has further ones behind them for variables that are resources
    known = [d for d in ours.get_tensor_details() if d["index"] < count]
    indices = {d["index"] for d in known}
    assert_alike([d for d in real.get_tensor_details() if d["index"] in indices], known, "tensors")
    unread = [d["dtype"] for d in real.get_tensor_details() if d["index"] not in indices]
    assert all(dtype in (np.object_, np.float16, np.uint32, np.uint64) for dtype in unread)
    if not unread:
        assert_alike(real._get_ops_details(), ours._get_ops_details(), "ops")
    assert_alike(real.get_input_details(), ours.get_input_details(), "inputs")
    assert_alike(real.get_output_details(), ours.get_output_details(), "outputs")
    assert_alike(real.get_signature_list(), ours.get_signature_list(), "signatures")
    assert_alike(real._get_full_signature_list(), ours._get_full_signature_list(), "signatures")
    assert real.num_subgraphs() == ours.num_subgraphs()
    assert real._interpreter.NumNodes() == ours._interpreter.NumNodes()
    assert real._interpreter.NodeName(0) == ours._interpreter.NodeName(0)
    assert_alike(real._interpreter.NodeInputs(0), ours._interpreter.NodeInputs(0))
    for key in real.get_signature_list():
        a, b = real.get_signature_runner(key), ours.get_signature_runner(key)
        assert_alike(a.get_input_details(), b.get_input_details())
        assert_alike(a.get_output_details(), b.get_output_details())


def noise(detail, seed):
    generator = np.random.default_rng(seed)
    if np.issubdtype(detail["dtype"], np.integer):
        limits = np.iinfo(detail["dtype"])
        return generator.integers(limits.min, limits.max, detail["shape"], detail["dtype"], endpoint=True)
    return generator.uniform(-1, 1, detail["shape"]).astype(detail["dtype"])


@EACH_MODEL
@pytest.mark.parametrize("resolver", ["AUTO", "BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES"])
def test_outputs(path, resolver):
    real = litert.Interpreter(model_path=path, experimental_op_resolver_type=getattr(litert.OpResolverType, resolver))
    ours = nputwin.Interpreter(model_path=path, experimental_op_resolver_type=getattr(nputwin.OpResolverType, resolver), profile=PROFILE)
    if resolver == "BUILTIN_REF" and os.path.getsize(path) > 3e6:
        pytest.skip("reference kernels take minutes")
    try:
        real.allocate_tensors()
    except RuntimeError:
        with pytest.raises(RuntimeError):
            ours.allocate_tensors()
        return
    ours.allocate_tensors()
    for seed in (1, 2):  # twice: variables keep their values
        for k, detail in enumerate(real.get_input_details()):
            values = noise(detail, 10 * seed + k)
            real.set_tensor(detail["index"], values)
            ours.set_tensor(detail["index"], values)
        real.invoke()
        ours.invoke()
        assert_alike(real.get_output_details(), ours.get_output_details())
        for detail in real.get_output_details():
            assert_alike(real.get_tensor(detail["index"]), ours.get_tensor(detail["index"]), detail["name"])
            assert_alike(real.tensor(detail["index"])(), ours.tensor(detail["index"])())


def test_every_tensor_that_is_kept(digits):
    real = litert.Interpreter(model_path=DIGITS, experimental_preserve_all_tensors=True,
                              experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    ours = nputwin.Interpreter(model_path=DIGITS, experimental_preserve_all_tensors=True, profile=PROFILE,
                               experimental_op_resolver_type=nputwin.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    for interpreter in (real, ours):
        interpreter.allocate_tensors()
        interpreter.set_tensor(0, digits[:1])
        interpreter.invoke()
    for detail in ours.get_tensor_details():
        assert_alike(real.get_tensor(detail["index"]), ours.get_tensor(detail["index"]), detail["name"])


def test_a_signature_and_another_shape(digits):
    real, ours = both(DIGITS)
    for count in (3, 1):
        values = digits[:count]
        assert_alike(real.get_signature_runner()(keras_tensor_61=values), ours.get_signature_runner()(keras_tensor_61=values))
        assert_alike(real.get_input_details(), ours.get_input_details())
        assert_alike(real.get_output_details(), ours.get_output_details())


def ready(interpreter):
    interpreter.allocate_tensors()
    return interpreter


def held(interpreter):
    interpreter.allocate_tensors()
    array = interpreter.tensor(0)()[0]
    interpreter.invoke()
    return array


INT8 = np.zeros((1, 8, 8, 1), np.int8)
WRONG = {
    "invoke before allocate": lambda i: i.invoke(),
    "get before allocate": lambda i: i.get_tensor(60),
    "view before allocate": lambda i: i.tensor(60)(),
    "set before allocate": lambda i: i.set_tensor(0, INT8),
    "dtype": lambda i: ready(i).set_tensor(0, INT8.astype(np.uint8)),
    "rank": lambda i: ready(i).set_tensor(0, INT8[0]),
    "shape": lambda i: ready(i).set_tensor(0, np.zeros((1, 8, 8, 2), np.int8)),
    "a list of numbers": lambda i: ready(i).set_tensor(0, [[1]]),
    "set no tensor": lambda i: ready(i).set_tensor(999, INT8),
    "set a negative index": lambda i: ready(i).set_tensor(-1, INT8),
    "get no tensor": lambda i: ready(i).get_tensor(999),
    "get of no graph": lambda i: ready(i).get_tensor(60, 1),
    "an inner tensor": lambda i: ready(i).get_tensor(45),
    "view of an inner tensor": lambda i: ready(i).tensor(45)(),
    "strict": lambda i: i.resize_tensor_input(0, [2, 8, 8, 1], strict=True),
    "resize by two dimensions": lambda i: i.resize_tensor_input(0, [[2, 8, 8, 1]]),
    "resize no tensor": lambda i: i.resize_tensor_input(999, [1]),
    "invoke after resize": lambda i: (ready(i).resize_tensor_input(0, [2, 8, 8, 1]), i.invoke()),
    "a held view": held,
    "no such signature": lambda i: i.get_signature_runner("x"),
    "too few inputs": lambda i: i.get_signature_runner()(),
    "an input of another name": lambda i: i.get_signature_runner()(x=INT8),
    "a signature's dtype": lambda i: i.get_signature_runner()(keras_tensor_61=INT8.astype(np.float64)),
    "a list for a signature": lambda i: i.get_signature_runner()(keras_tensor_61=[1]),
    "no such graph": lambda i: i.get_tensor_details(1),
    "no such op": lambda i: i._get_op_details(99),
    "details of no tensor": lambda i: i._get_tensor_details(999, 0),
}


def raised(f):
    with pytest.raises(Exception) as caught:
        f()
    return caught.value


@pytest.mark.parametrize("what", WRONG)
def test_errors(what):
    real, ours = (raised(lambda: WRONG[what](interpreter)) for interpreter in both(DIGITS))
    assert type(ours) is type(real), (real, ours)
    if what != "resize no tensor":  # names a line of TFLite
        assert words(ours) == words(real)


def words(error):
    return " ".join(str(error).split())


@pytest.mark.parametrize("keywords", [
    {}, {"model_path": "nowhere.tflite"}, {"model_path": DIGITS, "model_content": b"1"}, {"model_content": b"abc"},
    {"model_path": DIGITS, "num_threads": 0}, {"model_path": DIGITS, "num_threads": "1"},
    {"model_path": DIGITS, "experimental_op_resolver_type": 7}, {"model_path": DIGITS, "no_such_keyword": 1}], ids=str)
def test_errors_of_the_constructor(keywords):
    real, ours = (raised(lambda: make(**keywords)) for make in (litert.Interpreter, nputwin.Interpreter))
    assert type(ours) is type(real), (real, ours)
    known = ("nowhere.tflite", "not a valid Flatbuffer buffer", "no_such_keyword")
    assert words(ours) == words(real) or any(part in str(ours) and part in str(real) for part in known)


@pytest.mark.parametrize("keyword", [
    "experimental_disable_delegate_clustering", "experimental_default_delegate_latest_features",
    "experimental_disable_delegate_node_fusion"])
def test_keywords_that_cannot_apply_say_so(keyword):
    with pytest.raises(ValueError, match=keyword):
        nputwin.Interpreter(DIGITS, **{keyword: True})
    nputwin.Interpreter(DIGITS, **{keyword: False})


@pytest.mark.parametrize("keywords, expected", [
    ({"num_threads": True}, "type of num_threads should be int"), ({"num_threads": 1025}, "<= 1024"),
    ({"profile": "mine.json", "experimental_op_resolver_type": nputwin.OpResolverType.BUILTIN_REF}, "document has no modes"),
    ({"profile": '{"name": "mine"}', "experimental_op_resolver_type": nputwin.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}, "BUILTIN"),
    ({"profile": "vip-v8\0x"}, "embedded null byte")])
def test_values_that_cannot_apply_say_so(keywords, expected):
    with pytest.raises(ValueError, match=expected):
        nputwin.Interpreter(DIGITS, **keywords).allocate_tensors()


@pytest.mark.parametrize("shape", [[], [0, 8, 8, 1], [1, -1, 8, 1]])
def test_shapes_that_no_input_has(shape):
    interpreter = nputwin.Interpreter(DIGITS)
    with pytest.raises(ValueError, match="Cannot resize input 0, name: 'serving_default_keras_tensor_61:0'"):
        interpreter.resize_tensor_input(0, shape)
    interpreter.allocate_tensors()


@pytest.mark.parametrize("name", ["", "shared"])
def test_an_input_that_has_no_name_of_its_own_keeps_its_shape(name):
    interpreter = nputwin.Interpreter(os.path.join(ROOT, "tests", "vectors", "directed", "add_i8.tflite"))
    inputs = interpreter.get_input_details()
    assert len(inputs) > 1
    for detail in inputs:  # as if the file had it
        interpreter._details.tensors[detail["index"]]["name"] = name
    interpreter.resize_tensor_input(inputs[1]["index"], inputs[1]["shape"])
    with pytest.raises(ValueError, match=f"Cannot resize input {inputs[1]['index']}, name: '{name}'.*a name that no other input has"):
        interpreter.resize_tensor_input(inputs[1]["index"], [7, *inputs[1]["shape"][1:]])


def test_a_delegate_is_no_profile():
    with pytest.raises(ValueError, match="profile="):
        nputwin.Interpreter(DIGITS, experimental_delegates=[object()])
    with pytest.raises(ValueError, match="custom_op_registerers"):
        nputwin.InterpreterWithCustomOps(["Register"], model_path=DIGITS)
    nputwin.InterpreterWithCustomOps(model_path=DIGITS).allocate_tensors()


def test_parameters_have_the_same_order():
    import inspect
    real = list(inspect.signature(litert.Interpreter.__init__).parameters)
    ours = list(inspect.signature(nputwin.Interpreter.__init__).parameters)
    assert ours[:len(real)] == real
    public = [name for name in dir(litert.Interpreter) if not name.startswith("_")]
    assert [name for name in public if not hasattr(nputwin.Interpreter, name)] == []
