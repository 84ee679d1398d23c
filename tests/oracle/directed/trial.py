"""What random trial found: each of these once gave other numbers than the runtimes, or was refused by one side alone."""

from .builder import SAME, case, conv_shape, np, options

SCALES = [0.02 * (1 + 0.37 * (k % 5)) for k in range(9)]


def fully_connected(b, w_type, scale, depth, version=4, keep=False, lead=(6,), zero=3):
    """FULLY_CONNECTED of 9 units; `scale`: one, or one for each unit."""
    rng = np.random.default_rng(depth + version)
    low, high = (-8, 8) if w_type == "i4" else (-127, 128)
    w = b.constant(w_type, rng.integers(low, high, (9, depth)), scale, 0, 0)
    bias = b.constant("i32", rng.integers(-900, 900, 9), [0.05 * s for s in np.atleast_1d(scale)], 0, 0)
    shape = (*lead, 9) if keep else (int(np.prod(lead)), 9)
    b.op("FULLY_CONNECTED", [b.another_input("i8", (*lead, depth), 0.05, zero), w, bias], [b.tensor("i8", shape, 0.37, -4)],
         options("FullyConnectedOptions", keepNumDims=keep), version=version)


@case("fully_connected_sparse_version", "FULLY_CONNECTED of version 8, which XNNPACK leaves to the runtime's own kernel.")
def fully_connected_sparse_version(b):
    fully_connected(b, "i8", 0.02, 8, 8)
    fully_connected(b, "i8", SCALES, 17, 8)


@case("int4_fully_connected_even", "FULLY_CONNECTED by 4-bit weights whose rows fill whole bytes; one scale.")
def int4_fully_connected_even(b):
    for depth in (8, 16, 34):
        fully_connected(b, "i4", 0.3, depth)


@case("int4_fully_connected_channels", "FULLY_CONNECTED by 4-bit weights with a scale for each unit; even and odd depth.")
def int4_fully_connected_channels(b):
    for depth in (8, 9, 34):
        fully_connected(b, "i4", [16 * s for s in SCALES], depth)


@case("fully_connected_early_channels", "FULLY_CONNECTED with a weight scale for each unit, of a version that early releases know.")
def fully_connected_early_channels(b):
    for depth in (7, 16, 33):
        fully_connected(b, "i8", SCALES, depth)


@case("fully_connected_channels_kept", "FULLY_CONNECTED with a weight scale for each unit and an output that is no matrix.")
def fully_connected_channels_kept(b):
    fully_connected(b, "i8", SCALES, 8, keep=True, lead=(2, 3))


@case("fully_connected_multiplier_300", "FULLY_CONNECTED with a multiplier beyond 256.")
def fully_connected_multiplier_300(b):
    w = b.constant("i8", np.ones((5, 4)), 300.0, 0, 0)
    b.op("FULLY_CONNECTED", [b.another_input("i8", (3, 4), 0.5, 0), w, b.constant("i32", np.zeros(5), 150.0, 0, 0)],
         [b.tensor("i8", (3, 5), 0.5, 0)], options("FullyConnectedOptions"), version=4)


@case("transpose_conv_stride", "TRANSPOSE_CONV with SAME padding and a kernel smaller than its stride.", ("i8", "u8"))
def transpose_conv_stride(b, t):
    zero = 0 if t == "i8" else 128
    for kernel, stride in (((2, 2), (3, 3)), ((1, 3), (2, 2)), ((3, 1), (2, 2))):
        rng = np.random.default_rng(4)
        w = b.constant(t, rng.integers(zero - 99, zero + 99, (5, *kernel, 9)), 0.02, zero, 0)
        out = (1, 4 * stride[0], 3 * stride[1], 5)
        b.op("TRANSPOSE_CONV", [b.constant("i32", out), w, b.another_input(t, (1, 4, 3, 9), 0.5, zero + 3), b.constant("i32", range(-40, 60, 20), 0.01, 0, 0)],
             [b.tensor(t, out, 0.7, zero)], options("TransposeConvOptions", padding=SAME, strideH=stride[0], strideW=stride[1]), version=3)


