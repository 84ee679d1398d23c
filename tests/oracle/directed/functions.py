"""Functions of one operand: tables, activations, conversions, normalisation."""

from .builder import ZERO_ENDS, case, options

# Input scale, output scale, zero points by index: codes of every value, and a tail beyond whole vectors.
UNARY = [
    (0.03, 0.04, 2, 2),
    (0.5, 0.25, 0, 1),
    (0.1, 0.1, 1, 0),
    (0.007, 0.9, 2, 0),
    (0.25, 0.0625, 2, 2),
    (1.0, 0.003, 0, 2),
]


def unary(op_name, option=None, fixed_output=None, size=263, version=2, positive=False, cases=None):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for si, so, zi, zo in cases or UNARY:
            zi, zo = zeros[zi % len(zeros)], zeros[zo % len(zeros)]
            if positive:
                zi = -128 if t == "i8" else 0
            if fixed_output is not None:
                so, zo = fixed_output[t]
            x = b.input(t, (1, size), si, zi)
            b.op(op_name, [x], [b.tensor(t, (1, size), so, zo)], option() if option else None, version=version)

    return make


PROBABILITY = {"i8": (1 / 256, -128), "u8": (1 / 256, 0), "i16": (1 / 32768, 0)}
case("logistic", "LOGISTIC: every code, six input scales.", ("i8", "u8"))(unary("LOGISTIC", fixed_output=PROBABILITY))
case("tanh", "TANH: every code, six input scales.", ("i8", "u8"))(
    unary("TANH", fixed_output={"i8": (1 / 128, 0), "u8": (1 / 128, 128)})
)
_INT16 = [(2.0**-12, 0, 0, 0), (2.0**-11, 0, 0, 0), (0.0003, 0, 0, 0), (0.0001, 0, 0, 0)]
case("logistic", "LOGISTIC of int16: input scales that are powers of two and that are not.", ("i16",))(
    unary("LOGISTIC", fixed_output=PROBABILITY, size=1031, version=3, cases=_INT16)
)
case("tanh", "TANH of int16: input scales that are powers of two and that are not.", ("i16",))(
    unary("TANH", fixed_output=PROBABILITY, size=1031, version=3, cases=_INT16)
)
case("hard_swish", "HARD_SWISH: every code, zero points at the ends, scales that saturate.", ("i8", "u8"))(
    unary("HARD_SWISH", version=1, cases=[*UNARY[:5], (1.0, 0.03, 0, 2)])
)
case("relu", "RELU between six pairs of scales.", ("i8", "u8"))(unary("RELU"))
case("relu6", "RELU6 between six pairs of scales.", ("i8", "u8"))(unary("RELU6"))
case("relu_n1_to_1", "RELU_N1_TO_1 between six pairs of scales.", ("i8", "u8"))(unary("RELU_N1_TO_1", version=1))
case("relu", "RELU of int16 between six pairs of scales.", ("i16",))(unary("RELU", size=1031, version=3))
case("leaky_relu", "LEAKY_RELU with slope 0.3.", ("i8", "u8", "i16"))(
    unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=0.3))
)
case("leaky_relu_half", "LEAKY_RELU with slope 0.5: ties.", ("i8",))(
    unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=0.5))
)
case("leaky_relu_negative", "LEAKY_RELU with the negative slope -0.7.", ("i8",))(
    unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=-0.7))
)
case("elu", "ELU: every code, six pairs of scales.", ("i8",))(unary("ELU", version=1))
case("gelu", "GELU by the error function: every code, six pairs of scales.", ("i8", "u8"))(
    unary("GELU", option=lambda: options("GeluOptions", approximate=False))
)
case("gelu_tanh", "GELU by tanh: every code, six pairs of scales.", ("i8",))(
    unary("GELU", option=lambda: options("GeluOptions", approximate=True))
)
case("exp", "EXP: every code; values beyond int32.", ("i8",))(unary("EXP"))
case("log", "LOG: every code; of numbers that are not positive too.", ("i8",))(unary("LOG"))
case("abs", "ABS: every code, six pairs of scales.", ("i8",))(unary("ABS"))
case("rsqrt", "RSQRT: every number that is not negative; of zero too.", ("i8",))(unary("RSQRT", positive=True))
case("sqrt", "SQRT: every number that is not negative.", ("i8",))(unary("SQRT", positive=True))


