"""Ops that few models have: one model an op and type, so that a runtime that lacks one still answers the others."""

from .builder import NONE, RELU6, SAME, VALID, case, conv_shape, element_type, np, options

NUMBERS = ("i8", "i16", "i32", "i64", "f32")
ZERO = {"i8": -7, "u8": 131, "i16": 0}


def quantized(t):
    return (0.1, ZERO[t]) if t in ZERO else (None, 0)


def edges(t):
    """Numbers of a type around 0, halves where it has them, and its ends."""
    if t == "f32":
        return np.array([-2.5, -1.5, -0.5, -0.49999997, -0.3, -0.0, 0.0, 0.3, 0.5, 1.5, 2.5, 3.7, -3.7, 8388609.0, -4194304.5, 1e9], np.float32)
    info = np.iinfo({"i8": "int8", "u8": "uint8", "i16": "int16", "i32": "int32", "i64": "int64"}[t])
    middle = (0, 1, 2, 3, 5, 7, 30, 100) if t == "u8" else (-30, -7, -5, -3, -1, 0, 1, 2, 3, 4, 5, 7, 30, 100)
    return np.array([info.min, info.min + 1, *middle, info.max - 1, info.max])


@case("ceil_round", "CEIL and ROUND of float32: halves, what lies just below one, whole numbers beyond 2^23.")
def ceil_round(b):
    x, noise = b.constant("f32", edges("f32")), b.input("f32", (7, 33))
    for op in ("CEIL", "ROUND"):
        b.op(op, [x], [b.tensor("f32", (16,))])
        b.op(op, [noise], [b.tensor("f32", (7, 33))])


@case("sign", "SIGN: both zeros, the ends of int32.", ("f32", "i32"))
def sign(b, t):
    b.op("SIGN", [b.constant(t, edges(t))], [b.tensor(t, (16,))], version=2 if t == "i32" else 1)


def floor_case(op, versions):
    @case(op.lower(), "%s of stored numbers: every pair of signs, exact and not, equal shapes and broadcast." % op,
          NUMBERS if op == "FLOOR_MOD" else ("i8", "i16", "i32", "f32"))
    def floor_op(b, t):
        scale = quantized(t)
        values = edges(t)
        x = b.constant(t, values.reshape(-1, 1), *scale)
        # Not -1 beside the lowest number, which ends a process.
        divisors = [v for v in values if v not in (0, -1)]
        b.op(op, [x, b.constant(t, divisors, *scale)], [b.tensor(t, (len(values), len(divisors)), *scale)], version=versions[t])
        y = np.resize(divisors, len(values))
        b.op(op, [b.constant(t, values, *scale), b.constant(t, y, *scale)], [b.tensor(t, (len(values),), *scale)], version=versions[t])


floor_case("FLOOR_DIV", {"i8": 3, "i16": 3, "i32": 1, "f32": 2})
floor_case("FLOOR_MOD", {"i8": 2, "i16": 2, "i32": 1, "i64": 1, "f32": 1})


@case("power", "POW: one whole exponent (repeated multiplication, int32 wraps), one that is not, an exponent for each base "
      "(the C library, int32 cast from binary64).", ("f32", "i32"))
def power(b, t):
    bases = edges(t)[:15] if t == "f32" else np.array([-46341, -300, -7, -2, -1, 0, 1, 2, 3, 7, 46341, 65536, 100000, 2147483647])
    x, n = b.constant(t, bases), len(bases)
    for exponent in ((1.0, 2.0, 5.0, 0.0, 0.5, 2.000001) if t == "f32" else (1, 2, 5, 31, 0)):
        b.op("POW", [x, b.constant(t, [exponent])], [b.tensor(t, (n,))], options("PowOptions"))
    b.op("POW", [x, b.constant(t, np.resize([0, 1, 2, 3, 5, 9], n))], [b.tensor(t, (n,))], options("PowOptions"))


@case("atan2", "ATAN2 of float32, both zeros among the points.")
def atan2(b):
    b.op("ATAN2", [b.constant("f32", edges("f32")), b.constant("f32", edges("f32")[::-1])], [b.tensor("f32", (16,))])
    b.op("ATAN2", [b.input("f32", (97,)), b.another_input("f32", (97,))], [b.tensor("f32", (97,))])


@case("fake_quant", "FAKE_QUANT: 2, 4, 8 and 16 bits, ranges that move so that 0 is a code, values outside.")
def fake_quant(b):
    x = b.input("f32", (3, 97))
    for least, most, bits in ((-1.0, 1.0, 8), (-0.7, 0.45, 8), (0.0, 0.6, 4), (-0.5, 0.75, 2), (-0.9, 0.3, 16)):
        b.op("FAKE_QUANT", [x], [b.tensor("f32", (3, 97))], options("FakeQuantOptions", min=least, max=most, numBits=bits), version=2)


