"""Layers: convolutions and matrix products."""

from .builder import NONE, RELU, RELU6, RELU_N1_TO_1, SAME, VALID, ZERO_ENDS, case, conv_shape, np, options, weights


def layer(b, rng, in_type, w_shape, axis, in_scale, w_scale, per_channel, channels):
    """Weights and bias of a layer as tensors."""
    w_type = "u8" if in_type == "u8" else "i8"
    scales = [w_scale * (1 + 0.37 * (c % 5)) for c in range(channels)] if per_channel else w_scale
    w = b.constant(w_type, weights(rng, w_shape, w_type), scales, 128 if w_type == "u8" else 0, axis)
    bias = b.constant(
        "i64" if in_type == "i16" else "i32",
        rng.integers(-2000, 2000, channels),
        [in_scale * s for s in np.atleast_1d(scales)],
        0,
        0,
    )
    return w, bias


@case(
    "conv",
    "CONV_2D: paddings, strides, dilations, channel counts around a vector's width, batches, fused "
    "activations; M above 1, at 2^-30, and no power of two.",
    ("i8", "u8", "i16"),
)
def convolution(b, t):
    rng = np.random.default_rng(1)
    # (height, width, channels in, channels out, kernel, stride, dilation, padding, batch, activation, log2 of M,
    # per channel)
    cases = [
        (5, 6, 3, 8, (3, 3), (1, 1), (1, 1), SAME, 1, NONE, -9, True),
        (5, 6, 3, 17, (3, 3), (2, 2), (1, 1), VALID, 2, RELU, -10, True),
        (7, 7, 4, 9, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -7, False),
        (7, 7, 4, 5, (2, 3), (1, 2), (1, 1), SAME, 1, RELU6, -8, True),
        (9, 9, 2, 7, (3, 3), (1, 1), (2, 2), SAME, 1, NONE, -8, False),
        (1, 1, 16, 12, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -9, True),
        (1, 1, 16, 12, (1, 1), (1, 1), (1, 1), VALID, 3, NONE, -9, False),
        (3, 3, 9, 33, (3, 3), (1, 1), (1, 1), VALID, 1, NONE, -11, True),
        (1, 1, 8, 3, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -8, False),
        (4, 4, 1, 4, (3, 3), (3, 3), (1, 1), SAME, 1, RELU_N1_TO_1, -7, True),
        (2, 2, 2, 6, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, 1, False),
        (2, 2, 2, 6, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -30, True),
        (6, 6, 8, 8, (5, 5), (2, 2), (1, 1), SAME, 1, NONE, -10.3, True),
        (6, 6, 32, 16, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -9.7, True),
    ]
    for k, (h, w, ci, co, kernel, stride, dilation, padding, batch, activation, log2, per_channel) in enumerate(cases):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        out_scale = in_scale * w_scale / 2.0**log2
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (co, *kernel, ci), 0, in_scale, w_scale, per_channel and t != "u8", co)
        y = b.tensor(t, (), out_scale, zeros[(k + 1) % len(zeros)])
        b.graph.tensors[y].shape = conv_shape(batch, h, w, kernel, stride, dilation, padding, co)
        b.op(
            "CONV_2D",
            [x, wt, bias],
            [y],
            options(
                "Conv2DOptions",
                padding=padding,
                strideH=stride[0],
                strideW=stride[1],
                dilationHFactor=dilation[0],
                dilationWFactor=dilation[1],
                fusedActivationFunction=activation,
            ),
            version=3,
        )


