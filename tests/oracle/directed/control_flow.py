"""Ops that run subgraphs."""

from .builder import case, np, options

CODES = ("i8", (1, 263), 0.5, 3)
ONE = ("i32", (1,))


def add(b, t, scale):
    """t + t, requantized by an op that XNNPACK and the built-in kernels round differently."""
    y = b.tensor("i8", CODES[1], scale, 3)
    b.op("ADD", [t, t], [y], options("AddOptions"))
    return y


def less(b, t, limit):
    y = b.tensor("bool", (1,))
    b.op("LESS", [t, b.constant("i32", [limit])], [y], options("LessOptions"))
    return y


def plus(b, t, step):
    y = b.tensor("i32", (1,))
    b.op("ADD", [t, b.constant("i32", [step])], [y], options("AddOptions"))
    return y


@case(
    "control_flow",
    "IF with each branch taken, with layers' rounding inside and with a branch that passes its input through; WHILE without an "
    "iteration, with many, with values that change places and with an IF inside.",
)
def control_flow(b):
    x, count = b.input(*CODES), b.constant("i32", [0])
    hundred = b.constant("i32", [100])
    doubled = b.subgraph([CODES], lambda t: [add(b, t, 2.0)])
    same = b.subgraph([CODES], lambda t: [t])
    out = lambda scale=2.0: b.tensor("i8", CODES[1], scale, 3)
    for limit in (50, 200):  # false, true
        condition = less(b, hundred, limit)
        b.op("IF", [condition, x], [out()], options("IfOptions", thenSubgraphIndex=doubled, elseSubgraphIndex=same))

    def loop(start, limit, body):
        condition = b.subgraph([ONE, CODES, CODES], lambda n, u, v: [less(b, n, limit)])
        outputs = [b.tensor("i32", (1,)), out(0.5), out(0.5)]
        b.op("WHILE", [start, x, other], outputs, options("WhileOptions", condSubgraphIndex=condition, bodySubgraphIndex=body))

    other = b.another_input(*CODES)
    swap = b.subgraph([ONE, CODES, CODES], lambda n, u, v: [plus(b, n, 1), v, add(b, u, 0.5)])
    for limit in (0, 1, 6, 7):
        loop(count, limit, swap)
    half = b.subgraph([CODES], lambda t: [add(b, t, 0.5)])
    keep = b.subgraph([CODES], lambda t: [t])

    def branching(n, u, v):
        y = b.tensor("i8", *CODES[1:])
        b.op("IF", [less(b, n, 2), u], [y], options("IfOptions", thenSubgraphIndex=half, elseSubgraphIndex=keep))
        return [plus(b, n, 1), y, v]

    loop(count, 5, b.subgraph([ONE, CODES, CODES], branching))
