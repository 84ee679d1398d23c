"""int16 beyond the layers: an op each, so that a refusal says which."""

from .builder import VALID, case, element_type, np, options

SHAPE = (1, 7, 53)


def int16_case(name, tests):
    """Registers a function of two inputs. Every model has both, whether its op reads them or not."""

    def register(function):
        case("int16_" + name, tests)(
            lambda b: function(b, b.input("i16", SHAPE, 0.01, 0), b.another_input("i16", SHAPE, 0.02, 0))
        )
        return function

    return register


def codes(b, shape=SHAPE, scale=0.01):
    return b.tensor("i16", shape, scale, 0)


@int16_case("maximum", "MAXIMUM of int16.")
def maximum(b, x, _):
    other = b.another_input("i16", SHAPE, 0.01, 0)
    b.op("MAXIMUM", [x, other], [codes(b)], options("MaximumMinimumOptions"), version=4)


@int16_case("batch_matmul", "BATCH_MATMUL of int16, the second operand transposed.")
def batch_matmul(b, x, y):
    option = options("BatchMatMulOptions", adjX=False, adjY=True)
    b.op("BATCH_MATMUL", [x, y], [codes(b, (1, 7, 7), 2.0)], option, version=3)


@int16_case("batch_matmul_wraps", "BATCH_MATMUL of int16 whose results leave 32 bits.")
def batch_matmul_wraps(b, x, y):
    option = options("BatchMatMulOptions", adjX=False, adjY=True)
    b.op("BATCH_MATMUL", [x, y], [codes(b, (1, 7, 7), 0.0000007)], option, version=3)


def layer(b, op, bias_type, option):
    """int16 layers with sums of 31 bits and, of a constant, of 33 bits; `option` is quantized_bias_type."""
    rng, positions, deep, channels = np.random.default_rng(5), 6, 701, 8
    rows = (1, 1, positions, deep) if op != "FULLY_CONNECTED" else (positions, deep)
    large = b.constant("i16", rng.integers(25000, 32768, rows), 0.001, 0)
    w = rng.integers(-127, 128, (channels, deep))
    w[::2] = 127
    w = b.constant("i8", w.reshape((channels, deep) if op == "FULLY_CONNECTED" else (channels, 1, 1, deep)), 0.01, 0)
    inputs = [w]
    if bias_type:
        bias = rng.integers(10**9, 2 * 10**9, channels)
        inputs.append(b.constant(bias_type, bias, 0.001 * 0.01, 0))
    fields = {"quantizedBiasType": element_type(option)} if option else {}
    shape = (1, 1, positions, channels) if op != "FULLY_CONNECTED" else (positions, channels)
    table, version = {
        "CONV_2D": ("Conv2DOptions", 8 if option else 4),
        "FULLY_CONNECTED": ("FullyConnectedOptions", 11 if option else 4),
        "TRANSPOSE_CONV": ("TransposeConvOptions", 5 if option else 4),
    }[op]
    if op != "FULLY_CONNECTED":
        fields.update(padding=VALID, strideH=1, strideW=1)
    for x in (b.another_input("i16", rows, 0.001, 0), large):
        read = [b.constant("i32", shape), w, x, *inputs[1:]] if op == "TRANSPOSE_CONV" else [x, *inputs]
        b.op(op, read, [b.tensor("i16", shape, 3.1, 0)], options(table, **fields), version=version)


for op, short in (("CONV_2D", "conv"), ("FULLY_CONNECTED", "fully_connected"), ("TRANSPOSE_CONV", "transpose_conv")):
    for bias_type in ("i32", "i64", None):
        for option in (None, "i32", "i64"):
            if op == "CONV_2D" and bias_type is None:
                continue  # every runtime refuses that
            name = "int16_%s_%s_bias_%s" % (short, bias_type or "no", option or "unset")
            case(name, "%s of int16, bias %s, quantized_bias_type %s." % (op, bias_type or "absent", option or "not set"))(
                lambda b, op=op, bias_type=bias_type, option=option: layer(b, op, bias_type, option)
            )


@int16_case("less", "LESS of int16 with two scales.")
def less(b, x, y):
    b.op("LESS", [x, y], [b.tensor("bool", SHAPE)], version=2)


@int16_case("exp", "EXP of int16 by its interpolated table.")
def exp(b, _x, _y):
    b.op("EXP", [b.input("i16", (1, 1031), 0.0001, 0)], [codes(b, (1, 1031), 0.001)], version=2)


@int16_case("gelu", "GELU of int16 by its interpolated table.")
def gelu(b, _x, _y):
    x = b.input("i16", (1, 1031), 0.0001, 0)
    b.op("GELU", [x], [codes(b, (1, 1031), 0.0001)], options("GeluOptions"), version=2)


@int16_case("abs", "ABS of int16.")
def absolute(b, x, _):
    b.op("ABS", [x], [codes(b)], version=4)


@int16_case("rsqrt", "RSQRT of int16.")
def rsqrt(b, x, _):
    b.op("RSQRT", [x], [codes(b)], version=3)


@int16_case("relu6", "RELU6 of int16.")
def relu6(b, x, _):
    b.op("RELU6", [x], [codes(b)], version=3)


@int16_case("reduce_max", "REDUCE_MAX of int16.")
def reduce_max(b, x, _):
    b.op("REDUCE_MAX", [x, b.constant("i32", [1])], [codes(b, (1, 53))], options("ReducerOptions"), version=3)


@int16_case("resize_bilinear", "RESIZE_BILINEAR of int16.")
def resize_bilinear(b, _x, _y):
    inputs = [b.input("i16", (1, 3, 4, 5), 0.01, 0), b.constant("i32", [7, 9])]
    b.op("RESIZE_BILINEAR", inputs, [codes(b, (1, 7, 9, 5))], options("ResizeBilinearOptions"), version=4)


@int16_case("add_powers_of_two", "ADD of int16 whose scales are powers of two.")
def add_powers_of_two(b, _x, _y):
    inputs = [b.input("i16", SHAPE, 2.0**-12, 0), b.another_input("i16", SHAPE, 2.0**-11, 0)]
    b.op("ADD", inputs, [codes(b, scale=2.0**-11)], options("AddOptions", potScaleInt16=True), version=1)
