#!/usr/bin/env python3
"""Writes the directed cases: small models whose nodes, all fed by the graph's inputs, each put one rule to the test.

  directed_cases.py OUT_DIR [FAMILY...]

Run by `./dev oracle` with the Python of an installed runtime (its flatbuffer classes). Values are directed where a rule has
an edge (ties by scales of powers of two, zero points at the ends, multipliers of 1 and more, channel counts around vector
widths, every padding and stride) and pseudo-random between. tests/vectors/directed holds what it writes and, recorded by
record_models.py, what each runtime answers. One model a family and type, so that a runtime that refuses one op is still
asked about the others.
"""
import os
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {"i4": (schema.TensorType.INT4, np.int8), "i8": (schema.TensorType.INT8, np.int8), "u8": (schema.TensorType.UINT8, np.uint8), "i16": (schema.TensorType.INT16, np.int16),
         "i32": (schema.TensorType.INT32, np.int32), "i64": (schema.TensorType.INT64, np.int64), "f32": (schema.TensorType.FLOAT32, np.float32),
         "bool": (schema.TensorType.BOOL, np.bool_)}
ZERO_ENDS = {"i8": (-128, 127, 3), "u8": (0, 255, 131), "i16": (0,)}
NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3
SAME, VALID = 0, 1


class Builder:
    """A model with shared inputs and one output for each node."""

    def __init__(self):
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
        t.type, t.shape = TYPES[type_name][0], list(shape)
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
        """Not shared: its noise is another."""
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


FAMILIES = {}


def family(function):
    FAMILIES[function.__name__] = function
    return function


def of_types(name, types, function):
    for t in types:
        FAMILIES["%s_%s" % (name, t)] = lambda b, t=t: function(b, t)


def weights(rng, shape, type_name):
    return rng.integers(-127, 128, shape) if type_name == "i8" else rng.integers(0, 256, shape)


def layer(b, rng, in_type, w_shape, axis, in_scale, w_scale, per_channel, channels):
    """Weights and bias of a layer as tensors."""
    w_type = "u8" if in_type == "u8" else "i8"
    scales = [w_scale * (1 + 0.37 * (c % 5)) for c in range(channels)] if per_channel else w_scale
    w = b.constant(w_type, weights(rng, w_shape, w_type), scales, 128 if w_type == "u8" else 0, axis)
    bias = b.constant("i64" if in_type == "i16" else "i32", rng.integers(-2000, 2000, channels),
                      [in_scale * s for s in np.atleast_1d(scales)], 0, 0)
    return w, bias


def convolution(b, t):
    rng = np.random.default_rng(1)
    # (height, width, channels in, channels out, kernel, stride, dilation, padding, batch, activation, log2 of M, per channel)
    cases = [(5, 6, 3, 8, (3, 3), (1, 1), (1, 1), SAME, 1, NONE, -9, True), (5, 6, 3, 17, (3, 3), (2, 2), (1, 1), VALID, 2, RELU, -10, True),
             (7, 7, 4, 9, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -7, False), (7, 7, 4, 5, (2, 3), (1, 2), (1, 1), SAME, 1, RELU6, -8, True),
             (9, 9, 2, 7, (3, 3), (1, 1), (2, 2), SAME, 1, NONE, -8, False), (1, 1, 16, 12, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -9, True),
             (1, 1, 16, 12, (1, 1), (1, 1), (1, 1), VALID, 3, NONE, -9, False), (3, 3, 9, 33, (3, 3), (1, 1), (1, 1), VALID, 1, NONE, -11, True),
             (1, 1, 8, 3, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -8, False), (4, 4, 1, 4, (3, 3), (3, 3), (1, 1), SAME, 1, RELU_N1_TO_1, -7, True),
             (2, 2, 2, 6, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, 1, False), (2, 2, 2, 6, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -30, True),
             (6, 6, 8, 8, (5, 5), (2, 2), (1, 1), SAME, 1, NONE, -10.3, True), (6, 6, 32, 16, (1, 1), (1, 1), (1, 1), VALID, 1, NONE, -9.7, True)]
    for k, (h, w, ci, co, kernel, stride, dilation, padding, batch, activation, log2, per_channel) in enumerate(cases):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        out_scale = in_scale * w_scale / 2.0 ** log2
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (co, *kernel, ci), 0, in_scale, w_scale, per_channel and t != "u8", co)
        y = b.tensor(t, (), out_scale, zeros[(k + 1) % len(zeros)])
        b.graph.tensors[y].shape = conv_shape(batch, h, w, kernel, stride, dilation, padding, co)
        b.op("CONV_2D", [x, wt, bias], [y], options("Conv2DOptions", padding=padding, strideH=stride[0], strideW=stride[1],
             dilationHFactor=dilation[0], dilationWFactor=dilation[1], fusedActivationFunction=activation), version=3)


