"""FULLY_CONNECTED in all its forms."""

from .builder import NONE, RELU, RELU6, ZERO_ENDS, case, np, options
from .layers import layer


@case(
    "fully_connected",
    "FULLY_CONNECTED: one row and several, depths and units around a vector's width, M above 1, at 2^-28, "
    "and no power of two.",
    ("i8", "u8", "i16"),
)
def fully_connected(b, t):
    rng = np.random.default_rng(3)
    for k, (batch, depth, units, log2, activation, with_bias) in enumerate(
        [
            (1, 8, 4, -8, NONE, True),
            (1, 16, 9, -9, NONE, True),
            (1, 33, 17, -9, RELU, True),
            (2, 16, 9, -9, NONE, True),
            (5, 7, 3, -8, NONE, True),
            (1, 64, 32, -10.4, NONE, True),
            (3, 64, 5, -10.4, RELU6, True),
            (1, 12, 1, -8, NONE, True),
            (1, 5, 6, -7, NONE, True),
            (4, 128, 16, -11, NONE, True),
            (1, 8, 8, 1, NONE, True),
            (1, 8, 8, -28, NONE, True),
        ]
    ):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        x = b.input(t, (batch, depth), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (units, depth), 0, in_scale, w_scale, False, units)
        y = b.tensor(t, (batch, units), in_scale * w_scale / 2.0**log2, zeros[(k + 1) % len(zeros)])
        b.op(
            "FULLY_CONNECTED",
            [x, wt, bias if with_bias else -1],
            [y],
            options("FullyConnectedOptions", fusedActivationFunction=activation),
            version=4,
        )


@case(
    "fully_connected_without_bias",
    "FULLY_CONNECTED without a bias, of an input of rank 4.",
    ("i8", "u8", "i16"),
)
def fully_connected_without_bias(b, t):
    rng = np.random.default_rng(8)
    for scale in (0.25, 0.0137):
        x = b.input(t, (1, 4, 4, 8), 0.5, ZERO_ENDS[t][-1])
        b.op(
            "FULLY_CONNECTED",
            [x, layer(b, rng, t, (9, 8), 0, 0.5, scale, False, 9)[0], -1],
            [b.tensor(t, (16, 9), 64 * scale, ZERO_ENDS[t][-1])],
            options("FullyConnectedOptions"),
            version=4,
        )


@case(
    "fully_connected_zero",
    "FULLY_CONNECTED with int8 weights whose zero point is not 0: kernel tests have them, the format's "
    "specification does not allow them.",
    ("i8",),
)
def fully_connected_zero(b, t):
    rng = np.random.default_rng(12)
    for batch, depth, units, zero in ((1, 16, 9, -1), (2, 33, 17, 5), (1, 7, 3, -128), (5, 8, 4, 127)):
        w = b.constant(t, rng.integers(-128, 128, (units, depth)), 0.25, zero)
        bias = b.constant("i32", rng.integers(-2000, 2000, units), 0.125)
        b.op(
            "FULLY_CONNECTED",
            [b.input(t, (batch, depth), 0.5, ZERO_ENDS[t][-1]), w, bias],
            [b.tensor(t, (batch, units), 64.0, 3)],
            options("FullyConnectedOptions"),
            version=4,
        )


@case(
    "fully_connected_per_channel_i8",
    "FULLY_CONNECTED with a weight scale for each unit.",
)
def fully_connected_per_channel_i8(b):
    rng = np.random.default_rng(9)
    for batch, depth, units, scale in ((1, 16, 9, 0.25), (3, 33, 17, 0.25), (1, 64, 32, 0.0137), (4, 8, 8, 0.0137)):
        x = b.input("i8", (batch, depth), 0.5, 3)
        w, bias = layer(b, rng, "i8", (units, depth), 0, 0.5, scale, True, units)
        b.op(
            "FULLY_CONNECTED",
            [x, w, bias],
            [b.tensor("i8", (batch, units), 128 * scale, -4)],
            options("FullyConnectedOptions"),
            version=12,
        )


@case(
    "fully_connected_kept_dims",
    "FULLY_CONNECTED that keeps the input's leading dimensions.",
)
def fully_connected_kept_dims(b):
    rng = np.random.default_rng(10)
    for scale in (0.25, 0.0137):
        x = b.input("i8", (2, 3, 8), 0.5, 3)
        w, bias = layer(b, rng, "i8", (5, 8), 0, 0.5, scale, False, 5)
        b.op(
            "FULLY_CONNECTED",
            [x, w, bias],
            [b.tensor("i8", (2, 3, 5), 64 * scale, -4)],
            options("FullyConnectedOptions", keepNumDims=True),
            version=5,
        )


@case(
    "accumulator_overflow",
    "FULLY_CONNECTED of depth 70,000 whose sum leaves int32: the register wraps.",
)
def accumulator_overflow(b):
    depth = 70000  # 70000 * 127 * 255 passes 2^31
    x = b.input("i8", (8, 1), 0.5, -128)
    wide = b.op(
        "TILE", [x, b.constant("i32", [1, depth])], [b.tensor("i8", (8, depth), 0.5, -128)], options("TileOptions")
    )
    b.op(
        "FULLY_CONNECTED",
        [wide, b.constant("i8", np.full((1, depth), 127), 0.25), b.constant("i32", [0], 0.125)],
        [b.tensor("i8", (8, 1), 2.0**21, 0)],
        options("FullyConnectedOptions"),
        version=4,
    )
