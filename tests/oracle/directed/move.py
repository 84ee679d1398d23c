"""Ops that move or pick elements."""

from .builder import ZERO_ENDS, case, np, options, schema


@case(
    "movement",
    "Ops that move codes: PAD to ARG_MIN, each once or twice, with negative axes, strides and sizes.",
    ("i8", "u8", "i16"),
)
def movement(b, t):
    zero = ZERO_ENDS[t][-1]
    x = b.input(t, (2, 4, 6, 3), 0.1, zero)

    def out(*shape):
        return b.tensor(t, shape, 0.1, zero)

    i32 = lambda v: b.constant("i32", v)
    b.op("PAD", [x, i32([[0, 1], [1, 2], [0, 0], [2, 1]])], [out(3, 7, 6, 6)], options("PadOptions"), version=2)
    b.op(
        "PADV2",
        [x, i32([[0, 0], [1, 2], [0, 3], [0, 0]]), b.constant(t, 9, 0.1, zero)],
        [out(2, 7, 9, 3)],
        options("PadV2Options"),
        version=2,
    )
    for mode in (0, 1) if t != "i16" else ():
        b.op(
            "MIRROR_PAD",
            [x, i32([[0, 0], [1, 2], [2, 1], [0, 0]])],
            [out(2, 7, 9, 3)],
            options("MirrorPadOptions", mode=mode),
            version=2,
        )
    b.op("SLICE", [x, i32([0, 1, 2, 0]), i32([2, 2, -1, 2])], [out(2, 2, 4, 2)], options("SliceOptions"), version=2)
    b.op(
        "STRIDED_SLICE",
        [x, i32([0, 3, 1, 0]), i32([2, -5, 6, 3]), i32([1, -2, 2, 1])],
        [out(2, 2, 3, 3)],
        options("StridedSliceOptions"),
        version=2,
    )
    b.op(
        "STRIDED_SLICE",
        [x, i32([1, 0, 0, 0]), i32([2, 0, 0, 3]), i32([1, 1, 1, 1])],
        [out(4, 6, 3)],
        options("StridedSliceOptions", endMask=6, beginMask=6, shrinkAxisMask=1),
        version=2,
    )
    b.op("TRANSPOSE", [x, i32([3, 1, 0, 2])], [out(3, 4, 2, 6)], options("TransposeOptions"), version=2)
    b.op("GATHER", [x, i32([5, 0, 2, 2])], [out(2, 4, 4, 3)], options("GatherOptions", axis=2), version=2)
    b.op("TILE", [x, i32([1, 2, 1, 3])], [out(2, 8, 6, 9)], options("TileOptions"), version=2)
    if t != "i16":
        b.op("SPACE_TO_DEPTH", [x], [out(2, 2, 3, 12)], options("SpaceToDepthOptions", blockSize=2), version=2)
    if t != "i16":
        b.op(
            "SPACE_TO_BATCH_ND",
            [x, i32([2, 3]), i32([[1, 1], [0, 3]])],
            [out(12, 3, 3, 3)],
            options("SpaceToBatchNDOptions"),
            version=2,
        )
    b.op("EXPAND_DIMS", [x, i32([1])], [out(2, 1, 4, 6, 3)], options("ExpandDimsOptions"))
    b.op("UNPACK", [x], [out(4, 6, 3), out(4, 6, 3)], options("UnpackOptions", num=2, axis=0), version=2)
    b.op("SPLIT", [i32(2), x], [out(2, 4, 2, 3) for _ in range(3)], options("SplitOptions", numSplits=3), version=2)
    b.op(
        "SPLIT_V",
        [x, i32([1, -1, 2]), i32(1)],
        [out(2, 1, 6, 3), out(2, 1, 6, 3), out(2, 2, 6, 3)],
        options("SplitVOptions", numSplits=3),
        version=2,
    )
    y = b.another_input(t, (2, 4, 6, 3), 0.1, zero)
    b.op("PACK", [x, y], [out(2, 4, 2, 6, 3)], options("PackOptions", valuesCount=2, axis=2), version=2)
    b.op("CONCATENATION", [x, y, x], [out(2, 4, 18, 3)], options("ConcatenationOptions", axis=-2), version=2)
    if t == "i16":  # refused by the runtimes
        return
    b.op(
        "ARG_MAX",
        [x, i32(-1)],
        [b.tensor("i32", (2, 4, 6))],
        options("ArgMaxOptions", outputType=schema.TensorType.INT32),
        version=2,
    )
    b.op(
        "ARG_MIN",
        [x, i32(1)],
        [b.tensor("i64", (2, 6, 3))],
        options("ArgMinOptions", outputType=schema.TensorType.INT64),
        version=2,
    )
    c = b.op("LESS", [x, y], [b.tensor("bool", (2, 4, 6, 3))], version=2)
    b.op("SELECT", [c, x, y], [out(2, 4, 6, 3)], options("SelectOptions"), version=2)
    d = b.op("GREATER", [x, y], [b.tensor("bool", (2, 4, 6, 3))], version=2)
    for op in ("LOGICAL_AND", "LOGICAL_OR"):
        b.op(op, [c, d], [b.tensor("bool", (2, 4, 6, 3))])
    b.op("LOGICAL_NOT", [c], [b.tensor("bool", (2, 4, 6, 3))])