def conv_shape(batch, h, w, kernel, stride, dilation, padding, channels):
    def size(n, k, s, d):
        return -(-n // s) if padding == SAME else -(-(n - (k - 1) * d) // s)
    return [batch, size(h, kernel[0], stride[0], dilation[0]), size(w, kernel[1], stride[1], dilation[1]), channels]


def depthwise(b, t):
    rng = np.random.default_rng(2)
    cases = [(5, 5, 8, 1, (3, 3), 1, 1, SAME, 1, NONE, -7), (5, 5, 8, 1, (3, 3), 2, 1, VALID, 1, NONE, -7), (6, 6, 9, 1, (3, 3), 1, 1, SAME, 2, RELU, -8),
             (6, 6, 17, 1, (5, 5), 1, 1, SAME, 1, NONE, -8), (5, 7, 3, 2, (3, 3), 1, 1, SAME, 1, NONE, -7), (5, 7, 1, 8, (3, 3), 2, 1, SAME, 1, NONE, -7),
             (9, 9, 4, 1, (3, 3), 1, 2, SAME, 1, NONE, -7), (4, 4, 31, 1, (1, 1), 1, 1, VALID, 1, NONE, -6), (3, 3, 16, 1, (3, 3), 1, 1, VALID, 1, NONE, -8),
             (7, 7, 24, 1, (3, 3), 2, 1, SAME, 1, RELU6, -7.4), (4, 9, 5, 3, (2, 4), 1, 1, VALID, 1, NONE, -7.6), (3, 3, 4, 1, (2, 2), 1, 1, SAME, 1, NONE, 0),
             (3, 3, 8, 1, (2, 2), 1, 1, SAME, 1, NONE, -25)]
    for k, (h, w, ci, m, kernel, stride, dilation, padding, batch, activation, log2) in enumerate(cases):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        # XNNPACK leaves uint8 weights whose quantized dimension is not 0, though they have one scale only.
        axis = 3 if t != "u8" or k % 4 == 3 else 0
        wt, bias = layer(b, rng, t, (1, *kernel, ci * m), axis, in_scale, w_scale, t != "u8", ci * m)
        y = b.tensor(t, conv_shape(batch, h, w, kernel, (stride, stride), (dilation, dilation), padding, ci * m),
                     in_scale * w_scale / 2.0 ** log2, zeros[(k + 1) % len(zeros)])
        b.op("DEPTHWISE_CONV_2D", [x, wt, bias], [y], options("DepthwiseConv2DOptions", padding=padding, strideH=stride, strideW=stride,
             depthMultiplier=m, dilationHFactor=dilation, dilationWFactor=dilation, fusedActivationFunction=activation), version=3)


def fully_connected(b, t):
    rng = np.random.default_rng(3)
    for k, (batch, depth, units, log2, activation, with_bias) in enumerate([
            (1, 8, 4, -8, NONE, True), (1, 16, 9, -9, NONE, True), (1, 33, 17, -9, RELU, True), (2, 16, 9, -9, NONE, True), (5, 7, 3, -8, NONE, True),
            (1, 64, 32, -10.4, NONE, True), (3, 64, 5, -10.4, RELU6, True), (1, 12, 1, -8, NONE, True), (1, 5, 6, -7, NONE, True), (4, 128, 16, -11, NONE, True),
            (1, 8, 8, 1, NONE, True), (1, 8, 8, -28, NONE, True)]):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        x = b.input(t, (batch, depth), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (units, depth), 0, in_scale, w_scale, False, units)
        y = b.tensor(t, (batch, units), in_scale * w_scale / 2.0 ** log2, zeros[(k + 1) % len(zeros)])
        b.op("FULLY_CONNECTED", [x, wt, bias if with_bias else -1], [y], options("FullyConnectedOptions", fusedActivationFunction=activation), version=4)


def transpose_conv(b, t):
    rng = np.random.default_rng(4)
    for k, (h, w, ci, co, kernel, stride, padding, batch, log2) in enumerate([
            (3, 3, 8, 8, (3, 3), 2, SAME, 1, -9), (3, 4, 3, 9, (3, 3), 2, VALID, 1, -8), (4, 4, 5, 17, (2, 2), 2, SAME, 2, -8.3), (2, 2, 16, 3, (4, 4), 1, SAME, 1, -9),
            (3, 3, 4, 16, (5, 5), 3, VALID, 1, -9.6), (1, 6, 7, 4, (1, 3), 1, SAME, 1, -8)]):
        zeros = ZERO_ENDS[t]
        in_scale, w_scale = 0.5, 0.25 if log2 == int(log2) else 0.0137
        oh, ow = [n * stride if padding == SAME else (n - 1) * stride + f for n, f in ((h, kernel[0]), (w, kernel[1]))]
        x = b.input(t, (batch, h, w, ci), in_scale, zeros[k % len(zeros)])
        wt, bias = layer(b, rng, t, (co, *kernel, ci), 0, in_scale, w_scale, t != "u8", co)
        y = b.tensor(t, (batch, oh, ow, co), in_scale * w_scale / 2.0 ** log2, zeros[(k + 1) % len(zeros)])
        b.op("TRANSPOSE_CONV", [b.constant("i32", [batch, oh, ow, co]), wt, x, bias], [y],
             options("TransposeConvOptions", padding=padding, strideH=stride, strideW=stride), version=3)


of_types("conv", ("i8", "u8", "i16"), convolution)
of_types("depthwise", ("i8", "u8", "i16"), depthwise)
of_types("fully_connected", ("i8", "u8", "i16"), fully_connected)
of_types("transpose_conv", ("i8", "u8", "i16"), transpose_conv)

# Scales of two inputs and an output, zero points by index into ZERO_ENDS: ties, ratios at the ends, saturation.
PAIRS = [(0.5, 0.5, 1.0, 0, 1, 2), (0.5, 0.25, 0.5, 1, 0, 2), (0.1, 0.07, 0.13, 2, 2, 2), (1.0, 0.003, 0.9, 2, 0, 1), (0.02, 0.9, 0.011, 0, 2, 0),
         (0.25, 0.25, 0.0625, 2, 1, 0), (3.0, 0.01, 0.02, 2, 2, 1), (0.01, 0.02, 7.0, 1, 2, 2)]


def binary(op_name, option_name, activations=(NONE, RELU, RELU6), versions=None, pairs=None, **more):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for k, (sa, sb, so, za, zb, zo) in enumerate(pairs or PAIRS):
            za, zb, zo = (zeros[i % len(zeros)] for i in (za, zb, zo))
            shapes = [((1, 7, 53), (1, 7, 53)), ((1, 256, 1), (1, 1, 256))] if k < 4 else [((1, 61), (1, 61))]
            if k == 2:
                shapes += [((2, 3, 37), (1,)), ((1,), (2, 3, 37)), ((2, 1, 37), (2, 3, 37)), ((3, 1, 5), (1, 7, 1)), ((2, 5, 1), (2, 1, 9))]
            if t == "i16":
                shapes = [s for s in shapes if s[0] != (1, 256, 1)]
            for shape_a, shape_b in shapes:
                x, z = b.input(t, shape_a, sa, za), b.another_input(t, shape_b, sb, zb)
                y = b.tensor(t, np.broadcast_shapes(shape_a, shape_b), so, zo)
                fields = dict(more)
                if activations:
                    fields["fusedActivationFunction"] = activations[k % len(activations)]
                b.op(op_name, [x, z], [y], options(option_name, **fields) if option_name else None, version=(versions or {}).get(t, 2))
    return make


of_types("add", ("i8", "u8"), binary("ADD", "AddOptions"))
of_types("sub", ("i8", "u8"), binary("SUB", "SubOptions"))
of_types("mul", ("i8", "u8"), binary("MUL", "MulOptions"))
of_types("add", ("i16",), binary("ADD", "AddOptions", potScaleInt16=False))
of_types("sub", ("i16",), binary("SUB", "SubOptions", versions={"i16": 5}, potScaleInt16=False))
of_types("mul", ("i16",), binary("MUL", "MulOptions", versions={"i16": 4}))
of_types("squared_difference", ("i8",), binary("SQUARED_DIFFERENCE", "SquaredDifferenceOptions", activations=()))
for _op in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    def _compare(b, t, op=_op):
        zeros = ZERO_ENDS[t]
        for sa, sb, _, za, zb, _ in PAIRS:
            if max(sa, sb) >= 1:
                continue  # the runtimes abort
            x, z = b.input(t, (1, 256, 1), sa, zeros[za]), b.another_input(t, (1, 1, 256), sb, zeros[zb])
            b.op(op, [x, z], [b.tensor("bool", (1, 256, 256))], version=2)
    of_types(_op.lower(), ("i8", "u8"), _compare)


def extremes(b, t):
    for op in ("MAXIMUM", "MINIMUM"):
        for sa, sb in (((1, 7, 53), (1, 7, 53)), ((2, 3, 4), (4,)), ((1,), (2, 3, 4))):
            x, z = b.input(t, sa, 0.5, 3), b.another_input(t, sb, 0.5, 3)
            b.op(op, [x, z], [b.tensor(t, np.broadcast_shapes(sa, sb), 0.5, 3)], options("MaximumMinimumOptions"), version=2)


of_types("extremes", ("i8", "u8"), extremes)

# Input scale, output scale, zero points by index: codes of every value, and a tail beyond whole vectors.
UNARY = [(0.03, 0.04, 2, 2), (0.5, 0.25, 0, 1), (0.1, 0.1, 1, 0), (0.007, 0.9, 2, 0), (0.25, 0.0625, 2, 2), (1.0, 0.003, 0, 2)]


def unary(op_name, option=None, fixed_output=None, size=263, version=2, positive=False, cases=None):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for si, so, zi, zo in cases or UNARY:
            zi, zo = zeros[zi % len(zeros)], zeros[zo % len(zeros)]
            if positive:
                zi = -128 if t == "i8" else 0
            if fixed_output is not None:
                so, zo = fixed_output[t]
            x = b.input(t, (1, size), si, zi)
            b.op(op_name, [x], [b.tensor(t, (1, size), so, zo)], option() if option else None, version=version)
    return make


PROBABILITY = {"i8": (1 / 256, -128), "u8": (1 / 256, 0), "i16": (1 / 32768, 0)}
of_types("logistic", ("i8", "u8"), unary("LOGISTIC", fixed_output=PROBABILITY))
of_types("tanh", ("i8", "u8"), unary("TANH", fixed_output={"i8": (1 / 128, 0), "u8": (1 / 128, 128)}))
_INT16 = [(2.0 ** -12, 0, 0, 0), (2.0 ** -11, 0, 0, 0), (0.0003, 0, 0, 0), (0.0001, 0, 0, 0)]
of_types("logistic", ("i16",), unary("LOGISTIC", fixed_output=PROBABILITY, size=1031, version=3, cases=_INT16))
of_types("tanh", ("i16",), unary("TANH", fixed_output=PROBABILITY, size=1031, version=3, cases=_INT16))
of_types("hard_swish", ("i8", "u8"), unary("HARD_SWISH", version=1, cases=[(0.03, 0.04, 2, 2), (0.5, 0.25, 0, 1), (0.1, 0.1, 1, 0), (0.007, 0.9, 2, 0), (0.25, 0.0625, 2, 2), (1.0, 0.03, 0, 2)]))
of_types("relu", ("i8", "u8"), unary("RELU"))
of_types("relu6", ("i8", "u8"), unary("RELU6"))
of_types("relu_n1_to_1", ("i8", "u8"), unary("RELU_N1_TO_1", version=1))
of_types("relu", ("i16",), unary("RELU", size=1031, version=3))
of_types("leaky_relu", ("i8", "u8", "i16"), unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=0.3)))
of_types("leaky_relu_half", ("i8",), unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=0.5)))
of_types("leaky_relu_negative", ("i8",), unary("LEAKY_RELU", option=lambda: options("LeakyReluOptions", alpha=-0.7)))
of_types("elu", ("i8",), unary("ELU", version=1))
of_types("gelu", ("i8", "u8"), unary("GELU", option=lambda: options("GeluOptions", approximate=False)))
of_types("gelu_tanh", ("i8",), unary("GELU", option=lambda: options("GeluOptions", approximate=True)))
of_types("exp", ("i8",), unary("EXP"))
of_types("log", ("i8",), unary("LOG"))
of_types("abs", ("i8",), unary("ABS"))
of_types("rsqrt", ("i8",), unary("RSQRT", positive=True))
of_types("sqrt", ("i8",), unary("SQRT", positive=True))
of_types("quantize_to_i8", ("i8", "u8"), lambda b, t: requantize(b, t, "i8"))
of_types("quantize_to_u8", ("i8", "u8"), lambda b, t: requantize(b, t, "u8"))
of_types("quantize_to_i16", ("i8", "i16"), lambda b, t: requantize(b, t, "i16"))
of_types("quantize_from_f32", ("i8", "u8", "i16"), lambda b, t: quantize_real(b, t))
of_types("dequantize", ("i8", "u8", "i16"), lambda b, t: dequantize(b, t))