@case(
    "depthwise",
    "DEPTHWISE_CONV_2D: paddings, strides, dilation, depth multipliers of 1, 2, 3 and 8, fused activations, M of "
    "1 and at 2^-25; uint8 weights that XNNPACK rejects.",
    ("i8", "u8", "i16"),
)
def depthwise(b, t):
    rng = np.random.default_rng(2)
    cases = [
        (5, 5, 8, 1, (3, 3), 1, 1, SAME, 1, NONE, -7),
        (5, 5, 8, 1, (3, 3), 2, 1, VALID, 1, NONE, -7),
        (6, 6, 9, 1, (3, 3), 1, 1, SAME, 2, RELU, -8),
        (6, 6, 17, 1, (5, 5), 1, 1, SAME, 1, NONE, -8),
        (5, 7, 3, 2, (3, 3), 1, 1, SAME, 1, NONE, -7),
        (5, 7, 1, 8, (3, 3), 2, 1, SAME, 1, NONE, -7),
        (9, 9, 4, 1, (3, 3), 1, 2, SAME, 1, NONE, -7),
        (4, 4, 31, 1, (1, 1), 1, 1, VALID, 1, NONE, -6),
        (3, 3, 16, 1, (3, 3), 1, 1, VALID, 1, NONE, -8),
        (7, 7, 24, 1, (3, 3), 2, 1, SAME, 1, RELU6, -7.4),
        (4, 9, 5, 3, (2, 4), 1, 1, VALID, 1, NONE, -7.6),
        (3, 3, 4, 1, (2, 2), 1, 1, SAME, 1, NONE, 0),
        (3, 3, 8, 1, (2, 2), 1, 1, SAME, 1, NONE, -25),
    ]
    for k, (h, w, ci, m, kernel, stride, dilation, padding, batch, activation, log2) in enumerate(cases):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        # XNNPACK rejects uint8 weights whose quantized dimension is not 0, though they have only one scale.
        axis = 3 if t != "u8" or k % 4 == 3 else 0
        wt, bias = layer(b, rng, t, (1, *kernel, ci * m), axis, in_scale, w_scale, t != "u8", ci * m)
        y = b.tensor(
            t,
            conv_shape(batch, h, w, kernel, (stride, stride), (dilation, dilation), padding, ci * m),
            in_scale * w_scale / 2.0**log2,
            zeros[(k + 1) % len(zeros)],
        )
        b.op(
            "DEPTHWISE_CONV_2D",
            [x, wt, bias],
            [y],
            options(
                "DepthwiseConv2DOptions",
                padding=padding,
                strideH=stride,
                strideW=stride,
                depthMultiplier=m,
                dilationHFactor=dilation,
                dilationWFactor=dilation,
                fusedActivationFunction=activation,
            ),
            version=3,
        )


@case(
    "transpose_conv",
    "TRANSPOSE_CONV: paddings, strides of 1 to 3, kernels of 1 to 5, batches, M no power of two.",
    ("i8", "u8", "i16"),
)
def transpose_conv(b, t):
    rng = np.random.default_rng(4)
    for k, (h, w, ci, co, kernel, stride, padding, batch, log2) in enumerate(
        [
            (3, 3, 8, 8, (3, 3), 2, SAME, 1, -9),
            (3, 4, 3, 9, (3, 3), 2, VALID, 1, -8),
            (4, 4, 5, 17, (2, 2), 2, SAME, 2, -8.3),
            (2, 2, 16, 3, (4, 4), 1, SAME, 1, -9),
            (3, 3, 4, 16, (5, 5), 3, VALID, 1, -9.6),
            (1, 6, 7, 4, (1, 3), 1, SAME, 1, -8),
        ]
    ):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        oh, ow = [n * stride if padding == SAME else (n - 1) * stride + f for n, f in ((h, kernel[0]), (w, kernel[1]))]
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (co, *kernel, ci), 0, in_scale, w_scale, t != "u8", co)
        y = b.tensor(t, (batch, oh, ow, co), in_scale * w_scale / 2.0**log2, zeros[(k + 1) % len(zeros)])
        b.op(
            "TRANSPOSE_CONV",
            [b.constant("i32", [batch, oh, ow, co]), wt, x, bias],
            [y],
            options("TransposeConvOptions", padding=padding, strideH=stride, strideW=stride),
            version=3,
        )


@case(
    "grouped_conv_i8",
    "CONV_2D whose weights have fewer channels than the input: two groups.",
)
def grouped_conv_i8(b):
    rng = np.random.default_rng(7)
    for log2 in (-8, -9.3):
        x = b.input("i8", (1, 5, 5, 8), 0.5, 3)
        w, bias = layer(b, rng, "i8", (12, 3, 3, 4), 0, 0.5, 0.25, True, 12)
        y = b.tensor("i8", (1, 5, 5, 12), 0.125 / 2.0**log2, -4)
        b.op("CONV_2D", [x, w, bias], [y], options("Conv2DOptions", padding=SAME, strideH=1, strideW=1), version=6)


