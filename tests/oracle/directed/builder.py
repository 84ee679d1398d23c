"""What the directed cases are made with: the list of the cases, and a writer of small models.

A case is one model. Its statement says what it tests; docs/directed.md is made from these statements. Reading them
needs no package; making the models needs those of an installed runtime (numpy, flatbuffers, ai_edge_litert).
"""

import sys
from typing import Callable, NamedTuple

try:
    import flatbuffers
    import numpy as np
    from ai_edge_litert import schema_py_generated as schema
except ImportError:
    flatbuffers = np = schema = None

# Element types by their short names: the schema's name, numpy's.
TYPES = {
    "i4": ("INT4", "int8"),
    "i8": ("INT8", "int8"),
    "u8": ("UINT8", "uint8"),
    "i16": ("INT16", "int16"),
    "i32": ("INT32", "int32"),
    "i64": ("INT64", "int64"),
    "f32": ("FLOAT32", "float32"),
    "bool": ("BOOL", "bool"),
}
# Zero points at both ends of a type's range and inside it.
ZERO_ENDS = {"i8": (-128, 127, 3), "u8": (0, 255, 131), "i16": (0,)}
NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3
SAME, VALID = 0, 1


class Case(NamedTuple):
    tests: str  # one sentence
    make: Callable[["Builder"], None]


CASES = {}


def case(name, tests, types=()):
    """Registers the decorated function as the case `name`, or, with types, as a case NAME_TYPE for each of them."""

    def register(function):
        if not types:
            CASES[name] = Case(tests, function)
        for t in types:
            CASES["%s_%s" % (name, t)] = Case(tests, lambda b, t=t: function(b, t))
        return function

    return register


def element_type(type_name):
    return getattr(schema.TensorType, TYPES[type_name][0])


class Builder:
    """A model with shared inputs and one output for each node."""

    def __init__(self):
        if schema is None:
            sys.exit("directed cases need the packages numpy, flatbuffers and ai_edge_litert")
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators, self.graph.inputs, self.graph.outputs = [], [], [], []
        self.model.subgraphs = [self.graph]
        self.codes, self.cache = {}, {}

    def tensor(self, type_name, shape, scale=None, zero=0, axis=0, data=None):
        t = schema.TensorT()
        t.name = "t%d" % len(self.graph.tensors)
        t.type, t.shape = element_type(type_name), list(shape)
        if scale is not None:
            q = schema.QuantizationParametersT()
            q.scale = [float(np.float32(s)) for s in np.atleast_1d(scale)]
            q.zeroPoint = [int(zero)] * len(q.scale)
            q.quantizedDimension = axis
            t.quantization = q
        t.buffer = 0
        if data is not None:
            t.buffer = len(self.model.buffers)
            b = schema.BufferT()
            raw = np.frombuffer(np.ascontiguousarray(data, TYPES[type_name][1]).tobytes(), np.uint8)
            if type_name == "i4":  # two codes a byte, the first in the lower bits
                nibbles = np.append(raw & 15, [0] * (len(raw) % 2)).astype(np.uint8)
                raw = nibbles[0::2] | nibbles[1::2] << 4
            b.data = raw
            self.model.buffers.append(b)
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def input(self, type_name, shape, scale=None, zero=0):
        key = (type_name, tuple(shape), scale, zero)
        if key not in self.cache:
            self.cache[key] = self.tensor(type_name, shape, scale, zero)
            self.graph.inputs.append(self.cache[key])
        return self.cache[key]

    def another_input(self, type_name, shape, scale=None, zero=0):
        """An input that no other node shares, so that it gets noise of its own."""
        t = self.tensor(type_name, shape, scale, zero)
        self.graph.inputs.append(t)
        return t

    def constant(self, type_name, values, scale=None, zero=0, axis=0):
        values = np.asarray(values)
        return self.tensor(type_name, values.shape, scale, zero, axis, values)

    def op(self, name, inputs, outputs, options=None, version=1):
        key = (name, version)
        if key not in self.codes:
            c = schema.OperatorCodeT()
            c.builtinCode = getattr(schema.BuiltinOperator, name)
            c.deprecatedBuiltinCode, c.version = min(c.builtinCode, 127), version
            self.codes[key] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(c)
        node = schema.OperatorT()
        node.opcodeIndex, node.inputs, node.outputs = self.codes[key], list(inputs), list(outputs)
        if options is not None:
            node.builtinOptions = options
            node.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
        self.graph.operators.append(node)
        self.graph.outputs += list(outputs)
        return outputs[0]

    def subgraph(self, inputs, make):
        """The index of a new subgraph: inputs of these (type, shape, scale, zero), outputs as `make` gives them."""
        outer, self.graph = self.graph, schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.outputs = []
        self.model.subgraphs.append(self.graph)
        index = len(self.model.subgraphs) - 1
        self.graph.inputs = [self.tensor(*given) for given in inputs]
        made = make(*self.graph.inputs)
        self.graph.outputs = list(made)
        self.graph = outer
        return index

    def save(self, path):
        b = flatbuffers.Builder(1 << 16)
        b.Finish(self.model.Pack(b), b"TFL3")
        with open(path, "wb") as f:
            f.write(b.Output())


def options(name, **fields):
    o = getattr(schema, name + "T")()
    for key, value in fields.items():
        setattr(o, key, value)
    return o


def weights(rng, shape, type_name):
    """Random weights: int8 ones without -128, as converters write them."""
    return rng.integers(-127, 128, shape) if type_name == "i8" else rng.integers(0, 256, shape)


def conv_shape(batch, h, w, kernel, stride, dilation, padding, channels):
    """The output's shape of a convolution or a pool."""

    def size(n, k, s, d):
        return -(-n // s) if padding == SAME else -(-(n - (k - 1) * d) // s)

    return [batch, size(h, kernel[0], stride[0], dilation[0]), size(w, kernel[1], stride[1], dilation[1]), channels]