@case("log_softmax", "LOG_SOFTMAX: one code a row, rows of equal codes, small and large scales.", ("i8", "u8", "f32"))
def log_softmax(b, t):
    for shape, scale in (((3, 10), 0.1), ((2, 3, 33), 0.02), ((5, 1), 0.5), ((2, 65), 1.7), ((4, 16), 0.0625), ((1, 700), 0.003)):
        x = b.input(t, shape, scale, 3) if t != "f32" else b.input(t, shape)
        y = b.tensor(t, shape, 16 / 256, 127 if t == "i8" else 255) if t != "f32" else b.tensor(t, shape)
        b.op("LOG_SOFTMAX", [x], [y], options("LogSoftmaxOptions"), version=2 if t == "i8" else 1)
    if t != "f32":
        equal = b.constant(t, np.full((2, 9), 100), 0.1, 3)
        b.op("LOG_SOFTMAX", [equal], [b.tensor(t, (2, 9), 16 / 256, 127 if t == "i8" else 255)], options("LogSoftmaxOptions"), version=2)


def number_pool(op):
    @case(op.lower() + "_f32", "%s of float32: paddings, strides, windows whose count is and is not a power of two, fused activations." % op)
    def make(b):
        for h, w, c, k, s, padding, activation in (
            (5, 5, 3, (2, 2), 1, VALID, NONE),
            (5, 5, 17, (3, 3), 2, SAME, NONE),
            (7, 6, 8, (2, 3), 1, SAME, RELU6),
        ):
            b.op(op, [b.input("f32", (1, h, w, c))], [b.tensor("f32", conv_shape(1, h, w, k, (s, s), (1, 1), padding, c))], options(
                "Pool2DOptions", padding=padding, strideH=s, strideW=s, filterHeight=k[0], filterWidth=k[1], fusedActivationFunction=activation))


for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
    number_pool(name)


@case("topk_v2", "TOPK_V2: one, some and all of a row, equal values.", ("i8", "u8", "i16", "i32", "i64", "f32"))
def topk_v2(b, t):
    values = np.resize(edges(t), (3, 20))
    x = b.constant(t, values, *quantized(t))
    for k in (1, 5, 20):
        b.op("TOPK_V2", [x, b.constant("i32", k)], [b.tensor(t, (3, k), *quantized(t)), b.tensor("i32", (3, k))], options("TopKV2Options"),
             version=3 if t == "i16" else 2)


@case("reverse_sequence", "REVERSE_SEQUENCE: sequence before and behind the batch, lengths from 0 to all.", ("u8", "i16", "i32", "i64", "f32"))
def reverse_sequence(b, t):
    shape = (4, 3, 5, 2)
    x = b.constant(t, np.arange(120).reshape(shape), *quantized(t))
    for sequence, batch, lengths in ((2, 0, (0, 1, 3, 5)), (0, 2, (4, 2, 1, 3, 0)), (1, 3, (3, 2))):
        b.op("REVERSE_SEQUENCE", [x, b.constant("i32", lengths)], [b.tensor(t, shape, *quantized(t))],
             options("ReverseSequenceOptions", seqDim=sequence, batchDim=batch))


@case("cumsum", "CUMSUM: exclusive, from the end, both; a negative axis; int32 that wraps.", ("i32", "i64", "f32"))
def cumsum(b, t):
    x = b.constant(t, np.resize(edges(t), (3, 7, 4)))
    for axis, exclusive, reverse in ((0, False, False), (-1, True, False), (1, False, True), (1, True, True)):
        b.op("CUMSUM", [x, b.constant("i32", axis)], [b.tensor(t, (3, 7, 4))], options("CumsumOptions", exclusive=exclusive, reverse=reverse))


@case("embedding_lookup", "EMBEDDING_LOOKUP: rows as they are and, of 8-bit codes, as numbers: one scale, a scale a row.", ("i8", "u8", "f32"))
def embedding_lookup(b, t):
    rows = np.resize(edges(t), (6, 3, 5))
    index = b.constant("i32", [5, 0, 3, 3])
    b.op("EMBEDDING_LOOKUP", [index, b.constant(t, rows, *quantized(t))], [b.tensor(t, (4, 3, 5), *quantized(t))], version=2)
    if t != "f32":
        b.op("EMBEDDING_LOOKUP", [index, b.constant(t, rows, *quantized(t))], [b.tensor("f32", (4, 3, 5))], version=3)