@case(
    "ties",
    "Every layer with small weights and M = 2^-6: one accumulator of 64 lies halfway between two output codes.",
    ("i8", "u8", "i16"),
)
def ties(b, t):
    rng = np.random.default_rng(11)

    def small(shape, axis, channels):
        w_type, zero = ("u8", 128) if t == "u8" else ("i8", 0)
        w = b.constant(w_type, rng.integers(-8, 9, shape) + zero, 0.25, zero, axis if t != "u8" else 0)
        return w, b.constant("i64" if t == "i16" else "i32", rng.integers(-99, 99, channels), 0.125)

    zero = ZERO_ENDS[t][-1]
    for batch, units in ((1, 37), (2, 33), (4, 32), (7, 18), (33, 17)):
        w, bias = small((units, 9), 0, units)
        b.op(
            "FULLY_CONNECTED",
            [b.input(t, (batch, 9), 0.5, zero), w, bias],
            [b.tensor(t, (batch, units), 8.0, zero)],
            options("FullyConnectedOptions"),
            version=4,
        )
    for size, channels in ((1, 37), (2, 33), (5, 19)):
        w, bias = small((channels, 1, 1, 9), 0, channels)
        b.op(
            "CONV_2D",
            [b.input(t, (1, size, size, 9), 0.5, zero), w, bias],
            [b.tensor(t, (1, size, size, channels), 8.0, zero)],
            options("Conv2DOptions", padding=VALID, strideH=1, strideW=1),
            version=3,
        )
    for size, channels in ((5, 8), (5, 21), (9, 3)):
        w, bias = small((1, 3, 3, channels), 3, channels)
        b.op(
            "DEPTHWISE_CONV_2D",
            [b.input(t, (1, size, size, channels), 0.5, zero), w, bias],
            [b.tensor(t, (1, size, size, channels), 8.0, zero)],
            options(
                "DepthwiseConv2DOptions",
                padding=SAME,
                strideH=1,
                strideW=1,
                depthMultiplier=1,
                dilationHFactor=1,
                dilationWFactor=1,
            ),
            version=3,
        )
    w, bias = small((13, 2, 2, 9), 0, 13)
    b.op(
        "TRANSPOSE_CONV",
        [b.constant("i32", [1, 10, 10, 13]), w, b.input(t, (1, 5, 5, 9), 0.5, zero), bias],
        [b.tensor(t, (1, 10, 10, 13), 8.0, zero)],
        options("TransposeConvOptions", padding=SAME, strideH=2, strideW=2),
        version=3,
    )


@case(
    "batch_matmul",
    "BATCH_MATMUL: either operand transposed, a broadcast batch, M a power of two and not.",
)
def batch_matmul(b):
    for k, (sa, sb, adj_x, adj_y) in enumerate(
        (((2, 3, 8), (2, 8, 5), False, False), ((1, 4, 9), (3, 5, 9), False, True), ((2, 8, 3), (2, 8, 5), True, False))
    ):
        for scale in (0.25, 0.3):
            x, z = b.input("i8", sa, 0.5, 3), b.another_input("i8", sb, scale, -7)
            rows, cols = sa[-1] if adj_x else sa[-2], sb[-2] if adj_y else sb[-1]
            b.op(
                "BATCH_MATMUL",
                [x, z],
                [b.tensor("i8", (max(sa[0], sb[0]), rows, cols), 64.0, 5)],
                options("BatchMatMulOptions", adjX=adj_x, adjY=adj_y),
                version=2,
            )


@case(
    "batch_matmul_memory",
    "BATCH_MATMUL of one row and of many, the second operand by rows and by columns, its zero point 0 and not.",
)
def batch_matmul_memory(b):
    for rows, cols, adj_y, zero in ((1, 8, False, 0), (1, 8, True, 5), (1, 3, True, 0), (9, 5, False, 5), (9, 5, True, 0)):
        x = b.another_input("i8", (60, rows, 17), 0.013, 3)
        z = b.another_input("i8", (60, *((cols, 17) if adj_y else (17, cols))), 0.011, zero)
        out = b.tensor("i8", (60, rows, cols), 0.3, -4)
        b.op("BATCH_MATMUL", [x, z], [out], options("BatchMatMulOptions", adjX=False, adjY=adj_y), version=2)