@case(
    "blocks",
    "DEPTH_TO_SPACE and BATCH_TO_SPACE_ND with crops.",
)
def blocks(b):
    x = b.input("i8", (1, 2, 3, 12), 0.1, 3)
    b.op(
        "DEPTH_TO_SPACE",
        [x],
        [b.tensor("i8", (1, 4, 6, 3), 0.1, 3)],
        options("DepthToSpaceOptions", blockSize=2),
        version=2,
    )
    y = b.input("i8", (12, 3, 3, 3), 0.1, 3)
    b.op(
        "BATCH_TO_SPACE_ND",
        [y, b.constant("i32", [2, 3]), b.constant("i32", [[1, 1], [0, 3]])],
        [b.tensor("i8", (2, 4, 6, 3), 0.1, 3)],
        options("BatchToSpaceNDOptions"),
        version=2,
    )


@case(
    "resize_bilinear",
    "RESIZE_BILINEAR: larger and smaller, aligned corners, half-pixel centres, eight times with 8 channels.",
    ("i8", "u8"),
)
def resize_bilinear(b, t):
    for (h, w), (oh, ow), align, half in (
        ((3, 4), (7, 9), False, False),
        ((3, 4), (7, 9), True, False),
        ((3, 4), (7, 9), False, True),
        ((8, 8), (3, 5), False, True),
        ((5, 5), (10, 10), False, True),
        ((1, 1), (4, 4), False, False),
        ((9, 9), (17, 17), True, False),
        ((2, 3), (16, 24), False, True),
    ):
        channels = 8 if oh == 8 * h else 5  # 8 times, half pixels and 8 channels: a routine of its own for uint8
        x = b.input(t, (1, h, w, channels), 0.1, 0 if t == "i16" else 3)
        b.op(
            "RESIZE_BILINEAR",
            [x, b.constant("i32", [oh, ow])],
            [b.tensor(t, (1, oh, ow, channels), 0.1, 0 if t == "i16" else 3)],
            options("ResizeBilinearOptions", alignCorners=align, halfPixelCenters=half),
            version=3,
        )


@case(
    "resize_nearest",
    "RESIZE_NEAREST_NEIGHBOR: larger and smaller, aligned corners, half-pixel centres.",
    ("i8", "u8"),
)
def resize_nearest(b, t):
    for (h, w), (oh, ow), align, half in (
        ((3, 4), (7, 9), False, False),
        ((3, 4), (7, 9), True, False),
        ((3, 4), (7, 9), False, True),
        ((8, 8), (3, 5), False, True),
    ):
        x = b.input(t, (1, h, w, 5), 0.1, 3)
        b.op(
            "RESIZE_NEAREST_NEIGHBOR",
            [x, b.constant("i32", [oh, ow])],
            [b.tensor(t, (1, oh, ow, 5), 0.1, 3)],
            options("ResizeNearestNeighborOptions", alignCorners=align, halfPixelCenters=half),
            version=3,
        )


@case(
    "concatenation_rescaled",
    "CONCATENATION of inputs whose scales differ from the output's.",
)
def concatenation_rescaled(b):
    x, y, z = b.input("u8", (1, 5, 7), 0.1, 3), b.input("u8", (1, 5, 3), 0.25, 131), b.input("u8", (1, 5, 7), 0.05, 255)
    b.op("CONCATENATION", [x, y, z], [b.tensor("u8", (1, 5, 17), 0.13, 100)], options("ConcatenationOptions", axis=2))
    b.op("CONCATENATION", [x, z], [b.tensor("u8", (1, 10, 7), 0.1, 3)], options("ConcatenationOptions", axis=1))


