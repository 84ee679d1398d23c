"""Generators of ops that work element by element."""
from directed.builder import element_type, options

from .draw import RANGES, np
from .generators import broadcast_pair, generator

VERSIONS = (2, 1, 3, 4, 5)


def powers_of_two(d, t):
    """int16 ADD and SUB of TFLite's first form: scales that are powers of two."""
    return t == "i16" and d.chance(30)


def binary(op, option, types, activation=True, **more):
    @generator(op, types)
    def make(d, t):
        a, b, shape = broadcast_pair(d)
        fields = dict(more)
        scales = (None, None)
        if op in ("ADD", "SUB") and t == "i16":
            pot = powers_of_two(d, t)
            fields["potScaleInt16"] = pot
            if pot:
                scales = tuple(2.0 ** -d.pick((12, 11, 13, 10)) for _ in range(2))
        x, z = d.operand(t, a, scales[0]), d.operand(t, b, scales[1])
        if scales[0] is not None:
            y = d.output(t, shape, 2.0 ** -d.pick((11, 12, 10)), 0)
        elif t in RANGES:
            half = 32768 if t == "i16" else 128
            size = (x.scale + z.scale) * half if op not in ("MUL", "SQUARED_DIFFERENCE", "DIV") else x.scale * z.scale * half * half
            y = d.free_output(t, shape, size if op != "SQUARED_DIFFERENCE" else max(x.scale, z.scale) ** 2 * half * half)
        else:
            y = d.output(t, shape)
        if activation:
            fields["fusedActivationFunction"] = d.activation() if t in RANGES or t == "f32" else 0
        d.b.op(op, [x.index, z.index], [y], options(option, **fields) if option else None, version=d.pick(VERSIONS))


binary("ADD", "AddOptions", "i8 u8 i16 i32 i64 f32")
binary("SUB", "SubOptions", "i8 u8 i16 i32 i64 f32")
binary("MUL", "MulOptions", "i8 u8 i16 i32 i64 f32")
binary("SQUARED_DIFFERENCE", None, "i8 i32 f32", activation=False)


@generator("DIV", "u8 i32 f32")
def div(d, t):
    a, b, shape = broadcast_pair(d)
    x = d.operand(t, a)
    zero = d.zero(t)
    scale = d.scale() if t in RANGES else None
    values = d.values(t, b, zero)
    values = np.where(values == (zero if t in RANGES else 0), np.asarray(1 + (zero == 1), values.dtype), values)
    z = d.b.constant(t, values, scale, zero)
    y = d.free_output(t, shape, x.scale * 64 / scale if t in RANGES else None)
    d.b.op("DIV", [x.index, z], [y], options("DivOptions", fusedActivationFunction=d.activation()), version=d.pick((2, 1)))


def floor_op(op, types):
    @generator(op, types)
    def make(d, t):
        a, b, shape = broadcast_pair(d)
        scale = d.scale() if t in RANGES else None
        x = d.operand(t, a, scale, 0 if t in RANGES else None)
        values = d.values(t, b)
        z = d.b.constant(t, np.where(values == 0, np.asarray(3, values.dtype), values), scale, 0)
        d.b.op(op, [x.index, z], [d.like(t, shape, x)], None, version=d.pick((1, 2, 3)))


floor_op("FLOOR_DIV", "i32 f32 i8 i16")
floor_op("FLOOR_MOD", "i32 i64 f32 i8 i16")


@generator("POW", "i32 f32")
def power(d, t):
    a, b, shape = broadcast_pair(d)
    x = d.operand(t, a)
    z = d.b.constant(t, d.data.integers(0, 4, b) if t == "i32" or not d.chance(30) else d.data.normal(1, 2, b))
    d.b.op("POW", [x.index, z], [d.output(t, shape)], options("PowOptions"))


def chosen(op):
    @generator(op, "i8 u8 i16 i32 i64 f32")
    def make(d, t):
        a, b, shape = broadcast_pair(d)
        x = d.operand(t, a)
        z = d.operand(t, b, x.scale, x.zero)
        d.b.op(op, [x.index, z.index], [d.like(t, shape, x)], options("MaximumMinimumOptions"), version=d.pick(VERSIONS))


chosen("MAXIMUM")
chosen("MINIMUM")


def comparison(op, types="i8 u8 i32 i64 f32"):
    @generator(op, types)
    def make(d, t):
        a, b, shape = broadcast_pair(d)
        x = d.operand(t, a, *((d.scale(0.002, 0.9),) if t in RANGES else ()))
        z = d.operand(t, b, *((x.scale if d.chance(50) else d.scale(0.002, 0.9),) if t in RANGES else ()))
        d.b.op(op, [x.index, z.index], [d.output("bool", shape)], version=d.pick((2, 1, 3, 4)))


