"""Random models as sequences of choices: what a generator asks for, so that a case can be made again and made smaller.

A case is (op, type, choices, seed). A choice is an index into a list whose first entry is the simplest; a generator that is
given fewer choices than it asks for draws the others. Smaller choices give a smaller model. The values of inputs and of
constants come from the seed alone.
"""
import os
import sys
from typing import NamedTuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from directed.builder import TYPES, Builder, np

RANGES = {"i4": (-8, 7), "i8": (-128, 127), "u8": (0, 255), "i16": (-32768, 32767)}
# Around the widths of vectors: 4, 8, 16, 32.
SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 31, 32, 33, 40, 64, 65)
ACTIVATIONS = (0, 1, 3, 2)  # none, RELU, RELU6, RELU_N1_TO_1


class Case(NamedTuple):
    """What a case is made of; `name` is what --repeat takes."""

    op: str
    type: str
    choices: tuple
    seed: int
    nodes: int = 1  # more: a graph whose nodes read what earlier nodes wrote

    @property
    def name(self):
        return "%s/%s/%d/%d/%s" % (self.op, self.type, self.nodes, self.seed, ".".join(map(str, self.choices)))


def parse_case(name):
    op, type_name, nodes, seed, choices = name.split("/")
    return Case(op, type_name, tuple(int(c) for c in choices.split(".") if c), int(seed), int(nodes))


class Operand(NamedTuple):
    """A tensor that a node reads."""

    index: int
    scale: float
    zero: int


class Draw:
    """What generators draw from. `b` is the model's builder; `choices` is what was drawn so far."""

    def __init__(self, case):
        self.b = Builder()
        self.given, self.choices = case.choices, []
        self.rng = np.random.default_rng([case.seed, 1])
        self.data = np.random.default_rng([case.seed, 2])
        self.nodes = case.nodes
        self.arrays = []  # the values of the model's inputs, in their order
        self.written = []  # (type, shape, Operand) that nodes of a graph may read

    # --- choices

    def index(self, count, weights=None):
        """A number below `count`."""
        k = len(self.choices)
        if k < len(self.given):
            value = min(self.given[k], count - 1)
        else:
            value = int(self.rng.choice(count, p=None if weights is None else np.asarray(weights) / sum(weights)))
        self.choices.append(value)
        return value

    def pick(self, values):
        return values[self.index(len(values))]

    def chance(self, percent):
        """True in that many cases of a hundred; False is the simpler."""
        return bool(self.index(2, (100 - percent, percent)))

    def size(self, most=65):
        return self.pick([n for n in SIZES if n <= most])

    def shape(self, rank=None, most=65, total=4096):
        """A shape of at most `total` elements."""
        rank = self.pick((1, 2, 3, 4)) if rank is None else rank
        dims = []
        for _ in range(rank):
            dims.append(min(self.size(most), max(1, total)))
            total //= dims[-1]
        return tuple(dims)

    def any_shape(self, total=4096):
        """As shape(), now and then of rank 0, of rank 5, or without elements."""
        kind = self.index(4, (88, 4, 4, 4))
        if kind == 1:
            return ()
        if kind == 2:
            return self.shape(5, 5, total)
        shape = self.shape(None, 65, total)
        if kind == 3:
            shape = shape[:-1] + (0,)
        return shape

    def number(self, low, high):
        """A real number: a power of two at first, so that sums lie halfway, then anything between."""
        k = self.index(2, (35, 65)) and 1 + self.index(4096)
        if k == 0:
            powers = range(int(np.ceil(np.log2(low))), int(np.floor(np.log2(high))) + 1)
            return 2.0 ** self.pick(sorted(powers, key=abs)) if powers else low
        return float(np.float32(low * (high / low) ** (((k - 1) * 2654435761 % 4096) / 4095)))

    def scale(self, low=0.002, high=2.0):
        return self.number(low, high)

    def zero(self, t):
        if t not in ("i8", "u8"):
            return 0
        low, high = RANGES[t]
        return self.pick((0 if t == "i8" else 128, 3, low, high, low + 1 + self.index(254)))

    # --- tensors

    def values(self, t, shape, zero=0):
        """Codes: over the whole range, near the zero point, or extremes and zero points alone."""
        count = int(np.prod(shape))
        if t == "f32":
            kind = self.index(3)
            values = self.data.normal(0, (1, 30, 0.01)[kind], count)
        elif t == "bool":
            values = self.data.integers(0, 2, count)
        elif t in ("i32", "i64"):
            values = self.data.integers(*((-9, 10), (-2000, 2000), (-(2**31), 2**31))[self.index(3, (50, 40, 10))], count)
        else:
            low, high = RANGES[t]
            kind = self.index(3, (75, 15, 10))
            if kind == 0:
                values = self.data.integers(low, high + 1, count)
            elif kind == 1:
                values = np.clip(zero + self.data.integers(-9, 10, count), low, high)
            else:
                values = self.data.choice([low, high, zero], count)
        return np.asarray(values).astype(TYPES[t][1]).reshape(shape)

    def new_input(self, t, shape, scale=None, zero=0, values=None):
        """An input of the model."""
        index = self.b.another_input(t, shape, scale, zero)
        self.arrays.append(np.asarray(self.values(t, shape, zero) if values is None else values, TYPES[t][1]).reshape(shape))
        return Operand(index, scale, zero)

    def operand(self, t, shape, scale=None, zero=None, constant=12):
        """What a node reads: in a graph most often what an earlier node wrote, else an input or a constant.

        Its scale and zero point are those given, else drawn; `constant` in a hundred are constants.
        """
        fits = [o for kind, s, o in self.written if kind == t and s == tuple(shape) and scale in (None, o.scale) and zero in (None, o.zero)]
        if fits and self.chance(80):
            return self.pick(fits)
        if t in RANGES:
            scale = self.scale(*((2.0**-14, 2.0**-6) if t == "i16" else ())) if scale is None else scale
            zero = self.zero(t) if zero is None else zero
        else:
            scale, zero = None, 0
        if constant and self.chance(constant):
            return Operand(self.b.constant(t, self.values(t, shape, zero), scale, zero), scale, zero)
        return self.new_input(t, shape, scale, zero)

    def output(self, t, shape, scale=None, zero=0):
        """What a node writes."""
        index = self.b.tensor(t, shape, scale if t in RANGES else None, zero)
        self.written.append((t, tuple(shape), Operand(index, scale, zero)))
        return index

    def like(self, t, shape, operand):
        """An output with the quantization of an operand."""
        return self.output(t, shape, operand.scale, operand.zero)

    def free_output(self, t, shape, spread=None):
        """An output of a quantization of its own; `spread`: about how large its numbers are."""
        if t not in RANGES:
            return self.output(t, shape)
        steps = 32768 if t == "i16" else 128
        if spread is None:
            scale = self.scale(*((2.0**-14, 2.0**-6) if t == "i16" else ()))
        else:
            scale = float(np.float32(max(spread, 1e-6) / steps * self.number(0.25, 4)))
        return self.output(t, shape, scale, self.zero(t))

    def i32(self, values):
        return self.b.constant("i32", np.asarray(values, np.int32))

    def activation(self):
        return ACTIVATIONS[self.index(4, (61, 13, 13, 13))]