def requantize(b, t, to):
    for k, (si, so, zi, zo) in enumerate(UNARY + [(0.5, 0.5, 2, 2), (0.3, 0.1, 2, 2)]):
        zeros_in, zeros_out = ZERO_ENDS[t], ZERO_ENDS[to]
        x = b.input(t, (1, 263), si, zeros_in[zi % len(zeros_in)])
        b.op("QUANTIZE", [x], [b.tensor(to, (1, 263), so, zeros_out[zo % len(zeros_out)])], options("QuantizeOptions"), version=2)


def quantize_real(b, t):
    # The last two: quotients that a product with the reciprocal rounds to a tie, and that a division in binary64 does not.
    x = b.input("f32", (1, 263))
    for scale, zero in ((1 / 128, 0), (1 / 64, 1), (1 / 256, 2), (0.013, 2), (0.0041, 0), (0.0066964291, 2), (0.003329918, 2)):
        zeros = ZERO_ENDS[t]
        b.op("QUANTIZE", [x], [b.tensor(t, (1, 263), scale, zeros[zero % len(zeros)])], options("QuantizeOptions"), version=2)


def dequantize(b, t):
    zeros = ZERO_ENDS[t]
    for k, scale in enumerate((0.5, 0.013, 0.1, 3.7e-5)):
        x = b.input(t, (1, 263), scale, zeros[k % len(zeros)])
        b.op("DEQUANTIZE", [x], [b.tensor("f32", (1, 263))], options("DequantizeOptions"), version=3 if t == "i16" else 2)


