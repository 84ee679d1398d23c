"""Where TensorFlow Lite Micro has rules of its own: ratios of scales, paddings, int16 tables, int8 states."""

from .builder import case, element_type, np, options


@case("binary64_ratios_i16", "RELU, LEAKY_RELU, ABS and MUL of int16 with ratios that are halfway in binary32 or in binary64.")
def ratios(b):
    b.another_input("i16", (1, 3), 0.01, 0)
    codes = np.arange(-32768, 32768, 7, np.int32).astype(np.int16)
    x = b.constant("i16", codes, 0.003123041009530425)
    for op, option in (("LEAKY_RELU", options("LeakyReluOptions", alpha=0.25)), ("ABS", None), ("RELU", None)):
        b.op(op, [x], [b.tensor("i16", codes.shape, 0.003297982970252633, 0)], option, version={"ABS": 4}.get(op, 2))
    a, c = b.constant("i16", codes, 0.008179215714335442), b.constant("i16", codes[::-1], 2.0**-12)
    b.op("MUL", [a, c], [b.tensor("i16", codes.shape, 0.037366144359111786, 0)], options("MulOptions"), version=4)


@case("space_to_batch_i8", "SPACE_TO_BATCH_ND of int8 padded beside a zero point that is not code 0.")
def space_to_batch(b):
    x = b.input("i8", (1, 3, 2, 3), 0.05, -7)
    inputs = [x, b.constant("i32", [2, 2]), b.constant("i32", [[0, 1], [1, 1]])]
    b.op("SPACE_TO_BATCH_ND", inputs, [b.tensor("i8", (4, 2, 2, 3), 0.05, -7)], options("SpaceToBatchNDOptions"), version=2)


@case("softmax_tables_i16", "SOFTMAX of int16 where its tables are halfway in binary32 or in binary64.")
def softmax(b):
    b.another_input("i16", (1, 3), 0.01, 0)
    row = np.array([[-12709, -24119, -11797, -8987, -6518]], np.int16)
    x = b.constant("i16", row, 0.00029073949554003775)
    b.op("SOFTMAX", [x], [b.tensor("i16", row.shape, 2.0**-15, 0)], options("SoftmaxOptions", beta=2.0), version=3)


@case("svdf_state_i8", "SVDF of int8 with an int8 state that has a zero point: only TensorFlow Lite Micro runs it.")
def svdf(b):
    rng = np.random.default_rng(7)
    codes = lambda shape: rng.integers(-127, 128, shape).astype(np.int8)
    state = b.tensor("i8", (2, 20), 0.03, 5)
    b.graph.tensors[state].isVariable = True
    bias = b.constant("i32", [300, -200], 0.03 * 0.01)
    inputs = [b.input("i8", (2, 9), 0.02, 3), b.constant("i8", codes((4, 9)), 0.01), b.constant("i8", codes((4, 5)), 0.01), bias, state]
    option = options("SVDFOptions", rank=2, fusedActivationFunction=1)
    b.op("SVDF", inputs, [b.tensor("i8", (2, 2), 0.05, -4)], option, version=3)


@case("div_i8", "DIV of int8: every dividend by every divisor that is not 0. TensorFlow Lite Micro and LiteRT 2.3 have it.")
def div(b):
    zero = 7
    x = b.constant("i8", np.arange(-128, 128).reshape(1, 256, 1), 0.05, -3)
    divisors = [d for d in range(-128, 127) if d != zero]
    y = b.constant("i8", np.reshape(divisors, (1, 1, 254)), 0.02, zero)
    b.another_input("i8", (1, 3), 0.01, 0)
    b.op("DIV", [x, y], [b.tensor("i8", (1, 256, 254), 0.03, 4)], options("DivOptions"), version=2)


@case("sum_width_without_bias_i16", "int16 CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV without a bias, quantized_bias_type INT32: only TensorFlow Lite Micro "
      "runs all, and TRANSPOSE_CONV does not ask.")
def sum_width_without_bias_i16(b):
    weights = np.random.default_rng(6).integers(-127, 128, (7, 1, 1, 9))
    x, flat = b.another_input("i16", (1, 5, 6, 9), 0.015625, 0), b.another_input("i16", (12, 9), 0.015625, 0)
    width = {"quantizedBiasType": element_type("i32")}
    y = lambda shape: b.tensor("i16", shape, 0.493600041, 0)
    b.op("CONV_2D", [x, b.constant("i8", weights, 0.5, 0, 0)], [y((1, 5, 6, 7))],
         options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1, **width), version=4)
    b.op("FULLY_CONNECTED", [flat, b.constant("i8", weights.reshape(7, 9), 0.5, 0)], [y((12, 7))], options("FullyConnectedOptions", **width), version=7)
    b.op("TRANSPOSE_CONV", [b.constant("i32", [1, 5, 6, 7]), b.constant("i8", weights, 0.5, 0, 0), x], [y((1, 5, 6, 7))],
         options("TransposeConvOptions", strideH=1, strideW=1, **width), version=4)