for name in ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    comparison(name)
comparison("EQUAL", "i8 u8 i32 i64 f32 bool")
comparison("NOT_EQUAL", "i8 u8 i32 i64 f32 bool")


def logical(op, operands):
    @generator(op, "bool")
    def make(d, t):
        a, b, shape = broadcast_pair(d)
        inputs = [d.operand(t, a).index, d.operand(t, b).index]
        d.b.op(op, inputs if operands == 2 else inputs[:1], [d.output(t, shape if operands == 2 else a)])


logical("LOGICAL_AND", 2)
logical("LOGICAL_OR", 2)
logical("LOGICAL_NOT", 1)


@generator("SELECT", "i8 u8 i16 i32 i64 f32 bool")
def select(d, t):
    shape = d.any_shape()
    condition = d.operand("bool", shape if not shape or d.chance(80) else shape[:1])
    x = d.operand(t, shape)
    z = d.operand(t, shape, *((x.scale, x.zero) if t in RANGES else ()))
    d.b.op("SELECT", [condition.index, x.index, z.index], [d.like(t, shape, x)], options("SelectOptions"), version=d.pick((1, 2, 3, 4)))


@generator("SELECT_V2", "i8 u8 i16 i32 i64 f32 bool")
def select_v2(d, t):
    a, b, shape = broadcast_pair(d)
    c = shape if d.chance(50) else d.pick((a, b))
    condition, x = d.operand("bool", c), d.operand(t, a)
    z = d.operand(t, b, *((x.scale, x.zero) if t in RANGES else ()))
    d.b.op("SELECT_V2", [condition.index, x.index, z.index], [d.like(t, shape, x)], options("SelectV2Options"), version=d.pick((1, 2)))


def function(op, types, option=None, fixed=None, same=False, versions=VERSIONS, positive=False, scales=()):
    """A function of one operand. `fixed`: the quantization that the runtimes demand of the output, by type."""

    @generator(op, types)
    def make(d, t):
        shape = d.any_shape()
        low, high = scales if scales and t in ("i8", "u8") else (2.0**-14, 2.0**-6) if t == "i16" else (0.002, 0.9)
        x = d.operand(t, shape, d.scale(low, high) if t in RANGES else None, RANGES[t][0] if positive and t in ("i8", "u8") and not d.chance(30) else None)
        if same or t not in RANGES:
            y = d.like(t, shape, x)
        elif fixed:
            y = d.output(t, shape, *fixed[t])
        else:
            y = d.free_output(t, shape, x.scale * (32768 if t == "i16" else 128))
        d.b.op(op, [x.index], [y], option(d) if option else None, version=d.pick(versions))


PROBABILITY = {"i8": (1 / 256, -128), "u8": (1 / 256, 0), "i16": (1 / 32768, 0)}
SIGNED = {"i8": (1 / 128, 0), "u8": (1 / 128, 128), "i16": (1 / 32768, 0)}
function("LOGISTIC", "i8 u8 i16 f32", fixed=PROBABILITY)
function("TANH", "i8 u8 i16 f32", fixed=SIGNED)
function("HARD_SWISH", "i8 u8 f32", versions=(1, 2))
function("RELU", "i8 u8 i16 f32")
function("RELU6", "i8 u8 i16 f32")
function("RELU_N1_TO_1", "i8 u8 f32", versions=(1, 2))
function("RELU_0_TO_1", "i8 u8 f32", versions=(1, 2))
function("LEAKY_RELU", "i8 u8 i16 f32", option=lambda d: options("LeakyReluOptions", alpha=d.pick((0.5, 0.25, 0.3, 0.01, -0.7, 1.5))))
function("ELU", "i8 f32", versions=(1, 2))
function("GELU", "i8 u8 i16 f32", option=lambda d: options("GeluOptions", approximate=d.chance(50)), versions=(1, 2))
function("EXP", "i8 i16 f32", versions=(1, 2))
function("LOG", "i8 f32", versions=(2, 1))
function("ABS", "i8 i16 i32 f32", versions=(1, 2, 3, 4, 5))
function("RSQRT", "i8 i16 f32", versions=(2, 1, 3), positive=True)
function("SQRT", "i8 f32", versions=(1, 2), positive=True)
function("NEG", "i8 i32 i64 f32", same=True, versions=(1, 2))
function("SQUARE", "f32", versions=(1, 2))
function("SIN", "f32", versions=(1, 2))
function("COS", "f32", versions=(1, 2))
function("FLOOR", "f32", versions=(1, 2))
function("CEIL", "f32", versions=(1, 2))
function("ROUND", "f32", versions=(1, 2))
function("SIGN", "f32 i32", versions=(1, 2))


