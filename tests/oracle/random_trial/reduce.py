"""Generators of pools and reductions."""
from directed.builder import SAME, VALID, conv_shape, options

from .draw import RANGES, np
from .generators import generator


def pool(op, types):
    @generator(op, types)
    def make(d, t):
        kernel, stride = (d.pick((1, 2, 3, 4)), d.pick((1, 2, 3, 5))), (d.pick((1, 2, 3)), d.pick((1, 2)))
        padding = d.pick((SAME, VALID))
        h, w = (max(d.pick((1, 2, 3, 5, 7, 9)), 1 if padding == SAME else k) for k in kernel)
        n, c = d.pick((1, 2)), d.size(65)
        x = d.operand(t, (n, h, w, c))
        y = d.like(t, conv_shape(n, h, w, kernel, stride, (1, 1), padding, c), x)
        d.b.op(op, [x.index], [y], options("Pool2DOptions", padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=kernel[0],
               filterWidth=kernel[1], fusedActivationFunction=d.activation()), version=d.pick((2, 1, 3)))


pool("AVERAGE_POOL_2D", "i8 u8 i16 f32")
pool("MAX_POOL_2D", "i8 u8 i16 f32")
pool("L2_POOL_2D", "f32")


def reduction(op, types, option="ReducerOptions", same=False):
    @generator(op, types)
    def make(d, t):
        shape = d.shape(d.pick((4, 2, 3, 1, 5)), 17, 2048)
        axes = [k for k in range(len(shape)) if d.chance(45)] or [d.index(len(shape))]
        if len(shape) == 4 and d.chance(35):
            axes = [1, 2]
        keep = d.chance(50)
        x = d.operand(t, shape)
        out = [1 if k in axes else n for k, n in enumerate(shape) if keep or k not in axes]
        count = int(np.prod([shape[k] for k in axes]))
        if same or t not in RANGES or d.chance(30) or (op == "SUM" and t == "i16"):
            y = d.like(t, out, x)
        else:
            y = d.free_output(t, out, x.scale * (32768 if t == "i16" else 128) * (count**0.5 if op == "SUM" else 1) * (count**-0.3 if op == "MEAN" else 1))
        asked = [k - len(shape) if d.chance(15) else k for k in axes]
        d.b.op(op, [x.index, d.i32(asked)], [y], options(option, keepDims=keep), version=d.pick((2, 1, 3)))


reduction("MEAN", "i8 u8 i16 i32 i64 f32")
reduction("SUM", "i8 u8 i16 i32 i64 f32")
reduction("REDUCE_MAX", "i8 u8 i16 i32 i64 f32", same=True)
reduction("REDUCE_MIN", "i8 u8 i16 i32 i64 f32", same=True)
reduction("REDUCE_PROD", "i8 i16 i32 f32")
reduction("REDUCE_ANY", "bool", same=True)
reduction("REDUCE_ALL", "bool", same=True)


@generator("CUMSUM", "f32 i32 i64")
def cumsum(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 33, 2048)
    axis = d.index(len(shape))
    x = d.operand(t, shape)
    d.b.op("CUMSUM", [x.index, d.i32(d.pick((axis, axis - len(shape))))], [d.output(t, shape)],
           options("CumsumOptions", exclusive=d.chance(40), reverse=d.chance(40)))