def prelu(b, t):
    zeros = ZERO_ENDS[t]
    rng = np.random.default_rng(5)
    for k, (sa, sb, so, za, zb, zo) in enumerate(PAIRS[:6]):
        x = b.input(t, (1, 5, 5, 9), sa, zeros[za])
        alpha = b.constant(t, weights(rng, (1, 1, 9), t), sb, zeros[zb])
        b.op("PRELU", [x, alpha], [b.tensor(t, (1, 5, 5, 9), so, zeros[zo])])


of_types("prelu", ("i8", "u8"), prelu)


def softmax(b, t):
    for scale, beta, depth in ((0.1, 1.0, 10), (0.02, 1.0, 37), (0.5, 0.5, 16), (0.0037, 1.0, 5), (1.3, 1.0, 33), (0.07, 2.0, 2), (0.05, 1.0, 1)):
        x = b.input(t, (7, depth), scale * (1 / 256 if t == "i16" else 1), ZERO_ENDS[t][-1])
        b.op("SOFTMAX", [x], [b.tensor(t, (7, depth), *PROBABILITY[t])], options("SoftmaxOptions", beta=beta), version=3 if t == "i16" else 2)


of_types("softmax", ("i8", "u8", "i16"), softmax)


def pool(b, t):
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for h, w, c, k, s, padding, activation in ((5, 5, 3, (2, 2), 1, VALID, NONE), (5, 5, 17, (3, 3), 2, SAME, RELU), (7, 6, 8, (2, 3), 1, SAME, NONE), (4, 4, 33, (4, 4), 1, VALID, RELU6)):
            x = b.input(t, (1, h, w, c), 0.1, ZERO_ENDS[t][-1])
            b.op(name, [x], [b.tensor(t, conv_shape(1, h, w, k, (s, s), (1, 1), padding, c), 0.1, ZERO_ENDS[t][-1])], options(
                "Pool2DOptions", padding=padding, strideH=s, strideW=s, filterHeight=k[0], filterWidth=k[1], fusedActivationFunction=activation), version=3 if t == "i16" else 2)


of_types("pool", ("i8", "u8", "i16"), pool)


def reduce(op_name):
    def make(b, t):
        zeros = ZERO_ENDS[t]
        for k, (shape, axes, keep) in enumerate([((1, 4, 4, 16), (1, 2), True), ((2, 3, 5, 17), (1, 2), True), ((1, 7, 7, 35), (1, 2), True), ((2, 3, 5, 6), (3,), False),
                                                 ((2, 3, 5, 6), (1, 2), False), ((1, 2, 2, 8), (2, 1), True), ((4, 9), (1,), False), ((3, 8, 2), (0, 1), True), ((1, 6, 5, 4), (-3, -2), True)]):
            for si, so, zi, zo in (((0.5, 0.5, 2, 2), (0.25, 0.125, 0, 2), (0.1, 0.13, 1, 1)) if op_name in ("MEAN", "SUM") else ((0.5, 0.5, 2, 2),)):
                if op_name == "SUM":
                    so = si if t == "i16" else so * 16  # int16 is added up without scales, which must be equal
                x = b.input(t, shape, si, zeros[zi % len(zeros)])
                out = [1 if d in [a % len(shape) for a in axes] else n for d, n in enumerate(shape) if keep or d not in [a % len(shape) for a in axes]]
                b.op(op_name, [x, b.constant("i32", list(axes))], [b.tensor(t, out, so, zeros[zo % len(zeros)])], options("ReducerOptions", keepDims=keep), version=2)
    return make


of_types("mean", ("i8", "u8"), reduce("MEAN"))
of_types("mean", ("i16",), reduce("MEAN"))
of_types("sum", ("i8", "u8"), reduce("SUM"))
of_types("sum", ("i16",), reduce("SUM"))
of_types("reduce_max", ("i8", "u8"), reduce("REDUCE_MAX"))
of_types("reduce_min", ("i8", "u8"), reduce("REDUCE_MIN"))