def batch_matmul_by_constant(b, type_name, out_scale, scales):
    """A product with a constant matrix of int8, by rows and by columns."""
    rng, rows, depth, cols = np.random.default_rng(11), 9, 24, 8
    for adj_y in (False, True):
        x = b.another_input(type_name, (2, rows, depth), 0.013, 0)
        w = b.constant("i8", rng.integers(-127, 128, (cols, depth) if adj_y else (depth, cols)), scales, 0, 0 if adj_y else 1)
        out = b.tensor(type_name, (2, rows, cols), out_scale, 0)
        b.op("BATCH_MATMUL", [x, w], [out], options("BatchMatMulOptions", adjX=False, adjY=adj_y), version=4 if type_name == "i16" else 2)


for _name, _type, _scale, _scales, _what in (
    ("i16_i8", "i16", 0.011, 0.01, "int16 by a constant of int8"),
    ("i16_i8_channels", "i16", 0.011, [0.01 + 0.001 * c for c in range(8)], "int16 by a constant of int8 with a scale a column"),
    ("i8_channels", "i8", 1.1, [0.01 + 0.001 * c for c in range(8)], "int8 by a constant with a scale a column"),
):
    case("batch_matmul_" + _name, "BATCH_MATMUL of %s." % _what)(
        lambda b, t=_type, s=_scale, scales=_scales: batch_matmul_by_constant(b, t, s, scales)
    )


@case("transpose_conv_activation", "TRANSPOSE_CONV with a fused RELU, which TFLite 2.9.1 ignores.")
def transpose_conv_activation(b):
    for t, zero in (("i8", 3), ("u8", 131)):
        w = b.constant(t, np.random.default_rng(3).integers(zero - 99, zero + 99, (5, 2, 2, 9)), 0.02, 0 if t == "i8" else zero, 0)
        bias = b.constant("i32", range(-40, 60, 20), 0.01, 0, 0)
        b.op(
            "TRANSPOSE_CONV",
            [b.constant("i32", [1, 8, 8, 5]), w, b.another_input(t, (1, 4, 4, 9), 0.5, zero), bias],
            [b.tensor(t, (1, 8, 8, 5), 0.7, zero)],
            options("TransposeConvOptions", padding=SAME, strideH=2, strideW=2, fusedActivationFunction=1),
            version=3,
        )


def int4_weights(b, op, version, axis, shape, out, option):
    rng = np.random.default_rng(12)
    channels = shape[axis]
    for scale in (0.25, 0.0137):
        scales = [scale * (1 + 0.37 * (c % 5)) for c in range(channels)] if op != "FULLY_CONNECTED" else scale
        w = b.constant("i4", rng.integers(-8, 8, shape), scales, 0, axis)
        bias = b.constant("i32", rng.integers(-99, 99, channels), [0.5 * s for s in np.atleast_1d(scales)], 0, 0)
        x = b.input("i8", (1, 5, 5, 9) if op != "FULLY_CONNECTED" else (3, 9), 0.5, 3)
        b.op(op, [x, w, bias], [b.tensor("i8", out, 16 * scale, -4)], option, version=version)


case("int4_conv", "CONV_2D with 4-bit weights, two codes a byte.")(
    lambda b: int4_weights(
        b, "CONV_2D", 7, 0, (11, 3, 3, 9), (1, 5, 5, 11), options("Conv2DOptions", padding=SAME, strideH=1, strideW=1)
    )
)
case("int4_depthwise", "DEPTHWISE_CONV_2D with 4-bit weights.")(
    lambda b: int4_weights(
        b,
        "DEPTHWISE_CONV_2D",
        7,
        3,
        (1, 3, 3, 9),
        (1, 5, 5, 9),
        options(
            "DepthwiseConv2DOptions",
            padding=SAME,
            strideH=1,
            strideW=1,
            depthMultiplier=1,
            dilationHFactor=1,
            dilationWFactor=1,
        ),
    )
)
case("int4_fully_connected", "FULLY_CONNECTED with 4-bit weights.")(
    lambda b: int4_weights(b, "FULLY_CONNECTED", 10, 0, (7, 9), (3, 7), options("FullyConnectedOptions"))
)
