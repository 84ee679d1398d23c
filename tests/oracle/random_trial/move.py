"""Generators of ops that move or pick elements, and of resizes."""
from directed.builder import element_type, options

from .draw import RANGES, np
from .generators import generator

ANY = "i8 u8 i16 i32 i64 f32 bool"
VERSIONS = (2, 1, 3, 4, 5)


def given(d, values, percent=25):
    """int32 values that the model holds, or that come while it runs."""
    values = np.asarray(values, np.int32)
    return d.new_input("i32", values.shape, values=values).index if d.chance(percent) else d.i32(values)


@generator("PAD", ANY)
def pad(d, t):
    shape = d.shape(d.pick((4, 1, 2, 3)), 17, 1024)
    x = d.operand(t, shape)
    pads = [(d.pick((0, 1, 2)), d.pick((0, 1, 3))) for _ in shape]
    d.b.op("PAD", [x.index, d.i32(pads)], [d.like(t, [n + sum(p) for n, p in zip(shape, pads)], x)], options("PadOptions"), version=d.pick(VERSIONS))


@generator("PADV2", ANY)
def pad_v2(d, t):
    shape = d.shape(d.pick((4, 1, 2, 3)), 17, 1024)
    x = d.operand(t, shape)
    pads = [(d.pick((0, 1, 2)), d.pick((0, 1, 3))) for _ in shape]
    value = d.b.constant(t, d.values(t, (1,), x.zero), x.scale, x.zero)
    d.b.op("PADV2", [x.index, d.i32(pads), value], [d.like(t, [n + sum(p) for n, p in zip(shape, pads)], x)], options("PadV2Options"), version=d.pick(VERSIONS))


@generator("MIRROR_PAD", "i8 u8 i16 i32 i64 f32")
def mirror_pad(d, t):
    shape = tuple(n + 2 for n in d.shape(d.pick((4, 1, 2, 3)), 9, 1024))
    x = d.operand(t, shape)
    pads = [(d.pick((0, 1)), d.pick((0, 1, 2))) for _ in shape]
    d.b.op("MIRROR_PAD", [x.index, d.i32(pads)], [d.like(t, [n + sum(p) for n, p in zip(shape, pads)], x)],
           options("MirrorPadOptions", mode=d.pick((0, 1))), version=d.pick((2, 1, 3)))


@generator("SLICE", ANY)
def slice_(d, t):
    shape = d.shape(d.pick((4, 1, 2, 3, 5)), 17)
    x = d.operand(t, shape)
    begin = [d.index(n) for n in shape]
    size = [1 + d.index(n - b) for n, b in zip(shape, begin)]
    asked = [-1 if b + s == n and d.chance(50) else s for n, b, s in zip(shape, begin, size)]
    d.b.op("SLICE", [x.index, given(d, begin), given(d, asked)], [d.like(t, size, x)], options("SliceOptions"), version=d.pick((2, 1, 3, 4, 5, 6)))