@case("embedding_lookup_rows", "EMBEDDING_LOOKUP of int8 rows with a scale each.")
def embedding_lookup_rows(b):
    rows = b.constant("i8", np.resize(edges("i8"), (6, 15)), [0.1 * (1 + k) for k in range(6)])
    b.op("EMBEDDING_LOOKUP", [b.constant("i32", [5, 0, 3, 3]), rows], [b.tensor("f32", (4, 15))], version=4)


@case("dynamic_update_slice", "DYNAMIC_UPDATE_SLICE: inside, beyond both ends, all of it.", ("i8", "i32", "i64", "f32", "bool"))
def dynamic_update_slice(b, t):
    x = b.constant(t, np.arange(60).reshape(3, 4, 5) % 2 if t == "bool" else np.arange(60).reshape(3, 4, 5), *quantized(t))
    for shape, start in (((2, 1, 3), (1, 2, 1)), ((2, 2, 2), (-4, 3, 9)), ((3, 4, 5), (0, 0, 0))):
        update = b.constant(t, np.ones(shape) if t == "bool" else np.full(shape, 77), *quantized(t))
        b.op("DYNAMIC_UPDATE_SLICE", [x, update, b.constant("i32", start)], [b.tensor(t, (3, 4, 5), *quantized(t))])


@case("integer_reductions", "MEAN and SUM of integers that are no codes: means below 0 are cut, int32 sums wrap, int64 ones too.", ("i32", "i64"))
def integer_reductions(b, t):
    x = b.constant(t, np.resize(edges(t), (2, 3, 4, 5)))
    for op in ("MEAN", "SUM"):
        for axes, out in (((1, 2), (2, 5)), ((0,), (3, 4, 5)), ((-1,), (2, 3, 4)), ((0, 1, 2, 3), ())):
            b.op(op, [x, b.constant("i32", axes)], [b.tensor(t, out)], options("ReducerOptions"), version=1)


@case("arg_bool", "ARG_MAX and ARG_MIN of truth values: the first of several.")
def arg_bool(b):
    x = b.constant("bool", np.arange(40).reshape(5, 8) % 3 == 1)
    for op in ("ARG_MAX", "ARG_MIN"):
        b.op(op, [x, b.constant("i32", 1)], [b.tensor("i32", (5,))], options(op.title().replace("_", "").replace("Argm", "ArgM") + "Options", outputType=element_type("i32")),
             version=3)


@case("scatter_bool", "SCATTER_ND of truth values: two at one place.")
def scatter_bool(b):
    b.op("SCATTER_ND", [b.constant("i32", [[1], [3], [1]]), b.constant("bool", [True, False, False]), b.constant("i32", [5])],
         [b.tensor("bool", (5,))], options("ScatterNdOptions"))


@case("neg_codes", "NEG of the stored numbers of codes, the lowest too.", ("i8", "i16"))
def neg_codes(b, t):
    b.op("NEG", [b.constant(t, edges(t), *quantized(t))], [b.tensor(t, (len(edges(t)),), *quantized(t))])


@case("resize_bilinear_f32", "RESIZE_BILINEAR of float32: twice the size and others, aligned corners, half pixels.")
def resize_bilinear_f32(b):
    x = b.input("f32", (2, 4, 5, 7))
    for out, align, half in (((8, 10), False, False), ((7, 3), False, False), ((9, 13), True, False), ((8, 10), False, True), ((3, 24), False, True)):
        b.op("RESIZE_BILINEAR", [x, b.constant("i32", out)], [b.tensor("f32", (2, *out, 7))],
             options("ResizeBilinearOptions", alignCorners=align, halfPixelCenters=half), version=3)


def refused(name, tests, make):
    """What the kernels of all runtimes refuse: that is their answer."""
    case(name, tests)(make)


refused("pack_bool", "PACK of truth values, which the runtimes refuse.", lambda b: b.op(
    "PACK", [b.constant("bool", [True, False])] * 2, [b.tensor("bool", (2, 2))], options("PackOptions", valuesCount=2, axis=0), version=3))
refused("unpack_i64", "UNPACK of int64, which the runtimes refuse.", lambda b: b.op(
    "UNPACK", [b.constant("i64", [[1, 2], [3, 4]])], [b.tensor("i64", (2,)), b.tensor("i64", (2,))], options("UnpackOptions", num=2, axis=0), version=3))
refused("quantize_i16_to_u8", "QUANTIZE of int16 codes to uint8, which the runtimes refuse.", lambda b: b.op(
    "QUANTIZE", [b.constant("i16", [-9, 0, 9], 0.1)], [b.tensor("u8", (3,), 0.1, 128)], options("QuantizeOptions"), version=2))
