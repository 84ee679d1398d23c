"""Pools and reductions."""

from .builder import NONE, RELU, RELU6, SAME, VALID, ZERO_ENDS, case, conv_shape, np, options


@case(
    "pool",
    "AVERAGE_POOL_2D and MAX_POOL_2D: paddings, strides, windows, channel counts around a vector's width, "
    "fused activations.",
    ("i8", "u8", "i16"),
)
def pool(b, t):
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for h, w, c, k, s, padding, activation in (
            (5, 5, 3, (2, 2), 1, VALID, NONE),
            (5, 5, 17, (3, 3), 2, SAME, RELU),
            (7, 6, 8, (2, 3), 1, SAME, NONE),
            (4, 4, 33, (4, 4), 1, VALID, RELU6),
        ):
            x = b.input(t, (1, h, w, c), 0.1, ZERO_ENDS[t][-1])
            b.op(
                name,
                [x],
                [b.tensor(t, conv_shape(1, h, w, k, (s, s), (1, 1), padding, c), 0.1, ZERO_ENDS[t][-1])],
                options(
                    "Pool2DOptions",
                    padding=padding,
                    strideH=s,
                    strideW=s,
                    filterHeight=k[0],
                    filterWidth=k[1],
                    fusedActivationFunction=activation,
                ),
                version=3 if t == "i16" else 2,
            )


def reduce(op_name):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for k, (shape, axes, keep) in enumerate(
            [
                ((1, 4, 4, 16), (1, 2), True),
                ((2, 3, 5, 17), (1, 2), True),
                ((1, 7, 7, 35), (1, 2), True),
                ((2, 3, 5, 6), (3,), False),
                ((2, 3, 5, 6), (1, 2), False),
                ((1, 2, 2, 8), (2, 1), True),
                ((4, 9), (1,), False),
                ((3, 8, 2), (0, 1), True),
                ((1, 6, 5, 4), (-3, -2), True),
            ]
        ):
            for si, so, zi, zo in (
                ((0.5, 0.5, 2, 2), (0.25, 0.125, 0, 2), (0.1, 0.13, 1, 1))
                if op_name in ("MEAN", "SUM")
                else ((0.5, 0.5, 2, 2),)
            ):
                if op_name == "SUM":
                    so = si if t == "i16" else so * 16  # int16 is added up without scales, which must be equal
                x = b.input(t, shape, si, zeros[zi % len(zeros)])
                out = [
                    1 if d in [a % len(shape) for a in axes] else n
                    for d, n in enumerate(shape)
                    if keep or d not in [a % len(shape) for a in axes]
                ]
                b.op(
                    op_name,
                    [x, b.constant("i32", list(axes))],
                    [b.tensor(t, out, so, zeros[zo % len(zeros)])],
                    options("ReducerOptions", keepDims=keep),
                    version=2,
                )

    return make


case(
    "mean",
    "MEAN: axes 1 and 2 kept and dropped, other axes, axes from the end, counts that are no power of two, "
    "scales equal and not.",
    ("i8", "u8", "i16"),
)(reduce("MEAN"))


@case("mean_scales", "MEAN over the last axis, forty quantizations and depths: binary32 sums near ties.", ("i8", "u8"))
def mean_scales(b, t):
    rng = np.random.default_rng(8)
    for k in range(40):
        depth, scale = 3 + k % 15, float(rng.uniform(0.01, 0.2))
        out = scale * float(rng.choice([rng.uniform(0.3, 1), 1 / 2, 2 / 3, 4 / 5]))
        least = -128 if t == "i8" else 0
        codes = rng.integers(least, least + 256, (1, 6, 20, depth))
        x = b.constant(t, codes, scale, int(rng.integers(least, least + 256)))
        b.op("MEAN", [x, b.constant("i32", [3])], [b.tensor(t, (1, 6, 20), out, least + 100)],
             options("ReducerOptions", keepDims=False), version=2)


case(
    "sum",
    "SUM: the axes of MEAN's cases, scales equal and not (int16 adds codes without scales, which must be equal).",
    ("i8", "u8", "i16"),
)(reduce("SUM"))
case("reduce_max", "REDUCE_MAX: the axes of MEAN's cases.", ("i8", "u8"))(reduce("REDUCE_MAX"))
case("reduce_min", "REDUCE_MIN: the axes of MEAN's cases.", ("i8", "u8"))(reduce("REDUCE_MIN"))


@case(
    "reduce_prod",
    "REDUCE_PROD: scales around which the products fill the output's range or pass it; axes that are "
    "neighbours and that are not.",
    ("i8", "i16"),
)
def reduce_prod(b, t):
    # No product of one element: of those the optimised kernels return what the memory held.
    for shape, axes, keep, si, so in (
        ((1, 4, 4, 16), (1,), True, 0.02, 0.1),
        ((2, 3, 5, 17), (1, 2), True, 0.03, 0.5),
        ((2, 3, 5, 6), (3,), False, 0.01, 0.01),
        ((4, 3, 2), (0, 1), False, 0.0101960776, 4.8839378e-05),
        ((4, 9), (1,), False, 0.05, 1e-6),
        ((2, 3, 4, 5), (1, 3), True, 0.02, 1.0),
        ((1, 6, 5, 4), (-3, -2), True, 0.015, 1e-3),
        ((3, 2), (1,), False, 0.5, 2.0),
    ):
        if t == "i16":
            si, so = si / 256, so / 256
        zeros = ZERO_ENDS[t]
        x = b.input(t, shape, si, zeros[-1])
        out = [
            1 if d in [a % len(shape) for a in axes] else n
            for d, n in enumerate(shape)
            if keep or d not in [a % len(shape) for a in axes]
        ]
        b.op(
            "REDUCE_PROD",
            [x, b.constant("i32", list(axes))],
            [b.tensor(t, out, so, zeros[0])],
            options("ReducerOptions", keepDims=keep),
            version=2,
        )