def resize_bilinear(b, t):
    for (h, w), (oh, ow), align, half in (((3, 4), (7, 9), False, False), ((3, 4), (7, 9), True, False), ((3, 4), (7, 9), False, True), ((8, 8), (3, 5), False, True), ((5, 5), (10, 10), False, True), ((1, 1), (4, 4), False, False), ((9, 9), (17, 17), True, False), ((2, 3), (16, 24), False, True)):
        channels = 8 if oh == 8 * h else 5  # 8 times, half pixels and 8 channels: a routine of its own for uint8
        x = b.input(t, (1, h, w, channels), 0.1, 0 if t == "i16" else 3)
        b.op("RESIZE_BILINEAR", [x, b.constant("i32", [oh, ow])], [b.tensor(t, (1, oh, ow, channels), 0.1, 0 if t == "i16" else 3)], options("ResizeBilinearOptions", alignCorners=align, halfPixelCenters=half), version=3)


def resize_nearest(b, t):
    for (h, w), (oh, ow), align, half in (((3, 4), (7, 9), False, False), ((3, 4), (7, 9), True, False), ((3, 4), (7, 9), False, True), ((8, 8), (3, 5), False, True)):
        x = b.input(t, (1, h, w, 5), 0.1, 3)
        b.op("RESIZE_NEAREST_NEIGHBOR", [x, b.constant("i32", [oh, ow])], [b.tensor(t, (1, oh, ow, 5), 0.1, 3)], options("ResizeNearestNeighborOptions", alignCorners=align, halfPixelCenters=half), version=3)


of_types("resize_bilinear", ("i8", "u8"), resize_bilinear)
of_types("resize_nearest", ("i8", "u8"), resize_nearest)


@family
def l2_normalization(b):
    for t, zero in (("i8", 0), ("u8", 128)):
        for k, (scale, depth) in enumerate(((0.1, 8), (0.5, 33), (0.02, 128), (0.3, 1))):
            x = b.input(t, (5, depth), scale, ZERO_ENDS[t][k % 3])
            b.op("L2_NORMALIZATION", [x], [b.tensor(t, (5, depth), 1 / 128, zero)], options("L2NormOptions"), version=2)


@family
def batch_matmul(b):
    for k, (sa, sb, adj_x, adj_y) in enumerate((((2, 3, 8), (2, 8, 5), False, False), ((1, 4, 9), (3, 5, 9), False, True), ((2, 8, 3), (2, 8, 5), True, False))):
        for scale in (0.25, 0.3):
            x, z = b.input("i8", sa, 0.5, 3), b.another_input("i8", sb, scale, -7)
            rows, cols = sa[-1] if adj_x else sa[-2], sb[-2] if adj_y else sb[-1]
            b.op("BATCH_MATMUL", [x, z], [b.tensor("i8", (max(sa[0], sb[0]), rows, cols), 64.0, 5)], options("BatchMatMulOptions", adjX=adj_x, adjY=adj_y), version=2)


@family
def concatenation_rescaled(b):
    x, y, z = b.input("u8", (1, 5, 7), 0.1, 3), b.input("u8", (1, 5, 3), 0.25, 131), b.input("u8", (1, 5, 7), 0.05, 255)
    b.op("CONCATENATION", [x, y, z], [b.tensor("u8", (1, 5, 17), 0.13, 100)], options("ConcatenationOptions", axis=2))
    b.op("CONCATENATION", [x, z], [b.tensor("u8", (1, 10, 7), 0.1, 3)], options("ConcatenationOptions", axis=1))


@family
def numbers(b):
    x, y = b.input("f32", (1, 7, 53)), b.another_input("f32", (1, 7, 53))
    one = b.another_input("f32", (53,))
    for op, name in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
        for other in (y, one):
            b.op(op, [x, other], [b.tensor("f32", (1, 7, 53))], options(name, fusedActivationFunction=RELU6 if other == one else NONE))
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