@generator("PRELU", "i8 u8 f32")
def prelu(d, t):
    shape = d.shape(4, 17)
    x = d.operand(t, shape)
    slope = d.operand(t, shape[1:] if d.chance(10) else (1, 1, shape[-1]), constant=100)
    y = d.free_output(t, shape, x.scale * 128 if t in RANGES else None)
    d.b.op("PRELU", [x.index, slope.index], [y], version=d.pick((1, 2)))


@generator("QUANTIZE", "i8 u8 i16 f32")
def quantize(d, t):
    shape = d.any_shape()
    x = d.operand(t, shape)
    to = d.pick(("i8", "u8", "i16"))
    y = d.free_output(to, shape, x.scale * (32768 if t == "i16" else 128) if t in RANGES else None)
    d.b.op("QUANTIZE", [x.index], [y], options("QuantizeOptions"), version=d.pick((1, 2, 3)))


@generator("DEQUANTIZE", "i8 u8 i16")
def dequantize(d, t):
    shape = d.any_shape()
    x = d.operand(t, shape)
    d.b.op("DEQUANTIZE", [x.index], [d.output("f32", shape)], options("DequantizeOptions"), version=d.pick((2, 1, 3, 4)))


@generator("CAST", "i8 u8 i16 i32 i64 f32 bool")
def cast(d, t):
    shape = d.any_shape()
    x = d.operand(t, shape)
    to = d.pick(("f32", "i32", "i64", "i8", "u8", "i16", "bool"))
    d.b.op("CAST", [x.index], [d.like(to, shape, x) if to in RANGES and x.scale else d.free_output(to, shape)],
           options("CastOptions", inDataType=element_type(t), outDataType=element_type(to)), version=d.pick((1, 2, 3, 4, 5)))


@generator("ADD_N", "i32 f32")
def add_n(d, t):
    shape = d.any_shape()
    d.b.op("ADD_N", [d.operand(t, shape).index for _ in range(2 + d.index(3))], [d.output(t, shape)], options("AddNOptions"))


@generator("SOFTMAX", "i8 u8 i16 f32")
def softmax(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 65, 2048)
    x = d.operand(t, shape, d.scale(2.0**-14, 2.0**-8) if t == "i16" else d.scale(0.003, 2) if t in RANGES else None)
    y = d.output(t, shape, *PROBABILITY.get(t, ()))
    d.b.op("SOFTMAX", [x.index], [y], options("SoftmaxOptions", beta=d.pick((1.0, 0.5, 2.0, 0.37))), version=d.pick((2, 1, 3)))


@generator("LOG_SOFTMAX", "i8 u8 f32")
def log_softmax(d, t):
    shape = d.shape(d.pick((2, 1, 3)), 65, 2048)
    x = d.operand(t, shape)
    y = d.output(t, shape, *({"i8": (16 / 256, 127), "u8": (16 / 256, 255)}.get(t, ())))
    d.b.op("LOG_SOFTMAX", [x.index], [y], options("LogSoftmaxOptions"), version=d.pick((2, 1)))


@generator("L2_NORMALIZATION", "i8 u8 f32")
def l2_normalization(d, t):
    shape = d.shape(d.pick((2, 3, 4)), 65, 2048)
    x = d.operand(t, shape)
    d.b.op("L2_NORMALIZATION", [x.index], [d.output(t, shape, *SIGNED.get(t, ()))], options("L2NormOptions"), version=d.pick((2, 1)))


@generator("LOCAL_RESPONSE_NORMALIZATION", "f32")
def local_response_normalization(d, t):
    shape = d.shape(4, 17, 1024)
    x = d.operand(t, shape)
    d.b.op("LOCAL_RESPONSE_NORMALIZATION", [x.index], [d.output(t, shape)], options(
        "LocalResponseNormalizationOptions", radius=d.pick((1, 2, 5)), bias=d.pick((1.0, 0.5)), alpha=d.pick((1.0, 0.01)), beta=d.pick((0.5, 0.75, 1.0))))


@generator("ATAN2", "f32")
def atan2(d, t):
    shape = d.any_shape()
    d.b.op("ATAN2", [d.operand(t, shape).index, d.operand(t, shape).index], [d.output(t, shape)])


@generator("FAKE_QUANT", "f32")
def fake_quant(d, t):
    shape = d.any_shape()
    least, most = -d.number(0.01, 40) if not d.chance(20) else 0.0, d.number(0.01, 40)
    d.b.op("FAKE_QUANT", [d.operand(t, shape).index], [d.output(t, shape)], options(
        "FakeQuantOptions", min=least, max=most, numBits=d.pick((8, 4, 2, 16)), narrowRange=d.chance(5)), version=d.pick((1, 2)))
