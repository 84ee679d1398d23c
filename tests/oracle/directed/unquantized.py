"""Ops of unquantized values: float32, int32, int64, bool."""

from .builder import NONE, RELU6, case, element_type, np, options, schema


@case(
    "numbers",
    "Float32 arithmetic, comparisons and activations on noise.",
)
def numbers(b):
    x, y = b.input("f32", (1, 7, 53)), b.another_input("f32", (1, 7, 53))
    one = b.another_input("f32", (53,))
    for op, name in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
        for other in (y, one):
            b.op(
                op,
                [x, other],
                [b.tensor("f32", (1, 7, 53))],
                options(name, fusedActivationFunction=RELU6 if other == one else NONE),
            )
    for op in ("MAXIMUM", "MINIMUM"):
        b.op(op, [x, y], [b.tensor("f32", (1, 7, 53))], options("MaximumMinimumOptions"))
    b.op("SQUARED_DIFFERENCE", [x, y], [b.tensor("f32", (1, 7, 53))])
    for op in ("NEG", "ABS", "SQUARE", "FLOOR", "RELU", "RELU6", "RELU_N1_TO_1"):
        b.op(op, [x], [b.tensor("f32", (1, 7, 53))])
    root = b.op("SQRT", [b.op("ABS", [x], [b.tensor("f32", (1, 7, 53))])], [b.tensor("f32", (1, 7, 53))])
    b.op("LEAKY_RELU", [x], [b.tensor("f32", (1, 7, 53))], options("LeakyReluOptions", alpha=0.3))
    b.op("PRELU", [x, b.constant("f32", np.linspace(-1, 1, 53, dtype=np.float32))], [b.tensor("f32", (1, 7, 53))])
    for op in ("EQUAL", "LESS", "GREATER_EQUAL"):
        b.op(op, [x, y], [b.tensor("bool", (1, 7, 53))])


@case(
    "integers",
    "int32 arithmetic and CAST: quotients of negative numbers, the ends of int32, conversions from float32.",
)
def integers(b):
    x = b.constant("i32", [-7, 5, 0, 2147483647, -2147483648, 12])
    y = b.constant("i32", [3, -2, 9, 2, 1, 5])
    f = b.input("f32", (6,))
    codes = b.input("i8", (6,), 0.1, 3)
    values = b.op(
        "CAST",
        [f],
        [b.tensor("i32", (6,))],
        options("CastOptions", inDataType=schema.TensorType.FLOAT32, outDataType=schema.TensorType.INT32),
    )
    raised = b.op("ADD", [values, y], [b.tensor("i32", (6,))], options("AddOptions"))
    for op, name in (("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
        b.op(op, [raised, y], [b.tensor("i32", (6,))], options(name))
    for to in ("f32", "i64", "bool"):
        b.op(
            "CAST",
            [raised],
            [b.tensor(to, (6,))],
            options("CastOptions", inDataType=schema.TensorType.INT32, outDataType=element_type(to)),
        )
    for op in ("MAXIMUM", "MINIMUM"):
        b.op(op, [raised, y], [b.tensor("i32", (6,))], options("MaximumMinimumOptions"))


@case(
    "sine",
    "SIN and COS of float32.",
)
def sine(b):
    x = b.input("f32", (257,))
    for op in ("SIN", "COS"):
        b.op(op, [x], [b.tensor("f32", (257,))])