@family
def integers(b):
    x = b.constant("i32", [-7, 5, 0, 2147483647, -2147483648, 12])
    y = b.constant("i32", [3, -2, 9, 2, 1, 5])
    f = b.input("f32", (6,))
    codes = b.input("i8", (6,), 0.1, 3)
    values = b.op("CAST", [f], [b.tensor("i32", (6,))], options("CastOptions", inDataType=schema.TensorType.FLOAT32, outDataType=schema.TensorType.INT32))
    raised = b.op("ADD", [values, y], [b.tensor("i32", (6,))], options("AddOptions"))
    for op, name in (("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
        b.op(op, [raised, y], [b.tensor("i32", (6,))], options(name))
    for to in ("f32", "i64", "bool"):
        b.op("CAST", [raised], [b.tensor(to, (6,))], options("CastOptions", inDataType=schema.TensorType.INT32, outDataType=TYPES[to][0]))
    for op in ("MAXIMUM", "MINIMUM"):
        b.op(op, [raised, y], [b.tensor("i32", (6,))], options("MaximumMinimumOptions"))


def movement(b, t):
    zero = ZERO_ENDS[t][-1]
    x = b.input(t, (2, 4, 6, 3), 0.1, zero)
    def out(*shape):
        return b.tensor(t, shape, 0.1, zero)
    i32 = lambda v: b.constant("i32", v)
    b.op("PAD", [x, i32([[0, 1], [1, 2], [0, 0], [2, 1]])], [out(3, 7, 6, 6)], options("PadOptions"), version=2)
    b.op("PADV2", [x, i32([[0, 0], [1, 2], [0, 3], [0, 0]]), b.constant(t, 9, 0.1, zero)], [out(2, 7, 9, 3)], options("PadV2Options"), version=2)
    for mode in (0, 1) if t != "i16" else ():
        b.op("MIRROR_PAD", [x, i32([[0, 0], [1, 2], [2, 1], [0, 0]])], [out(2, 7, 9, 3)], options("MirrorPadOptions", mode=mode), version=2)
    b.op("SLICE", [x, i32([0, 1, 2, 0]), i32([2, 2, -1, 2])], [out(2, 2, 4, 2)], options("SliceOptions"), version=2)
    b.op("STRIDED_SLICE", [x, i32([0, 3, 1, 0]), i32([2, -5, 6, 3]), i32([1, -2, 2, 1])], [out(2, 2, 3, 3)], options("StridedSliceOptions"), version=2)
    b.op("STRIDED_SLICE", [x, i32([1, 0, 0, 0]), i32([2, 0, 0, 3]), i32([1, 1, 1, 1])], [out(4, 6, 3)], options("StridedSliceOptions", endMask=6, beginMask=6, shrinkAxisMask=1), version=2)
    b.op("TRANSPOSE", [x, i32([3, 1, 0, 2])], [out(3, 4, 2, 6)], options("TransposeOptions"), version=2)
    b.op("GATHER", [x, i32([5, 0, 2, 2])], [out(2, 4, 4, 3)], options("GatherOptions", axis=2), version=2)
    b.op("TILE", [x, i32([1, 2, 1, 3])], [out(2, 8, 6, 9)], options("TileOptions"), version=2)
    if t != "i16":
        b.op("SPACE_TO_DEPTH", [x], [out(2, 2, 3, 12)], options("SpaceToDepthOptions", blockSize=2), version=2)
    if t != "i16":
        b.op("SPACE_TO_BATCH_ND", [x, i32([2, 3]), i32([[1, 1], [0, 3]])], [out(12, 3, 3, 3)], options("SpaceToBatchNDOptions"), version=2)
    b.op("EXPAND_DIMS", [x, i32([1])], [out(2, 1, 4, 6, 3)], options("ExpandDimsOptions"))
    b.op("UNPACK", [x], [out(4, 6, 3), out(4, 6, 3)], options("UnpackOptions", num=2, axis=0), version=2)
    b.op("SPLIT", [i32(2), x], [out(2, 4, 2, 3) for _ in range(3)], options("SplitOptions", numSplits=3), version=2)
    b.op("SPLIT_V", [x, i32([1, -1, 2]), i32(1)], [out(2, 1, 6, 3), out(2, 1, 6, 3), out(2, 2, 6, 3)], options("SplitVOptions", numSplits=3), version=2)
    y = b.another_input(t, (2, 4, 6, 3), 0.1, zero)
    b.op("PACK", [x, y], [out(2, 4, 2, 6, 3)], options("PackOptions", valuesCount=2, axis=2), version=2)
    b.op("CONCATENATION", [x, y, x], [out(2, 4, 18, 3)], options("ConcatenationOptions", axis=-2), version=2)
    if t == "i16":  # refused by the runtimes
        return
    b.op("ARG_MAX", [x, i32(-1)], [b.tensor("i32", (2, 4, 6))], options("ArgMaxOptions", outputType=schema.TensorType.INT32), version=2)
    b.op("ARG_MIN", [x, i32(1)], [b.tensor("i64", (2, 6, 3))], options("ArgMinOptions", outputType=schema.TensorType.INT64), version=2)
    c = b.op("LESS", [x, y], [b.tensor("bool", (2, 4, 6, 3))], version=2)
    b.op("SELECT", [c, x, y], [out(2, 4, 6, 3)], options("SelectOptions"), version=2)
    d = b.op("GREATER", [x, y], [b.tensor("bool", (2, 4, 6, 3))], version=2)
    for op in ("LOGICAL_AND", "LOGICAL_OR"):
        b.op(op, [c, d], [b.tensor("bool", (2, 4, 6, 3))])
    b.op("LOGICAL_NOT", [c], [b.tensor("bool", (2, 4, 6, 3))])


of_types("movement", ("i8", "u8", "i16"), movement)


@family
def selection(b):
    """Ops that the VX delegate takes and the corpus does not use; codes, numbers and truth values."""
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
        b.op("ONE_HOT", [index, i32(4), b.constant("f32", np.float32(2.5)), b.constant("f32", np.float32(-1))], [b.tensor("f32", shape)], options("OneHotOptions", axis=axis))
    g = b.another_input("f32", (3, 4, 5))
    b.op("ADD_N", [f, g, f], [b.tensor("f32", (3, 4, 5))])
    b.op("FLOOR_DIV", [f, g], [b.tensor("f32", (3, 4, 5))])
    whole = b.op("CAST", [f], [b.tensor("i32", (3, 4, 5))], options("CastOptions", inDataType=schema.TensorType.FLOAT32, outDataType=schema.TensorType.INT32))
    b.op("FLOOR_DIV", [whole, i32([-3, 2, 1, -1, 7])], [b.tensor("i32", (3, 4, 5))])
    b.op("ADD_N", [whole, whole, whole], [b.tensor("i32", (3, 4, 5))])
    less = b.op("LESS", [f, g], [b.tensor("bool", (3, 4, 5))])
    for op in ("REDUCE_ANY", "REDUCE_ALL"):
        b.op(op, [less, i32([2])], [b.tensor("bool", (3, 4))], options("ReducerOptions", keepDims=False))


@family
def sine(b):
    x = b.input("f32", (257,))
    for op in ("SIN", "COS"):
        b.op(op, [x], [b.tensor("f32", (257,))])


@family
def blocks(b):
    x = b.input("i8", (1, 2, 3, 12), 0.1, 3)
    b.op("DEPTH_TO_SPACE", [x], [b.tensor("i8", (1, 4, 6, 3), 0.1, 3)], options("DepthToSpaceOptions", blockSize=2), version=2)
    y = b.input("i8", (12, 3, 3, 3), 0.1, 3)
    b.op("BATCH_TO_SPACE_ND", [y, b.constant("i32", [2, 3]), b.constant("i32", [[1, 1], [0, 3]])], [b.tensor("i8", (2, 4, 6, 3), 0.1, 3)], options("BatchToSpaceNDOptions"), version=2)


@family
def div_u8(b):
    x = b.input("u8", (1, 256, 1), 0.1, 131)
    y = b.constant("u8", [v for v in range(1, 256) if v != 120], 0.07, 120)  # LiteRT 2.1 refuses the code 0, whatever it means
    b.op("DIV", [x, y], [b.tensor("u8", (1, 256, 254), 0.03, 132)], options("DivOptions"), version=2)


@family
def grouped_conv_i8(b):
    rng = np.random.default_rng(7)
    for log2 in (-8, -9.3):
        x = b.input("i8", (1, 5, 5, 8), 0.5, 3)
        w, bias = layer(b, rng, "i8", (12, 3, 3, 4), 0, 0.5, 0.25, True, 12)
        y = b.tensor("i8", (1, 5, 5, 12), 0.125 / 2.0 ** log2, -4)
        b.op("CONV_2D", [x, w, bias], [y], options("Conv2DOptions", padding=SAME, strideH=1, strideW=1), version=6)


def fully_connected_without_bias(b, t):
    rng = np.random.default_rng(8)
    for scale in (0.25, 0.0137):
        x = b.input(t, (1, 4, 4, 8), 0.5, ZERO_ENDS[t][-1])
        b.op("FULLY_CONNECTED", [x, layer(b, rng, t, (9, 8), 0, 0.5, scale, False, 9)[0], -1], [b.tensor(t, (16, 9), 64 * scale, ZERO_ENDS[t][-1])],
             options("FullyConnectedOptions"), version=4)


of_types("fully_connected_without_bias", ("i8", "u8", "i16"), fully_connected_without_bias)


def fully_connected_zero(b, t):
    """int8 weights whose zero point is not 0, which the format's specification does not allow and kernel tests have."""
    rng = np.random.default_rng(12)
    for batch, depth, units, zero in ((1, 16, 9, -1), (2, 33, 17, 5), (1, 7, 3, -128), (5, 8, 4, 127)):
        w = b.constant(t, rng.integers(-128, 128, (units, depth)), 0.25, zero)
        bias = b.constant("i32", rng.integers(-2000, 2000, units), 0.125)
        b.op("FULLY_CONNECTED", [b.input(t, (batch, depth), 0.5, ZERO_ENDS[t][-1]), w, bias], [b.tensor(t, (batch, units), 64.0, 3)], options("FullyConnectedOptions"), version=4)


of_types("fully_connected_zero", ("i8",), fully_connected_zero)


def reduce_prod(b, t):
    """Scales around which the products fill the output's range, or pass it; axes that are neighbours, or not. None of one
    element: of those the optimised kernels return what the memory held."""
    for shape, axes, keep, si, so in (((1, 4, 4, 16), (1,), True, 0.02, 0.1), ((2, 3, 5, 17), (1, 2), True, 0.03, 0.5), ((2, 3, 5, 6), (3,), False, 0.01, 0.01), ((4, 3, 2), (0, 1), False, 0.0101960776, 4.8839378e-05),
                                      ((4, 9), (1,), False, 0.05, 1e-6), ((2, 3, 4, 5), (1, 3), True, 0.02, 1.0), ((1, 6, 5, 4), (-3, -2), True, 0.015, 1e-3), ((3, 2), (1,), False, 0.5, 2.0)):
        if t == "i16":
            si, so = si / 256, so / 256
        zeros = ZERO_ENDS[t]
        x = b.input(t, shape, si, zeros[-1])
        out = [1 if d in [a % len(shape) for a in axes] else n for d, n in enumerate(shape) if keep or d not in [a % len(shape) for a in axes]]
        b.op("REDUCE_PROD", [x, b.constant("i32", list(axes))], [b.tensor(t, out, so, zeros[0])], options("ReducerOptions", keepDims=keep), version=2)


of_types("reduce_prod", ("i8", "i16"), reduce_prod)


def ties(b, t):
    """Layers of small weights and M = 2^-6: one accumulator of 64 lies halfway between two codes."""
    rng = np.random.default_rng(11)

    def small(shape, axis, channels):
        w_type, zero = ("u8", 128) if t == "u8" else ("i8", 0)
        w = b.constant(w_type, rng.integers(-8, 9, shape) + zero, 0.25, zero, axis if t != "u8" else 0)
        return w, b.constant("i64" if t == "i16" else "i32", rng.integers(-99, 99, channels), 0.125)

    zero = ZERO_ENDS[t][-1]
    for batch, units in ((1, 37), (2, 33), (4, 32), (7, 18), (33, 17)):
        w, bias = small((units, 9), 0, units)
        b.op("FULLY_CONNECTED", [b.input(t, (batch, 9), 0.5, zero), w, bias], [b.tensor(t, (batch, units), 8.0, zero)], options("FullyConnectedOptions"), version=4)
    for size, channels in ((1, 37), (2, 33), (5, 19)):
        w, bias = small((channels, 1, 1, 9), 0, channels)
        b.op("CONV_2D", [b.input(t, (1, size, size, 9), 0.5, zero), w, bias], [b.tensor(t, (1, size, size, channels), 8.0, zero)],
             options("Conv2DOptions", padding=VALID, strideH=1, strideW=1), version=3)
    for size, channels in ((5, 8), (5, 21), (9, 3)):
        w, bias = small((1, 3, 3, channels), 3, channels)
        b.op("DEPTHWISE_CONV_2D", [b.input(t, (1, size, size, channels), 0.5, zero), w, bias], [b.tensor(t, (1, size, size, channels), 8.0, zero)],
             options("DepthwiseConv2DOptions", padding=SAME, strideH=1, strideW=1, depthMultiplier=1, dilationHFactor=1, dilationWFactor=1), version=3)
    w, bias = small((13, 2, 2, 9), 0, 13)
    b.op("TRANSPOSE_CONV", [b.constant("i32", [1, 10, 10, 13]), w, b.input(t, (1, 5, 5, 9), 0.5, zero), bias], [b.tensor(t, (1, 10, 10, 13), 8.0, zero)],
         options("TransposeConvOptions", padding=SAME, strideH=2, strideW=2), version=3)


of_types("ties", ("i8", "u8", "i16"), ties)


@family
def fully_connected_per_channel_i8(b):
    rng = np.random.default_rng(9)
    for batch, depth, units, scale in ((1, 16, 9, 0.25), (3, 33, 17, 0.25), (1, 64, 32, 0.0137), (4, 8, 8, 0.0137)):
        x = b.input("i8", (batch, depth), 0.5, 3)
        w, bias = layer(b, rng, "i8", (units, depth), 0, 0.5, scale, True, units)
        b.op("FULLY_CONNECTED", [x, w, bias], [b.tensor("i8", (batch, units), 128 * scale, -4)], options("FullyConnectedOptions"), version=12)


@family
def fully_connected_kept_dims(b):
    rng = np.random.default_rng(10)
    for scale in (0.25, 0.0137):
        x = b.input("i8", (2, 3, 8), 0.5, 3)
        w, bias = layer(b, rng, "i8", (5, 8), 0, 0.5, scale, False, 5)
        b.op("FULLY_CONNECTED", [x, w, bias], [b.tensor("i8", (2, 3, 5), 64 * scale, -4)], options("FullyConnectedOptions", keepNumDims=True), version=5)


def int4_weights(b, op, version, axis, shape, out, option):
    rng = np.random.default_rng(12)
    channels = shape[axis]
    for scale in (0.25, 0.0137):
        scales = [scale * (1 + 0.37 * (c % 5)) for c in range(channels)] if op != "FULLY_CONNECTED" else scale
        w = b.constant("i4", rng.integers(-8, 8, shape), scales, 0, axis)
        bias = b.constant("i32", rng.integers(-99, 99, channels), [0.5 * s for s in np.atleast_1d(scales)], 0, 0)
        x = b.input("i8", (1, 5, 5, 9) if op != "FULLY_CONNECTED" else (3, 9), 0.5, 3)
        b.op(op, [x, w, bias], [b.tensor("i8", out, 16 * scale, -4)], option, version=version)


FAMILIES["int4_conv"] = lambda b: int4_weights(b, "CONV_2D", 7, 0, (11, 3, 3, 9), (1, 5, 5, 11), options("Conv2DOptions", padding=SAME, strideH=1, strideW=1))
FAMILIES["int4_depthwise"] = lambda b: int4_weights(b, "DEPTHWISE_CONV_2D", 7, 3, (1, 3, 3, 9), (1, 5, 5, 9), options(
    "DepthwiseConv2DOptions", padding=SAME, strideH=1, strideW=1, depthMultiplier=1, dilationHFactor=1, dilationWFactor=1))
FAMILIES["int4_fully_connected"] = lambda b: int4_weights(b, "FULLY_CONNECTED", 10, 0, (7, 9), (3, 7), options("FullyConnectedOptions"))


@family
def accumulator_overflow(b):
    depth = 70000  # 70000 * 127 * 255 passes 2^31
    x = b.input("i8", (8, 1), 0.5, -128)
    wide = b.op("TILE", [x, b.constant("i32", [1, depth])], [b.tensor("i8", (8, depth), 0.5, -128)], options("TileOptions"))
    b.op("FULLY_CONNECTED", [wide, b.constant("i8", np.full((1, depth), 127), 0.25), b.constant("i32", [0], 0.125)], [b.tensor("i8", (8, 1), 2.0 ** 21, 0)],
         options("FullyConnectedOptions"), version=4)


# int16 beyond the layers: an op each, so that a refusal says which.
for _name, _make in (("maximum", lambda b, x, y: b.op("MAXIMUM", [x, b.another_input("i16", (1, 7, 53), 0.01, 0)], [b.tensor("i16", (1, 7, 53), 0.01, 0)], options("MaximumMinimumOptions"), version=4)),
                     ("batch_matmul", lambda b, x, y: b.op("BATCH_MATMUL", [x, y], [b.tensor("i16", (1, 7, 7), 2.0, 0)], options("BatchMatMulOptions", adjX=False, adjY=True), version=3)),
                     ("less", lambda b, x, y: b.op("LESS", [x, y], [b.tensor("bool", (1, 7, 53))], version=2)),
                     ("exp", lambda b, x, y: b.op("EXP", [b.input("i16", (1, 1031), 0.0001, 0)], [b.tensor("i16", (1, 1031), 0.001, 0)], version=2)),
                     ("gelu", lambda b, x, y: b.op("GELU", [b.input("i16", (1, 1031), 0.0001, 0)], [b.tensor("i16", (1, 1031), 0.0001, 0)], options("GeluOptions"), version=2)),
                     ("abs", lambda b, x, y: b.op("ABS", [x], [b.tensor("i16", (1, 7, 53), 0.01, 0)], version=4)),
                     ("rsqrt", lambda b, x, y: b.op("RSQRT", [x], [b.tensor("i16", (1, 7, 53), 0.01, 0)], version=3)),
                     ("relu6", lambda b, x, y: b.op("RELU6", [x], [b.tensor("i16", (1, 7, 53), 0.01, 0)], version=3)),
                     ("reduce_max", lambda b, x, y: b.op("REDUCE_MAX", [x, b.constant("i32", [1])], [b.tensor("i16", (1, 53), 0.01, 0)], options("ReducerOptions"), version=3)),
                     ("resize_bilinear", lambda b, x, y: b.op("RESIZE_BILINEAR", [b.input("i16", (1, 3, 4, 5), 0.01, 0), b.constant("i32", [7, 9])], [b.tensor("i16", (1, 7, 9, 5), 0.01, 0)],
                                                              options("ResizeBilinearOptions"), version=4)),
                     ("add_powers_of_two", lambda b, x, y: b.op("ADD", [b.input("i16", (1, 7, 53), 2.0 ** -12, 0), b.another_input("i16", (1, 7, 53), 2.0 ** -11, 0)], [b.tensor("i16", (1, 7, 53), 2.0 ** -11, 0)],
                                                                options("AddOptions", potScaleInt16=True), version=1))):
    FAMILIES["int16_" + _name] = lambda b, make=_make: make(b, b.input("i16", (1, 7, 53), 0.01, 0), b.another_input("i16", (1, 7, 53), 0.02, 0))


def main():
    out, *names = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    for name in names or FAMILIES:
        b = Builder()
        FAMILIES[name](b)
        b.save(os.path.join(out, name + ".tflite"))
    print("%d models" % len(names or FAMILIES))


if __name__ == "__main__":
    main()
