"""The list of generators: by op and type, what draws the tensors, options and version of a node and adds it."""
from typing import NamedTuple

from .draw import Case, Draw, np

GENERATORS = {}  # (op, type) -> function of (Draw, type)


def generator(op, types):
    """Registers the decorated function for an op and each of the types (short names, apart by spaces)."""

    def register(function):
        for t in types.split():
            GENERATORS[op, t] = function
        return function

    return register


class Made(NamedTuple):
    """A case's model."""

    builder: object
    arrays: list  # the values of the model's inputs
    case: Case  # with all choices that were drawn
    labels: list  # of each node "OP type", as the generator was asked


def make(case):
    d, labels = Draw(case), []

    def add(op, t):
        GENERATORS[op, t](d, t)
        labels.extend(["%s %s" % (op, t)] * (len(d.b.graph.operators) - len(labels)))

    add(case.op, case.type)
    names = sorted(GENERATORS)
    for _ in range(case.nodes - 1):
        # Of the type of what was written last, so that nodes meet.
        fitting = [n for n in names if d.written and n[1] == d.written[-1][0]] or names
        add(*d.pick(fitting))
    return Made(d.b, d.arrays, case._replace(choices=tuple(d.choices)), labels)


def broadcast_pair(d, total=4096):
    """Two shapes that broadcast to one another, and the shape of the result."""
    kind = d.index(5, (50, 15, 15, 10, 10))
    shape = d.any_shape(total)
    if kind == 0 or not shape:
        return shape, shape, shape
    if kind == 1:
        return shape, (1,), shape
    if kind == 2:
        return shape, shape[-1:], shape
    ones = [d.chance(40) for _ in shape]
    a = tuple(1 if one and n else n for n, one in zip(shape, ones))
    if kind == 3:
        return a, shape, shape
    other = tuple(1 if n and not one and d.chance(40) else n for n, one in zip(shape, ones))
    return a, other, tuple(np.broadcast_shapes(a, other))


__all__ = ["Case", "GENERATORS", "Made", "broadcast_pair", "generator", "make"]