@case("concatenation_scales", "CONCATENATION of all uint8 codes of forty quantizations: products near ties.")
def concatenation_scales(b):
    rng = np.random.default_rng(7)
    for _ in range(40):
        scale, zero = float(rng.uniform(0.01, 0.2)), int(rng.integers(0, 256))
        out = scale * float(rng.choice([rng.uniform(0.5, 3), 2 / 3, 4 / 3, 8 / 5]))
        parts = [b.constant("u8", np.arange(256), scale, zero), b.constant("u8", np.arange(256), out, 40)]
        b.op("CONCATENATION", parts, [b.tensor("u8", (512,), out, 40)], options("ConcatenationOptions", axis=0))


@case("resize_bilinear_sizes", "RESIZE_BILINEAR of uint8 from 5 to 30 and other ratios whose binary32 weights are not exact.")
def resize_bilinear_sizes(b):
    for n, out in ((5, 30), (3, 7), (4, 13), (7, 29), (6, 11)):
        x = b.another_input("u8", (1, n, n, 9), 0.1, 3)
        for align, half in ((False, False), (True, False), (False, True)):
            b.op("RESIZE_BILINEAR", [x, b.constant("i32", [out, out])], [b.tensor("u8", (1, out, out, 9), 0.1, 3)],
                 options("ResizeBilinearOptions", alignCorners=align, halfPixelCenters=half), version=3)


@case(
    "selection",
    "Ops that the VX delegate claims and no corpus model has: REVERSE_V2, GATHER_ND, SCATTER_ND, ONE_HOT, "
    "ADD_N, FLOOR_DIV, REDUCE_ANY, REDUCE_ALL.",
)
def selection(b):
    i32 = lambda v: b.constant("i32", v)
    x, f = b.input("i8", (3, 4, 5), 0.1, 3), b.input("f32", (3, 4, 5))
    out = lambda *shape: b.tensor("i8", shape, 0.1, 3)
    b.op("REVERSE_V2", [x, i32([1])], [out(3, 4, 5)])
    b.op("REVERSE_V2", [f, i32([2])], [b.tensor("f32", (3, 4, 5))])
    b.op("GATHER_ND", [x, i32([[2, 0], [0, 3], [2, 0]])], [out(3, 5)], version=2)
    b.op("GATHER_ND", [f, i32([[[0, 0, 4]], [[1, 2, 3]]])], [b.tensor("f32", (2, 1))])
    b.op("SCATTER_ND", [i32([[3], [1], [3]]), f, i32([6, 4, 5])], [b.tensor("f32", (6, 4, 5))])
    index = b.constant("i32", [[2, -1], [7, 0]])
    for axis in (-1, 1):
        shape = (2, 2, 4) if axis == -1 else (2, 4, 2)
        b.op(
            "ONE_HOT",
            [index, i32(4), b.constant("f32", np.float32(2.5)), b.constant("f32", np.float32(-1))],
            [b.tensor("f32", shape)],
            options("OneHotOptions", axis=axis),
        )
    g = b.another_input("f32", (3, 4, 5))
    b.op("ADD_N", [f, g, f], [b.tensor("f32", (3, 4, 5))])
    b.op("FLOOR_DIV", [f, g], [b.tensor("f32", (3, 4, 5))])
    whole = b.op(
        "CAST",
        [f],
        [b.tensor("i32", (3, 4, 5))],
        options("CastOptions", inDataType=schema.TensorType.FLOAT32, outDataType=schema.TensorType.INT32),
    )
    b.op("FLOOR_DIV", [whole, i32([-3, 2, 1, -1, 7])], [b.tensor("i32", (3, 4, 5))])
    b.op("ADD_N", [whole, whole, whole], [b.tensor("i32", (3, 4, 5))])
    less = b.op("LESS", [f, g], [b.tensor("bool", (3, 4, 5))])
    for op in ("REDUCE_ANY", "REDUCE_ALL"):
        b.op(op, [less, i32([2])], [b.tensor("bool", (3, 4))], options("ReducerOptions", keepDims=False))
