"""int16 beyond the layers: an op each, so that a refusal says which."""

from .builder import case, options

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