@case("conv_stride", "CONV_2D and DEPTHWISE_CONV_2D with SAME padding and a kernel smaller than its stride along one dimension.", ("i8", "u8"))
def conv_stride(b, t):
    zero = 0 if t == "i8" else 128
    for kernel, stride, size in (((5, 1), (3, 3), (9, 3)), ((1, 3), (2, 2), (5, 4)), ((1, 1), (2, 2), (6, 6)), ((2, 1), (1, 3), (4, 6))):
        rng = np.random.default_rng(5)
        for op, shape, option in (("CONV_2D", (4, *kernel, 6), "Conv2DOptions"), ("DEPTHWISE_CONV_2D", (1, *kernel, 6), "DepthwiseConv2DOptions")):
            channels = 4 if op == "CONV_2D" else 6
            w = b.constant(t, rng.integers(zero - 99, zero + 99, shape), 0.02, zero, 0)
            more = {} if op == "CONV_2D" else {"depthMultiplier": 1}
            b.op(op, [b.another_input(t, (1, *size, 6), 0.5, zero + 3), w, b.constant("i32", rng.integers(-900, 900, channels), 0.01, 0, 0)],
                 [b.tensor(t, conv_shape(1, *size, kernel, stride, (1, 1), SAME, channels), 0.7, zero)],
                 options(option, padding=SAME, strideH=stride[0], strideW=stride[1], dilationHFactor=1, dilationWFactor=1, **more), version=3)


@case("dequantize_constant", "DEQUANTIZE of an int8 constant whose numbers are a graph output.")
def dequantize_constant(b):
    b.op("DEQUANTIZE", [b.constant("i8", np.arange(-12, 12).reshape(4, 6), 0.25, 3)], [b.tensor("f32", (4, 6))], version=2)


@case("sum_equal", "SUM of codes with one scale and zero point before and behind it, where the codes' sum passes their range.", ("i8", "u8"))
def sum_equal(b, t):
    for zero in (3, 0 if t == "u8" else -128):
        b.op("SUM", [b.another_input(t, (3, 7, 5), 0.1, zero), b.constant("i32", [1])], [b.tensor(t, (3, 1, 5), 0.1, zero)],
             options("ReducerOptions", keepDims=True), version=2)


@case("batch_matmul_turned", "BATCH_MATMUL of several turned matrices by one.", ("i8", "i16"))
def batch_matmul_turned(b, t):
    for first, second, out in (((3, 8, 5), (1, 8, 7), (3, 5, 7)), ((2, 3, 8, 5), (2, 1, 8, 7), (2, 3, 5, 7))):
        b.op("BATCH_MATMUL", [b.another_input(t, first, 0.05, 0), b.another_input(t, second, 0.02, 0)], [b.tensor(t, out, 0.3 if t == "i8" else 0.9, 0)],
             options("BatchMatMulOptions", adjX=True), version=2 if t == "i8" else 3)


@case("hard_swish_f32", "HARD_SWISH of binary32 numbers: whole blocks of 4, and what is left of them.")
def hard_swish_f32(b):
    for shape in ((4, 9), (3,), (2, 5, 7)):
        b.op("HARD_SWISH", [b.another_input("f32", shape)], [b.tensor("f32", shape)])


@case("div_by_zero", "DIV of int32 numbers, one divisor 0: the runtimes stop.")
def div_by_zero(b):
    b.op("DIV", [b.another_input("i32", (4,)), b.constant("i32", [3, 0, -2, 7])], [b.tensor("i32", (4,))], options("DivOptions"))


@case("wide_broadcast", "Unequal shapes of 5 dimensions, which the plain kernels of early releases cannot hold.", ("i8", "f32"))
def wide_broadcast(b, t):
    scale = (0.1, 3) if t == "i8" else ()
    for op in ("MUL", "EQUAL"):
        x, y = b.another_input(t, (2, 1, 2, 1, 3), *scale), b.another_input(t, (1, 2, 1, 3, 1), *scale)
        out = b.tensor(t, (2, 2, 2, 3, 3), *scale) if op == "MUL" else b.tensor("bool", (2, 2, 2, 3, 3))
        b.op(op, [x, y], [out], options("MulOptions") if op == "MUL" else None, version=2 if t == "i8" else 1)