@generator("STRIDED_SLICE", ANY)
def strided_slice(d, t):
    shape = d.shape(d.pick((4, 1, 2, 3)), 17)
    x = d.operand(t, shape)
    begin, end, strides, out = [], [], [], []
    masks = {"beginMask": 0, "endMask": 0, "shrinkAxisMask": 0}
    for k, n in enumerate(shape):
        step = d.pick((1, 2, -1, 3, -2))
        a, z = (d.index(n), 0) if step < 0 else (0, 0)
        if step > 0:
            a = d.index(n)
            z = a + 1 + d.index(n - a)
            count = -(-(z - a) // step)
        else:
            z = a - 1 - d.index(a + 1)
            count = -(-(a - z) // -step)
            z = z if z >= 0 else -n - 1
        kind = d.index(4, (70, 10, 10, 10))
        if kind == 1:
            masks["beginMask"] |= 1 << k
            first = 0 if step > 0 else n - 1
            last = z if z != -n - 1 else -1
            count = max(0, -(-(last - first) // step)) if step > 0 else max(0, -(-(first - last) // -step))
        elif kind == 2:
            masks["endMask"] |= 1 << k
            count = -(-(n - a) // step) if step > 0 else -(-(a + 1) // -step)
        elif kind == 3:
            masks["shrinkAxisMask"] |= 1 << k
            step, z, count = 1, a + 1, None
        begin.append(a)
        end.append(z)
        strides.append(step)
        if count is not None:
            out.append(count)
    d.b.op("STRIDED_SLICE", [x.index, given(d, begin, 10), given(d, end, 10), given(d, strides, 10)], [d.like(t, out, x)],
           options("StridedSliceOptions", **masks), version=d.pick((2, 1, 3, 4, 5, 6)))


@generator("TRANSPOSE", ANY)
def transpose(d, t):
    shape = d.shape(d.pick((4, 2, 3, 1, 5, 6)), 9)
    x = d.operand(t, shape)
    left, order = list(range(len(shape))), []
    while left:
        order.append(left.pop(d.index(len(left))))
    d.b.op("TRANSPOSE", [x.index, given(d, order, 10)], [d.like(t, [shape[k] for k in order], x)], options("TransposeOptions"), version=d.pick(VERSIONS))


@generator("GATHER", ANY)
def gather(d, t):
    shape = d.shape(d.pick((3, 1, 2, 4)), 17)
    x = d.operand(t, shape)
    axis = d.index(len(shape))
    index_shape = d.pick(((1,), (4,), (2, 3), (), (9,)))
    index = given(d, d.data.integers(0, shape[axis], index_shape), 50)
    d.b.op("GATHER", [x.index, index], [d.like(t, (*shape[:axis], *index_shape, *shape[axis + 1:]), x)],
           options("GatherOptions", axis=axis - (len(shape) if d.chance(30) else 0)), version=d.pick((2, 1, 3, 4, 5, 6, 7)))


@generator("GATHER_ND", ANY)
def gather_nd(d, t):
    shape = d.shape(d.pick((3, 1, 2, 4)), 9)
    x = d.operand(t, shape)
    depth, lead = 1 + d.index(len(shape)), d.pick(((1,), (4,), (2, 3)))
    index = np.stack([d.data.integers(0, n, lead) for n in shape[:depth]], -1)
    d.b.op("GATHER_ND", [x.index, given(d, index, 50)], [d.like(t, (*lead, *shape[depth:]), x)], options("GatherNdOptions"), version=d.pick((2, 1, 3, 4, 5)))


@generator("SCATTER_ND", "i8 u8 i32 i64 f32 bool")
def scatter_nd(d, t):
    shape = d.shape(d.pick((2, 1, 3)), 9)
    depth, count = 1 + d.index(len(shape)), d.pick((1, 3, 6))
    index = np.stack([d.data.integers(0, n, (count,)) for n in shape[:depth]], -1)
    x = d.operand(t, (count, *shape[depth:]))
    d.b.op("SCATTER_ND", [given(d, index, 40), x.index, given(d, shape, 20)], [d.like(t, shape, x)], options("ScatterNdOptions"))


@generator("TILE", ANY)
def tile(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 9, 512)
    x = d.operand(t, shape)
    times = [d.pick((1, 2, 3)) for _ in shape]
    d.b.op("TILE", [x.index, given(d, times)], [d.like(t, [n * k for n, k in zip(shape, times)], x)], options("TileOptions"), version=d.pick((1, 2, 3)))


@generator("BROADCAST_TO", ANY)
def broadcast_to(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 9, 1024)
    x = d.operand(t, tuple(1 if d.chance(40) else n for n in shape))
    d.b.op("BROADCAST_TO", [x.index, given(d, shape)], [d.like(t, shape, x)], options("BroadcastToOptions"), version=d.pick((2, 3, 1)))


def depth_space(op, option):
    @generator(op, "i8 u8 i32 i64 f32")
    def make(d, t):
        n, h, w, c, s = d.pick((1, 2)), d.pick((1, 2, 3)), d.pick((1, 2, 3)), d.pick((1, 2, 5, 16)), d.pick((2, 3, 1))
        small, big = (n, h, w, c * s * s), (n, h * s, w * s, c)
        x = d.operand(t, big if op == "SPACE_TO_DEPTH" else small)
        d.b.op(op, [x.index], [d.like(t, small if op == "SPACE_TO_DEPTH" else big, x)], options(option, blockSize=s), version=d.pick((1, 2)))


depth_space("SPACE_TO_DEPTH", "SpaceToDepthOptions")
depth_space("DEPTH_TO_SPACE", "DepthToSpaceOptions")


@generator("SPACE_TO_BATCH_ND", "i8 u8 i16 i32 i64 f32")
def space_to_batch_nd(d, t):
    block = (d.pick((1, 2, 3)), d.pick((1, 2, 3)))
    pads, size = [], []
    for s in block:
        before, n, after = d.pick((0, 1, 2)), d.pick((1, 2, 4, 5)), d.pick((0, 1))
        pads.append((before, after + -(before + n + after) % s))
        size.append(n)
    n, c = d.pick((1, 2)), d.pick((1, 3, 16))
    x = d.operand(t, (n, *size, c))
    out = [(k + sum(p)) // s for k, p, s in zip(size, pads, block)]
    d.b.op("SPACE_TO_BATCH_ND", [x.index, d.i32(block), d.i32(pads)], [d.like(t, (n * block[0] * block[1], *out, c), x)],
           options("SpaceToBatchNDOptions"), version=d.pick((2, 1, 3, 4)))


@generator("BATCH_TO_SPACE_ND", "i8 u8 i16 i32 i64 f32")
def batch_to_space_nd(d, t):
    block, h, w, n, c = (d.pick((1, 2, 3)), d.pick((1, 2, 3))), d.pick((2, 3)), d.pick((2, 3)), d.pick((1, 2)), d.pick((1, 3, 16))
    crops = [(d.pick((0, 1)), d.pick((0, 1)) if s > 1 else 0) for s in block]
    out = [k * s - sum(p) for k, s, p in zip((h, w), block, crops)]
    x = d.operand(t, (n * block[0] * block[1], h, w, c))
    d.b.op("BATCH_TO_SPACE_ND", [x.index, d.i32(block), d.i32(crops)], [d.like(t, (n, *out, c), x)], options("BatchToSpaceNDOptions"), version=d.pick((2, 1, 3, 4)))


@generator("RESHAPE", ANY)
def reshape(d, t):
    shape = d.any_shape()
    x = d.operand(t, shape)
    count = int(np.prod(shape))
    out = d.pick([(count,)] + [(n, count // n) for n in (1, 2, 3, 4, 8) if count and count % n == 0] + [(1, 1, count)] + ([()] if count == 1 else []))
    asked = [-1 if k == 0 and count and d.chance(20) else n for k, n in enumerate(out)]
    inputs = [x.index, given(d, np.array(asked, np.int32), 10)] if d.chance(80) else [x.index]
    d.b.op("RESHAPE", inputs, [d.like(t, out, x)], options("ReshapeOptions", newShape=asked), version=1)


@generator("EXPAND_DIMS", ANY)
def expand_dims(d, t):
    shape = d.any_shape()
    x = d.operand(t, shape)
    axis = d.index(len(shape) + 1)
    d.b.op("EXPAND_DIMS", [x.index, d.i32(d.pick((axis, axis - len(shape) - 1)))], [d.like(t, (*shape[:axis], 1, *shape[axis:]), x)], options("ExpandDimsOptions"))


@generator("SQUEEZE", ANY)
def squeeze(d, t):
    shape = tuple(1 if d.chance(50) else n for n in d.shape(d.pick((3, 2, 4)), 9))
    x = d.operand(t, shape)
    dims = [k for k, n in enumerate(shape) if n == 1 and d.chance(60)]
    out = [n for k, n in enumerate(shape) if (k not in dims if dims else n != 1)]
    d.b.op("SQUEEZE", [x.index], [d.like(t, out, x)], options("SqueezeOptions", squeezeDims=dims), version=d.pick((1, 2)))


@generator("UNPACK", ANY)
def unpack(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 9)
    axis = d.index(len(shape))
    if shape[axis] > 9:
        return reshape(d, t)
    x = d.operand(t, shape)
    d.b.op("UNPACK", [x.index], [d.like(t, shape[:axis] + shape[axis + 1:], x) for _ in range(shape[axis])],
           options("UnpackOptions", num=shape[axis], axis=axis), version=d.pick((2, 1, 3, 4)))


@generator("PACK", ANY)
def pack(d, t):
    shape, count = d.shape(d.pick((2, 1, 3)), 9), 1 + d.index(4)
    x = d.operand(t, shape)
    axis = d.index(len(shape) + 1)
    others = [d.operand(t, shape, x.scale, x.zero if t in RANGES else None).index for _ in range(count - 1)]
    d.b.op("PACK", [x.index, *others], [d.like(t, (*shape[:axis], count, *shape[axis:]), x)],
           options("PackOptions", valuesCount=count, axis=axis), version=d.pick((2, 1, 3, 4)))


@generator("SPLIT", "i8 u8 i16 i32 f32")
def split(d, t):
    shape, parts = list(d.shape(d.pick((2, 1, 3, 4)), 9)), d.pick((2, 1, 3))
    axis = d.index(len(shape))
    part = list(shape)
    shape[axis] *= parts
    x = d.operand(t, shape)
    d.b.op("SPLIT", [d.i32(d.pick((axis, axis - len(shape)))), x.index], [d.like(t, part, x) for _ in range(parts)],
           options("SplitOptions", numSplits=parts), version=d.pick((2, 1, 3, 4)))


@generator("SPLIT_V", "i8 u8 i16 i32 i64 f32")
def split_v(d, t):
    shape, sizes = list(d.shape(d.pick((2, 1, 3, 4)), 9)), [d.pick((1, 2, 5)) for _ in range(1 + d.index(3))]
    axis = d.index(len(shape))
    shape[axis] = sum(sizes)
    x = d.operand(t, shape)
    asked = [-1 if k == 0 and d.chance(30) else n for k, n in enumerate(sizes)]
    d.b.op("SPLIT_V", [x.index, d.i32(asked), d.i32(axis)], [d.like(t, (*shape[:axis], n, *shape[axis + 1:]), x) for n in sizes],
           options("SplitVOptions", numSplits=len(sizes)), version=d.pick((2, 1)))


@generator("CONCATENATION", "i8 u8 i16 i32 i64 f32 bool")
def concatenation(d, t):
    shape = list(d.shape(d.pick((2, 1, 3, 4)), 17, 1024))
    axis, rescaled = d.index(len(shape)), t == "u8" and d.chance(50)
    x = d.operand(t, shape)
    inputs, total = [x], shape[axis]
    for _ in range(d.index(3)):
        size = d.size(17)
        other = tuple(size if k == axis else n for k, n in enumerate(shape))
        inputs.append(d.operand(t, other, *(() if rescaled or t not in RANGES else (x.scale, x.zero))))
        total += size
    out = tuple(total if k == axis else n for k, n in enumerate(shape))
    y = d.free_output(t, out, x.scale * 128) if rescaled else d.like(t, out, x)
    d.b.op("CONCATENATION", [o.index for o in inputs], [y], options("ConcatenationOptions", axis=d.pick((axis, axis - len(shape)))), version=d.pick((2, 1, 3, 4)))


def arg(op, option):
    @generator(op, "i8 u8 i32 f32 bool")
    def make(d, t):
        shape = d.shape(d.pick((2, 1, 3, 4)), 33)
        x = d.operand(t, shape)
        axis, to = d.index(len(shape)), d.pick(("i32", "i64"))
        d.b.op(op, [x.index, d.i32(d.pick((axis, axis - len(shape))))], [d.output(to, shape[:axis] + shape[axis + 1:])],
               options(option, outputType=element_type(to)), version=d.pick((2, 1, 3)))


arg("ARG_MAX", "ArgMaxOptions")
arg("ARG_MIN", "ArgMinOptions")


@generator("REVERSE_V2", ANY)
def reverse_v2(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 17)
    x = d.operand(t, shape)
    d.b.op("REVERSE_V2", [x.index, d.i32([d.index(len(shape))])], [d.like(t, shape, x)], options("ReverseV2Options"), version=d.pick((1, 2, 3)))


@generator("ONE_HOT", "i32 i64 f32 bool i8 u8")
def one_hot(d, t):
    shape, depth = d.shape(d.pick((1, 2)), 9), d.pick((1, 3, 8))
    axis = d.pick((-1, 0))
    index = given(d, d.data.integers(-1, depth + 1, shape), 50)
    scalar = lambda: d.b.constant(t, np.asarray(d.values(t, ())), 0.1 if t in RANGES else None)
    d.b.op("ONE_HOT", [index, d.i32(depth), scalar(), scalar()], [d.output(t, (*shape, depth) if axis else (depth, *shape), 0.1)], options("OneHotOptions", axis=axis))


@generator("FILL", ANY)
def fill(d, t):
    shape = d.shape(d.pick((2, 1, 3)), 9)
    value = d.b.constant(t, np.asarray(d.values(t, ())), 0.1 if t in RANGES else None)
    d.b.op("FILL", [given(d, shape), value], [d.output(t, shape, 0.1)], options("FillOptions"), version=d.pick((1, 2, 3, 4)))


@generator("SHAPE", "i8 f32 i32")
def shape_of(d, t):
    shape = d.any_shape()
    to = d.pick(("i32", "i64"))
    d.b.op("SHAPE", [d.operand(t, shape).index], [d.output(to, (len(shape),))], options("ShapeOptions", outType=element_type(to)))


def resize(op, option):
    @generator(op, "i8 u8 i16 f32")
    def make(d, t):
        shape = (d.pick((1, 2)), d.pick((1, 2, 3, 5, 8)), d.pick((1, 2, 4, 5, 9)), d.pick((1, 3, 8, 16)))
        out = (d.pick((1, 2, 3, 7, 10, 16, 30)), d.pick((1, 2, 4, 8, 9, 24)))
        x = d.operand(t, shape)
        align = d.chance(30)
        half = not align and d.chance(45)
        d.b.op(op, [x.index, d.i32(out)], [d.like(t, (shape[0], *out, shape[3]), x)],
               options(option, alignCorners=align, halfPixelCenters=half), version=d.pick((3, 1, 2, 4)))


resize("RESIZE_BILINEAR", "ResizeBilinearOptions")
resize("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")


@generator("TOPK_V2", "i8 u8 i16 i32 i64 f32")
def topk_v2(d, t):
    shape = d.shape(d.pick((2, 1, 3)), 65, 2048)
    x = d.operand(t, shape)
    k = 1 + d.index(shape[-1])  # none at all is undefined in TFLite: it ends now and then
    out = (*shape[:-1], k)
    d.b.op("TOPK_V2", [x.index, given(d, k, 10)], [d.like(t, out, x), d.output("i32", out)], options("TopKV2Options"), version=d.pick((2, 1, 3)))


@generator("REVERSE_SEQUENCE", "u8 i16 i32 i64 f32 i8")
def reverse_sequence(d, t):
    shape = d.shape(d.pick((2, 3, 4)), 17)
    dims = list(range(len(shape)))
    sequence, batch = dims.pop(d.index(len(dims))), dims.pop(d.index(len(dims)))
    x = d.operand(t, shape)
    lengths = given(d, d.data.integers(0, shape[sequence] + 1, shape[batch]), 40)
    d.b.op("REVERSE_SEQUENCE", [x.index, lengths], [d.like(t, shape, x)], options("ReverseSequenceOptions", seqDim=sequence, batchDim=batch))


@generator("EMBEDDING_LOOKUP", "f32 i8 u8 i16 i32")
def embedding_lookup(d, t):
    rows, to_numbers = d.shape(d.pick((2, 3)), 33, 2048), t in ("i8", "u8") and d.chance(50)
    scales = d.scale() if t in RANGES else None
    if to_numbers and d.chance(40):
        scales = [float(np.float32(scales * (1 + 0.37 * k))) for k in range(rows[0])]
    zero = d.zero(t) if t == "u8" or not isinstance(scales, list) else 0
    table = d.b.constant(t, d.values(t, rows, zero), scales, zero)
    index = given(d, d.data.integers(0, rows[0], d.pick((1, 3, 8))), 70)
    shape = (d.b.graph.tensors[index].shape[0], *rows[1:])
    y = d.output("f32", shape) if to_numbers else d.output(t, shape, scales, zero)
    d.b.op("EMBEDDING_LOOKUP", [index, table], [y], version=d.pick((1, 2, 3, 4, 5)))


@generator("DYNAMIC_UPDATE_SLICE", ANY)
def dynamic_update_slice(d, t):
    shape = d.shape(d.pick((2, 1, 3, 4)), 17)
    box = tuple(1 + d.index(n) for n in shape)
    start = [d.index(n + 2) - 1 for n in shape]
    x = d.operand(t, shape)
    update = d.operand(t, box, *((x.scale, x.zero) if t in RANGES else ()))
    d.b.op("DYNAMIC_UPDATE_SLICE", [x.index, update.index, given(d, start, 60)], [d.like(t, shape, x)], version=d.pick((1, 2, 3, 4, 5, 6)))