def requantize(b, t, to):
    for k, (si, so, zi, zo) in enumerate(UNARY + [(0.5, 0.5, 2, 2), (0.3, 0.1, 2, 2)]):
        zeros_in, zeros_out = ZERO_ENDS[t], ZERO_ENDS[to]
        x = b.input(t, (1, 263), si, zeros_in[zi % len(zeros_in)])
        b.op(
            "QUANTIZE",
            [x],
            [b.tensor(to, (1, 263), so, zeros_out[zo % len(zeros_out)])],
            options("QuantizeOptions"),
            version=2,
        )


case("quantize_to_i8", "QUANTIZE of codes to int8: ties, equal scales, ratios above 1.", ("i8", "u8"))(
    lambda b, t: requantize(b, t, "i8")
)
case("quantize_to_u8", "QUANTIZE of codes to uint8: ties, equal scales, ratios above 1.", ("i8", "u8"))(
    lambda b, t: requantize(b, t, "u8")
)
case("quantize_to_i16", "QUANTIZE of codes to int16: ties, equal scales, ratios above 1.", ("i8", "i16"))(
    lambda b, t: requantize(b, t, "i16")
)


@case(
    "quantize_from_f32",
    "QUANTIZE of float32: scales where a product with the reciprocal gives a tie and a division does not.",
    ("i8", "u8", "i16"),
)
def quantize_real(b, t):
    # The last two: quotients that a product with the reciprocal rounds to a tie and a division in float64 does not.
    x = b.input("f32", (1, 263))
    for scale, zero in (
        (1 / 128, 0),
        (1 / 64, 1),
        (1 / 256, 2),
        (0.013, 2),
        (0.0041, 0),
        (0.0066964291, 2),
        (0.003329918, 2),
    ):
        zeros = ZERO_ENDS[t]
        b.op(
            "QUANTIZE",
            [x],
            [b.tensor(t, (1, 263), scale, zeros[zero % len(zeros)])],
            options("QuantizeOptions"),
            version=2,
        )


@case(
    "dequantize",
    "DEQUANTIZE: every code, zero points at the ends, scales that are no power of two.",
    ("i8", "u8", "i16"),
)
def dequantize(b, t):
    zeros = ZERO_ENDS[t]
    for k, scale in enumerate((0.5, 0.013, 0.1, 3.7e-5)):
        x = b.input(t, (1, 263), scale, zeros[k % len(zeros)])
        b.op(
            "DEQUANTIZE", [x], [b.tensor("f32", (1, 263))], options("DequantizeOptions"), version=3 if t == "i16" else 2
        )


@case(
    "softmax",
    "SOFTMAX: depths from 1 to 37, scales from 0.0037 to 1.3, beta of 0.5, 1 and 2.",
    ("i8", "u8", "i16"),
)
def softmax(b, t):
    for scale, beta, depth in (
        (0.1, 1.0, 10),
        (0.02, 1.0, 37),
        (0.5, 0.5, 16),
        (0.0037, 1.0, 5),
        (1.3, 1.0, 33),
        (0.07, 2.0, 2),
        (0.05, 1.0, 1),
    ):
        x = b.input(t, (7, depth), scale * (1 / 256 if t == "i16" else 1), ZERO_ENDS[t][-1])
        b.op(
            "SOFTMAX",
            [x],
            [b.tensor(t, (7, depth), *PROBABILITY[t])],
            options("SoftmaxOptions", beta=beta),
            version=3 if t == "i16" else 2,
        )


@case(
    "l2_normalization",
    "L2_NORMALIZATION of int8 and uint8: depths from 1 to 128.",
)
def l2_normalization(b):
    for t, zero in (("i8", 0), ("u8", 128)):
        for k, (scale, depth) in enumerate(((0.1, 8), (0.5, 33), (0.02, 128), (0.3, 1))):
            x = b.input(t, (5, depth), scale, ZERO_ENDS[t][k % 3])
            b.op("L2_NORMALIZATION", [x], [b.tensor(t, (5, depth), 1 / 128, zero)], options("L2NormOptions"), version=2)
