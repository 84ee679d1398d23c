"""Ops of two operands, element by element."""

from .builder import NONE, RELU, RELU6, ZERO_ENDS, case, np, options, weights

# Scales of two inputs and an output, zero points by index into ZERO_ENDS: ties, ratios at the ends, saturation.
PAIRS = [
    (0.5, 0.5, 1.0, 0, 1, 2),
    (0.5, 0.25, 0.5, 1, 0, 2),
    (0.1, 0.07, 0.13, 2, 2, 2),
    (1.0, 0.003, 0.9, 2, 0, 1),
    (0.02, 0.9, 0.011, 0, 2, 0),
    (0.25, 0.25, 0.0625, 2, 1, 0),
    (3.0, 0.01, 0.02, 2, 2, 1),
    (0.01, 0.02, 7.0, 1, 2, 2),
]


def binary(op_name, option_name, activations=(NONE, RELU, RELU6), versions=None, pairs=None, **more):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for k, (sa, sb, so, za, zb, zo) in enumerate(pairs or PAIRS):
            za, zb, zo = (zeros[i % len(zeros)] for i in (za, zb, zo))
            shapes = [((1, 7, 53), (1, 7, 53)), ((1, 256, 1), (1, 1, 256))] if k < 4 else [((1, 61), (1, 61))]
            if k == 2:
                shapes += [
                    ((2, 3, 37), (1,)),
                    ((1,), (2, 3, 37)),
                    ((2, 1, 37), (2, 3, 37)),
                    ((3, 1, 5), (1, 7, 1)),
                    ((2, 5, 1), (2, 1, 9)),
                ]
            if t == "i16":
                shapes = [s for s in shapes if s[0] != (1, 256, 1)]
            for shape_a, shape_b in shapes:
                x, z = b.input(t, shape_a, sa, za), b.another_input(t, shape_b, sb, zb)
                y = b.tensor(t, np.broadcast_shapes(shape_a, shape_b), so, zo)
                fields = dict(more)
                if activations:
                    fields["fusedActivationFunction"] = activations[k % len(activations)]
                b.op(
                    op_name,
                    [x, z],
                    [y],
                    options(option_name, **fields) if option_name else None,
                    version=(versions or {}).get(t, 2),
                )

    return make


case(
    "add",
    "ADD: every pair of 8-bit codes, broadcasts, fused activations; scales that make ties, extreme ratios "
    "and saturation.",
    ("i8", "u8"),
)(binary("ADD", "AddOptions"))
case(
    "sub",
    "SUB: every pair of 8-bit codes, broadcasts, fused activations; scales that make ties, extreme ratios "
    "and saturation.",
    ("i8", "u8"),
)(binary("SUB", "SubOptions"))
case(
    "mul",
    "MUL: every pair of 8-bit codes, broadcasts, fused activations; scales that make ties, extreme ratios "
    "and saturation.",
    ("i8", "u8"),
)(binary("MUL", "MulOptions"))
case(
    "add",
    "ADD of int16 without power-of-two scales: broadcasts, fused activations, extreme ratios of the scales.",
    ("i16",),
)(binary("ADD", "AddOptions", potScaleInt16=False))
case(
    "sub",
    "SUB of int16 without power-of-two scales: broadcasts, fused activations, extreme ratios of the scales.",
    ("i16",),
)(binary("SUB", "SubOptions", versions={"i16": 5}, potScaleInt16=False))
case("mul", "MUL of int16: broadcasts, fused activations, extreme ratios of the scales.", ("i16",))(
    binary("MUL", "MulOptions", versions={"i16": 4})
)
case(
    "squared_difference", "SQUARED_DIFFERENCE: every pair of codes, broadcasts, extreme ratios of the scales.", ("i8",)
)(binary("SQUARED_DIFFERENCE", "SquaredDifferenceOptions", activations=()))

for _op in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):

    @case(_op.lower(), _op + ": every pair of codes, with scales and zero points that differ.", ("i8", "u8"))
    def _compare(b, t, op=_op):
        zeros = ZERO_ENDS[t]
        for sa, sb, _, za, zb, _ in PAIRS:
            if max(sa, sb) >= 1:
                continue  # the runtimes abort
            x, z = b.input(t, (1, 256, 1), sa, zeros[za]), b.another_input(t, (1, 1, 256), sb, zeros[zb])
            b.op(op, [x, z], [b.tensor("bool", (1, 256, 256))], version=2)


@case(
    "extremes",
    "MAXIMUM and MINIMUM: equal shapes and broadcasts on either side.",
    ("i8", "u8"),
)
def extremes(b, t):
    for op in ("MAXIMUM", "MINIMUM"):
        for sa, sb in (((1, 7, 53), (1, 7, 53)), ((2, 3, 4), (4,)), ((1,), (2, 3, 4))):
            x, z = b.input(t, sa, 0.5, 3), b.another_input(t, sb, 0.5, 3)
            b.op(
                op,
                [x, z],
                [b.tensor(t, np.broadcast_shapes(sa, sb), 0.5, 3)],
                options("MaximumMinimumOptions"),
                version=2,
            )


@case(
    "prelu",
    "PRELU: a slope for each channel, scales and zero points of all three tensors.",
    ("i8", "u8"),
)
def prelu(b, t):
    zeros = ZERO_ENDS[t]
    rng = np.random.default_rng(5)
    for k, (sa, sb, so, za, zb, zo) in enumerate(PAIRS[:6]):
        x = b.input(t, (1, 5, 5, 9), sa, zeros[za])
        alpha = b.constant(t, weights(rng, (1, 1, 9), t), sb, zeros[zb])
        b.op("PRELU", [x, alpha], [b.tensor(t, (1, 5, 5, 9), so, zeros[zo])])


@case(
    "div_u8",
    "DIV: every dividend by every divisor that is not 0.",
)
def div_u8(b):
    x = b.input("u8", (1, 256, 1), 0.1, 131)
    y = b.constant(
        "u8", [v for v in range(1, 256) if v != 120], 0.07, 120
    )  # LiteRT 2.1 refuses the code 0, whatever it means
    b.op("DIV", [x, y], [b.tensor("u8", (1, 256, 254), 0.03, 132)], options("DivOptions"), version=2)