def one(b, op, t, option=None, version=1, more=(), out=None):
    """One op of one input beside constants."""
    scale = (0.1, 0) if t in ("i8", "i16", "u8") else ()
    b.op(op, [b.another_input(t, (2, 3), *scale), *more], [b.tensor(t, out or (2, 3), *scale)], options(option) if option else None, version=version)


@case("late_types_i16", "Types of int16 codes that kernels take from some release on: MIRROR_PAD.")
def late_types_i16(b):
    one(b, "MIRROR_PAD", "i16", "MirrorPadOptions", 2, [b.constant("i32", [[1, 1], [0, 2]])], (4, 5))


@case("late_types_gelu_i16", "GELU of int16 codes, which kernels take from LiteRT 1.4 on.")
def late_types_gelu_i16(b):
    one(b, "GELU", "i16", "GeluOptions", 2)


@case("late_types_tile_i16", "TILE of int16 codes, which kernels take from LiteRT 2.1.6 on.")
def late_types_tile_i16(b):
    one(b, "TILE", "i16", None, 1, [b.constant("i32", [2, 1])], (4, 3))


@case("late_types_pad_bool", "PAD of booleans, which kernels take from TensorFlow 2.21 on.")
def late_types_pad_bool(b):
    one(b, "PAD", "bool", "PadOptions", 1, [b.constant("i32", [[1, 1], [0, 2]])], (4, 5))


@case("late_types_log_i8", "LOG of int8 codes, which kernels take from TensorFlow 2.15 on.")
def late_types_log_i8(b):
    b.op("LOG", [b.another_input("i8", (3, 7), 0.1, -128)], [b.tensor("i8", (3, 7), 0.05, -20)], None, version=2)


def full(b, x, shape):
    """x with all bits of its fraction in use."""
    y = b.tensor("f32", shape)
    b.op("MUL", [x, b.constant("f32", [0.3])], [y], options("MulOptions"))
    return y


@case("division_of_rows", "DIV of rows of 1 to 35 binary32 numbers by one number each, and of all by one.", ("f32",))
def division_of_rows(b, t):
    for n in (1, 7, 8, 13, 21, 35):
        for divisor in ((3, 1), (1,)):
            x, y = b.another_input(t, (3, n)), b.another_input(t, divisor)
            b.op("DIV", [full(b, x, (3, n)), full(b, y, divisor)], [b.tensor(t, (3, n))], options("DivOptions"))


@case("l2_normalization_numbers", "L2_NORMALIZATION of binary32 numbers: depths around vectors of four.", ("f32",))
def l2_normalization_numbers(b, t):
    for depth in (1, 3, 4, 5, 8, 11, 37):
        x = full(b, b.another_input(t, (6, depth)), (6, depth))
        b.op("L2_NORMALIZATION", [x], [b.tensor(t, (6, depth))], options("L2NormOptions"))


@case("resize_numbers", "RESIZE_BILINEAR of binary32 numbers: channels around vectors of four.", ("f32",))
def resize_numbers(b, t):
    for depth in (1, 4, 7, 18):
        x = full(b, b.another_input(t, (1, 3, 5, depth)), (1, 3, 5, depth))
        b.op("RESIZE_BILINEAR", [x, b.constant("i32", [4, 7])], [b.tensor(t, (1, 4, 7, depth))], options("ResizeBilinearOptions"))


@case("gelu_table_i16", "GELU of int16 codes of one scale before and behind: all pieces of the table begin at halves.")
def gelu_table(b):
    x = b.constant("i16", np.arange(-32768, 32768, 37), 0.000548866286, 0)
    b.op("GELU", [x], [b.tensor("i16", (1772,), 0.000548866286, 0)], options("GeluOptions"), version=2)


def flat_rows(b, t, depth, scale=1e-6):
    b.op("SOFTMAX", [b.another_input(t, (2, depth), scale, 0)], [b.tensor(t, (2, depth), 1 / 256, -128 if t == "i8" else 0)],
         options("SoftmaxOptions", beta=1.0), version=2 if t == "i8" else 1)


