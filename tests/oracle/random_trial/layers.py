"""Generators of layers: convolutions and matrix products."""
from directed.builder import SAME, VALID, conv_shape, element_type, options

from .draw import RANGES, np
from .generators import generator


def weights(d, t, shape, axis, in_scale):
    """A layer's weights, sometimes of 4 bits, and their scales (one, or one a channel)."""
    w_type = "u8" if t == "u8" else "i4" if t == "i8" and d.chance(6) else "i8"
    zero = 0 if w_type != "u8" else d.pick((128, 131, 0, 255))
    per_channel = w_type != "u8" and d.chance(60)
    base = d.scale(0.001, 0.5)
    channels = shape[axis]
    scales = [float(np.float32(base * (1 + 0.37 * (c % 5)))) for c in range(channels)] if per_channel else base
    low, high = RANGES[w_type]
    narrow = d.index(2, (75, 25))
    codes = d.data.integers(zero - 3, zero + 4, shape) if narrow else d.data.integers(low + (w_type == "i8"), high + 1, shape)
    w = d.b.constant(w_type, np.clip(codes, low, high), scales, zero, axis if per_channel else 0)
    products = [float(np.float32(in_scale) * np.float32(s)) for s in np.atleast_1d(scales)]
    return w, products, (1.7 if narrow else (high - low) / 3.5) * base * 1.5


def bias(d, t, channels, products, depth):
    """A bias, or none: its type, and the index (-1: none)."""
    kind = d.index(2, (82, 18))
    if kind:
        return None, -1
    b_type = "i64" if t == "i16" and not d.chance(15) else "i32"
    values = d.data.integers(-200 * depth - 99, 200 * depth + 100, channels)
    return b_type, d.b.constant(b_type, values, products, 0, 0)


def bias_option(d, t):
    """quantized_bias_type, whether it fits the bias or not."""
    return {"quantizedBiasType": element_type(d.pick(("i64", "i32")))} if t == "i16" and d.chance(40) else {}


def spread(d, in_scale, w_spread, depth):
    """About how large a sum is."""
    return in_scale * 74 * w_spread * depth**0.5


def output(d, t, shape, in_scale, w_spread, depth):
    rare = d.index(3, (90, 5, 5))
    return d.free_output(t, shape, spread(d, in_scale * (256 if t == "i16" else 1), w_spread, depth) * (1, 2.0**-9, 2.0**9)[rare])


def window(d, most):
    return d.pick((1, 2, 3, 5)[:most]), d.pick((1, 2, 3, 5)[:most])


@generator("CONV_2D", "i8 u8 i16")
def conv_2d(d, t):
    kernel, stride = window(d, 4), (d.pick((1, 2, 3)), d.pick((1, 2, 3)))
    dilation = (1, 1) if d.chance(75) else (d.pick((1, 2)), d.pick((1, 2, 3)))
    padding = d.pick((SAME, VALID))
    h, w = (max(d.pick((1, 2, 3, 4, 5, 7, 9)), 1 if padding == SAME else (k - 1) * s + 1) for k, s in zip(kernel, dilation))
    groups = 2 if t == "i8" and d.chance(5) else 1
    ci, co, batch = d.size(40), d.size(40), d.pick((1, 2, 3))
    x = d.operand(t, (batch, h, w, ci * groups), constant=3)
    wt, products, w_spread = weights(d, t, (co * groups, *kernel, ci), 0, x.scale)
    _, b = bias(d, t, co * groups, products, ci)
    fields = bias_option(d, t)
    y = output(d, t, conv_shape(batch, h, w, kernel, stride, dilation, padding, co * groups), x.scale, w_spread, ci * kernel[0] * kernel[1])
    d.b.op("CONV_2D", [x.index, wt, b] if b >= 0 or d.chance(50) else [x.index, wt], [y], options(
        "Conv2DOptions", padding=padding, strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
        dilationWFactor=dilation[1], fusedActivationFunction=d.activation(), **fields), version=d.pick((3, 1, 2, 4, 5, 6, 7, 8)))