@case("softmax_sum_below_512", "SOFTMAX of 511 nearly equal numbers: the last depth at which the reference kernel shifts by less than 32.", ("i8", "u8"))
def softmax_sum_below_512(b, t):
    flat_rows(b, t, 511)


@case("softmax_sum_above_512", "SOFTMAX of 520 nearly equal numbers: the reference kernel shifts 32 bits by 32, which C++ does not define.", ("i8", "u8"))
def softmax_sum_above_512(b, t):
    flat_rows(b, t, 520)


@case("softmax_tiny_scale", "SOFTMAX and LOG_SOFTMAX of a scale below 2^-26: the reference kernels end.", ("i8", "u8"))
def softmax_tiny_scale(b, t):
    flat_rows(b, t, 5, 1e-9)
    b.op("LOG_SOFTMAX", [b.another_input(t, (2, 5), 1e-9, 0)], [b.tensor(t, (2, 5), 16 / 256, 127 if t == "i8" else 255)], options("LogSoftmaxOptions"),
         version=2 if t == "i8" else 1)


@case("division_by_zero_u8", "DIV by codes that are their zero point: releases before LiteRT 2.1.6 compute with the reciprocal of 0.")
def division_by_zero(b):
    x, y = b.another_input("u8", (16, 16), 0.05, 131), b.constant("u8", [9, 131, 200, 131] * 4, 0.03, 131)
    b.op("DIV", [x, y], [b.tensor("u8", (16, 16), 0.03, 7)], options("DivOptions"), version=2)


@case("late_types_greater_i16", "GREATER of int16 codes, which kernels take from TensorFlow 2.21 and LiteRT 2.1.6 on.")
def late_types_greater_i16(b):
    b.op("GREATER", [b.another_input("i16", (3, 7), 0.1, 0), b.another_input("i16", (3, 7), 0.2, 0)], [b.tensor("bool", (3, 7))], version=2)


@case("numbers_at_run_time", "CUMSUM, POW, FLOOR_MOD and SUM of numbers that are no constants.", ("i32", "f32"))
def numbers_at_run_time(b, t):
    x, y = b.another_input(t, (3, 5)), b.tensor(t, (3, 5))
    b.op("CUMSUM", [x, b.constant("i32", 1)], [y], options("CumsumOptions", exclusive=True, reverse=True))
    b.op("CUMSUM", [x, b.constant("i32", 0)], [b.tensor(t, (3, 5))], options("CumsumOptions"))
    for exponent in (1, 2, 5):
        b.op("POW", [x, b.constant(t, [exponent])], [b.tensor(t, (3, 5))], options("PowOptions"))
    b.op("FLOOR_MOD", [x, b.constant(t, [3, -3, 7, -7, 1])], [b.tensor(t, (3, 5))], None)
    if t == "i32":  # the order in which XNNPACK adds binary32 numbers is not known
        b.op("SUM", [x, b.constant("i32", [1])], [b.tensor(t, (3,))], options("ReducerOptions"))


@case("local_response_numbers", "LOCAL_RESPONSE_NORMALIZATION by each number's own square.", ("f32",))
def local_response_numbers(b, t):
    b.op("LOCAL_RESPONSE_NORMALIZATION", [b.another_input(t, (2, 1, 3, 9))], [b.tensor(t, (2, 1, 3, 9))],
         options("LocalResponseNormalizationOptions", radius=0, bias=1.0, alpha=0.5, beta=-1.0))


@case("batch_matmul_int8_matrix_i16", "BATCH_MATMUL of int16 by an int8 matrix, a constant and not.")
def batch_matmul_int8_matrix_i16(b):
    matrix = np.random.default_rng(1).integers(-127, 128, (9, 7))
    for turned in (False, True):
        for y in (b.constant("i8", matrix.T if turned else matrix, 0.02, 0), b.another_input("i8", (7, 9) if turned else (9, 7), 0.02, 0)):
            b.op("BATCH_MATMUL", [b.another_input("i16", (5, 9), 0.003, 0), y], [b.tensor("i16", (5, 7), 0.01, 0)],
                 options("BatchMatMulOptions", adjY=turned), version=4)