@generator("DEPTHWISE_CONV_2D", "i8 u8 i16")
def depthwise_conv_2d(d, t):
    kernel, s, dil = window(d, 4), d.pick((1, 2, 3)), 1 if d.chance(80) else d.pick((2, 3))
    padding = d.pick((SAME, VALID))
    h, w = (max(d.pick((1, 3, 4, 5, 7, 9)), 1 if padding == SAME else (k - 1) * dil + 1) for k in kernel)
    ci, m, batch = d.size(40), d.index(4, (70, 10, 10, 10)) + 1, d.pick((1, 2))
    x = d.operand(t, (batch, h, w, ci), constant=3)
    wt, products, w_spread = weights(d, t, (1, *kernel, ci * m), 3, x.scale)
    _, b = bias(d, t, ci * m, products, 1)
    y = output(d, t, conv_shape(batch, h, w, kernel, (s, s), (dil, dil), padding, ci * m), x.scale, w_spread, kernel[0] * kernel[1])
    d.b.op("DEPTHWISE_CONV_2D", [x.index, wt, b] if b >= 0 or d.chance(50) else [x.index, wt], [y], options(
        "DepthwiseConv2DOptions", padding=padding, strideH=s, strideW=s, depthMultiplier=m, dilationHFactor=dil,
        dilationWFactor=dil, fusedActivationFunction=d.activation()), version=d.pick((3, 1, 2, 4, 5, 6, 7)))


@generator("TRANSPOSE_CONV", "i8 u8 i16")
def transpose_conv(d, t):
    kernel, s = window(d, 4), d.pick((1, 2, 3))
    padding = d.pick((SAME, VALID))
    h, w = d.pick((1, 2, 3, 4, 6)), d.pick((1, 2, 3, 4, 6))
    ci, co, batch = d.size(40), d.size(40), d.pick((1, 2))
    oh, ow = (n * s if padding == SAME else (n - 1) * s + k for n, k in zip((h, w), kernel))
    x = d.operand(t, (batch, h, w, ci), constant=3)
    wt, products, w_spread = weights(d, t, (co, *kernel, ci), 0, x.scale)
    _, b = bias(d, t, co, products, ci)
    y = output(d, t, (batch, oh, ow, co), x.scale, w_spread, ci * kernel[0] * kernel[1] / (s * s))
    d.b.op("TRANSPOSE_CONV", [d.i32([batch, oh, ow, co]), wt, x.index] + ([b] if b >= 0 else []), [y], options(
        "TransposeConvOptions", padding=padding, strideH=s, strideW=s, fusedActivationFunction=d.activation(), **bias_option(d, t)),
        version=d.pick((3, 1, 2, 4, 5)))


@generator("FULLY_CONNECTED", "i8 u8 i16")
def fully_connected(d, t):
    depth, units, keep = d.size(65), d.size(40), d.chance(20)
    lead = (d.pick((1, 2, 3, 4, 5, 8, 17)),) if not keep and not d.chance(20) else (d.pick((1, 2)), d.pick((1, 2, 5)))
    x = d.operand(t, (*lead, depth), constant=3)
    wt, products, w_spread = weights(d, t, (units, depth), 0, x.scale)
    _, b = bias(d, t, units, products, depth)
    fields = bias_option(d, t)
    y = output(d, t, (*lead, units) if keep else (int(np.prod(lead)), units), x.scale, w_spread, depth)
    d.b.op("FULLY_CONNECTED", [x.index, wt, b] if b >= 0 or d.chance(50) else [x.index, wt], [y], options(
        "FullyConnectedOptions", keepNumDims=keep, fusedActivationFunction=d.activation(), **fields),
        version=d.pick((4, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13)))


@generator("BATCH_MATMUL", "i8 i16")
def batch_matmul(d, t):
    rows, depth, cols = d.size(33), d.size(65), d.size(33)
    batch = d.pick(((), (1,), (2,), (3,), (2, 2)))
    ba, bb = (batch, batch) if d.chance(80) or not batch else d.pick(((batch, batch[1:]), (batch, (1,) * len(batch)), ((1,) * len(batch), batch)))
    adj_x, adj_y = d.chance(25), d.chance(40)
    x = d.operand(t, (*ba, *((depth, rows) if adj_x else (rows, depth))))
    right = "i8" if t == "i16" and d.chance(10) else t
    z = d.operand(right, (*bb, *((cols, depth) if adj_y else (depth, cols))), zero=0 if d.chance(50) else None, constant=30)
    y = output(d, t, (*np.broadcast_shapes(ba, bb), rows, cols), x.scale, 74 * z.scale * (256 if right == "i16" else 1), depth)
    d.b.op("BATCH_MATMUL", [x.index, z.index], [y], options("BatchMatMulOptions", adjX=adj_x, adjY=adj_y),
           version=d.pick((2, 1, 3, 4) if t == "i8" else (3, 1, 2, 4)))
