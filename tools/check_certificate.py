#!/usr/bin/env python3
"""Checks a certificate of `nputwin prove --certificate` against its model, without nputwin.

  check_certificate.py MODEL.tflite CERTIFICATE.json [--partial] [--profile DOCUMENT.json ...] [-v]

Everything that the certificate says is computed again from the model and from the profiles' parameters, in integers and
exact fractions; docs/certificate.md says what that is. --profile compares those parameters with a document of
`nputwin profiles show --format json`. Exit code 0: checked; 1: refused, or something was not checked (--partial allows
that); 2: a file cannot be read.
"""
import argparse
import functools
import hashlib
import json
import math
import re
import signal
import struct
import sys
from fractions import Fraction


class Refused(Exception):
    """What the certificate says is not so."""


class NotChecked(Exception):
    """This program does not know how."""


class Unreadable(Exception):
    pass


def demand(what, claimed, found):
    if claimed != found or type(claimed) is not type(found):
        raise Refused("%s is %s, the certificate says %s" % (what, found, claimed))


# Numbers. A float is a fraction that was rounded to a number of bits; float arithmetic is not used.


def halves(floor, twice, whole, negative, ties):
    """floor + rest as an integer, where 2 * rest = twice in units of `whole`."""
    if twice == 0 or ties == "floor":
        return floor
    if ties == "toward_zero":
        return floor + negative
    if twice != whole:
        return floor + (twice > whole)
    return floor + {"half_up": 1, "half_down": 0, "half_to_even": floor & 1, "half_away_from_zero": not negative,
                    "half_toward_zero": negative}[ties]


def divided(top, bottom, ties):
    floor, rest = divmod(top, bottom)
    return halves(floor, 2 * rest, bottom, top < 0, ties)


def shifted(value, shift, ties):
    if shift <= 0:
        return value << -shift
    return halves(value >> shift, 2 * (value & ((1 << shift) - 1)), 1 << shift, value < 0, ties)


def rounded(x, ties):
    return max(-2 ** 31, min(2 ** 31 - 1, divided(x.numerator, x.denominator, ties)))


def exponent_of(x):
    """e with 2^e <= |x| < 2^(e + 1)."""
    e = abs(x.numerator).bit_length() - x.denominator.bit_length()
    return e if abs(x) >= Fraction(2) ** e else e - 1


def to_float(x, bits, least):
    if x == 0:
        return Fraction(0)
    unit = Fraction(2) ** max(exponent_of(x) - bits + 1, least)
    q = Fraction(x) / unit
    return divided(q.numerator, q.denominator, "half_to_even") * unit


def b32(x):
    return to_float(Fraction(x), 24, -149)


def b64(x):
    return to_float(Fraction(x), 53, -1074)


def fma32(a, b, c, fused):
    return b32(a * b + c) if fused else b32(b32(a * b) + c)


def wrap(x, bits):
    half = 1 << (bits - 1)
    return ((x + half) & (2 * half - 1)) - half


def leading_bits(x, bits, ties):
    """(m, e): x ~ m * 2^(e - bits) with 2^(bits - 1) <= m < 2^bits."""
    e = exponent_of(x) + 1
    q = x * Fraction(2) ** (bits - e)
    m = divided(q.numerator, q.denominator, ties)
    return (m >> 1, e + 1) if m == 1 << bits else (m, e)


def fixed_point(real):
    m, e = leading_bits(real, 31, "half_away_from_zero") if real > 0 else (0, 0)
    return (m, e) if e >= -31 else (0, 0)


def high_product(a, b):
    return (a * b + (1 << 30)) >> 31


def mbqm(x, m, profile, ties="half_away_from_zero"):
    """TFLite's MultiplyByQuantizedMultiplier."""
    if profile["fixed_point_roundings"] == "one":
        return max(-2 ** 31, min(2 ** 31 - 1, shifted(x * m[0], 31 - m[1], "half_up")))
    return shifted(high_product(wrap(x << (max(m[1], 0) & 31), 32), m[0]), max(-m[1], 0), ties)


# A requantization rule: its multiplier, and what it makes of a sum.


def real_multiplier(scale, s_in, s_weight, s_out):
    if scale == "binary64":
        return b64(b64(s_in * s_weight) / s_out)
    if scale == "binary32_product":
        return b64(b32(s_in * s_weight) / s_out)
    if scale == "binary32":
        return b32(b32(s_in * s_weight) / s_out)
    return b32(s_in * b32(s_weight / s_out))


def multiplier(rule, real):
    """(m, e, bits): M = m * 2^(e - bits) as the rule stores it."""
    method, bits = rule["method"], rule["multiplier_bits"]
    if method in ("two_step", "one_step"):
        return fixed_point(real) + (31,)
    if method in ("binary32", "binary64"):
        kept = 24 if method == "binary32" else 53
        x = b32(real) if method == "binary32" else real
        return (leading_bits(x, kept, "floor") if x > 0 else (0, 0)) + (kept,)
    if method == "significand":
        x = b32(real)
        m, e = leading_bits(x, bits, rule["multiplier_rounding"]) if x > 0 else (0, 0)
        return (m + rule["multiplier_plus_one"], e, bits)
    raise NotChecked("method %s" % method)


def requantizer(rule, m, real, zero, low, high):
    """The code of a sum that the accumulator's register holds."""
    ties, method, (mantissa, e, bits) = rule["ties"], rule["method"], m
    inside, outside, ahead = (zero, 0, 0) if rule["zero_point_first"] else (0, zero, 0)
    if rule["zero_point_in_accumulator"]:
        exact = b64(zero / real) if real > 0 else Fraction(0)
        ahead = divided(exact.numerator, exact.denominator, "half_away_from_zero")
        inside = outside = 0
    shift = bits - e

    def two_step(acc):
        acc += ahead
        if e > 0:
            acc = wrap(acc << (e & 31), 32)
        code = shifted((acc * mantissa + 1073741824) >> 31, -e if e < 0 else 0, ties) + zero_after
        return low if code < low else high if code > high else code

    def exact_product(acc):
        value, left = (acc + ahead) * mantissa, shift
        if rule["product_bits"]:
            drop = max(abs(value).bit_length() - rule["product_bits"], 0)
            value = shifted(value, drop, rule["product_rounding"]) << drop
        value += inside << left if left > 0 else 0
        if left > rule["guard_bits"]:
            value, left = value >> (left - rule["guard_bits"]), rule["guard_bits"]
        code = shifted(value, left, ties) + outside + (inside if shift <= 0 else 0)
        return low if code < low else high if code > high else code

    def plain_product(acc):
        code = shifted(acc * mantissa + offset, shift, ties) + outside
        return low if code < low else high if code > high else code

    def float_product(acc):
        acc += ahead
        drop = abs(acc).bit_length() - bits
        if drop > 0:
            acc = shifted(acc, drop, "half_to_even") << drop
        value = acc * mantissa
        drop = abs(value).bit_length() - bits
        if drop > 0:
            value = shifted(value, drop, "half_to_even") << drop
        if inside:
            x = (b32 if bits == 24 else b64)(value * Fraction(2) ** -shift + inside)
            code = divided(x.numerator, x.denominator, ties)
        else:
            code = shifted(value, shift, ties) + outside
        return low if code < low else high if code > high else code

    zero_after = inside + outside
    if method == "two_step":
        return two_step
    if method in ("binary32", "binary64"):
        return float_product
    if shift > 0 and not ahead and not rule["product_bits"] and shift <= rule["guard_bits"]:
        offset = inside << shift
        return plain_product
    return exact_product


def register(rule, acc):
    half = 1 << (rule["accumulator_bits"] - 1)
    if rule["accumulator_overflow"] == "wraps":
        return wrap(acc, rule["accumulator_bits"])
    return max(-half, min(half - 1, acc))


# The model: a FlatBuffer, as far as it is needed. A table's fields have the numbers that they have in the format's schema.

TYPES = {3: ("uint8", "B", 0, 255), 9: ("int8", "b", -128, 127), 7: ("int16", "h", -32768, 32767), 0: ("float32", "f", 0, 0),
         2: ("int32", "i", 0, 0), 4: ("int64", "q", 0, 0)}
OPS = {0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 5: "DEPTH_TO_SPACE",
       6: "DEQUANTIZE", 9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 20: "RELU_N1_TO_1",
       21: "RELU6", 22: "RESHAPE", 25: "SOFTMAX", 26: "SPACE_TO_DEPTH", 34: "PAD", 36: "GATHER", 39: "TRANSPOSE", 40: "MEAN",
       41: "SUB", 43: "SQUEEZE", 45: "STRIDED_SLICE", 49: "SPLIT", 55: "MAXIMUM", 57: "MINIMUM", 60: "PADV2", 65: "SLICE",
       69: "TILE", 70: "EXPAND_DIMS", 77: "SHAPE", 83: "PACK", 88: "UNPACK", 97: "RESIZE_NEAREST_NEIGHBOR", 100: "MIRROR_PAD",
       102: "SPLIT_V", 105: "REVERSE_V2", 114: "QUANTIZE"}
# Ops that only move codes, whatever the profile.
MOVES = {"RESHAPE", "SQUEEZE", "EXPAND_DIMS", "PAD", "PADV2", "SLICE", "STRIDED_SLICE", "SPLIT", "SPLIT_V", "PACK", "UNPACK",
         "TRANSPOSE", "TILE", "GATHER", "REVERSE_V2", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "MIRROR_PAD",
         "RESIZE_NEAREST_NEIGHBOR"}
# Ops that take one of the codes or look at shapes: nothing is rounded where input and output have one scale.
PICKS = {"CONCATENATION", "MAX_POOL_2D", "MAXIMUM", "MINIMUM", "SHAPE"}


class Table:
    def __init__(self, data, at):
        self.data, self.at = data, at
        self.fields = at - struct.unpack_from("<i", data, at)[0]
        self.count = (struct.unpack_from("<H", data, self.fields)[0] - 4) // 2

    def place(self, field):
        offset = struct.unpack_from("<H", self.data, self.fields + 4 + 2 * field)[0] if field < self.count else 0
        return self.at + offset if offset else None

    def number(self, field, form, default=0):
        at = self.place(field)
        return default if at is None else struct.unpack_from("<" + form, self.data, at)[0]

    def target(self, field):
        at = self.place(field)
        return None if at is None else at + struct.unpack_from("<I", self.data, at)[0]

    def table(self, field):
        at = self.target(field)
        return None if at is None else Table(self.data, at)

    def numbers(self, field, form):
        at = self.target(field)
        if at is None:
            return []
        return list(struct.unpack_from("<%d%s" % (struct.unpack_from("<I", self.data, at)[0], form), self.data, at + 4))

    def tables(self, field):
        at = self.target(field)
        count = struct.unpack_from("<I", self.data, at)[0] if at is not None else 0
        places = (at + 4 + 4 * i for i in range(count))
        return [Table(self.data, p + struct.unpack_from("<I", self.data, p)[0]) for p in places]


class Tensor:
    def __init__(self, table, buffers, index):
        self.index, self.shape = index, table.numbers(0, "i")
        self.type, self.form, self.low, self.high = TYPES.get(table.number(1, "b"), ("?", "", 0, 0))
        self.elements = math.prod(self.shape)
        quantization = table.table(4)
        self.scales = [Fraction(s) for s in quantization.numbers(2, "f")] if quantization else []
        self.zeros = quantization.numbers(3, "q") if quantization else []
        self.zeros = self.zeros or [0] * len(self.scales)
        self.axis = quantization.number(6, "i") if quantization else 0
        self.has_codes = self.type in ("uint8", "int8", "int16")
        buffer, self.values = buffers[table.number(2, "I")], None
        at = buffer.target(0)
        if at is not None and self.form and not table.number(5, "?"):
            size = struct.unpack_from("<I", buffer.data, at)[0]
            if size and size == self.elements * struct.calcsize(self.form):
                self.values = struct.unpack_from("<%d%s" % (self.elements, self.form), buffer.data, at + 4)
        self.codes = (self.low, self.high)
        if self.values and self.has_codes:
            self.codes = (min(self.values), max(self.values))
        self.is_constant = self.values is not None

    @property
    def scale(self):
        if len(self.scales) != 1:
            raise NotChecked("tensor %d has %d scales" % (self.index, len(self.scales)))
        return self.scales[0]

    @property
    def zero(self):
        return self.zeros[0]


class Op:
    def __init__(self, index, table, code, tensors):
        self.index = index
        number = max(code.number(0, "b"), code.number(3, "i"))
        self.type = OPS.get(number, "?")
        self.inputs = [tensors[t] if t >= 0 else None for t in table.numbers(1, "i")]
        self.outputs = [tensors[t] if t >= 0 else None for t in table.numbers(2, "i")]
        self.options = table.table(4)

    def option(self, field, form="b", default=0):
        return self.options.number(field, form, default) if self.options else default


    def shape_output(self, shape):
        """What a file that leaves shapes open has as the output's."""
        output = self.outputs[0]
        if not output.shape:
            output.shape, output.elements = list(shape), math.prod(shape)
        return output

    def window(self, height, width, strides, dilations, padding, channels):
        """The axes of a sliding window over input 0."""
        x, sizes = self.inputs[0], self.outputs[0].shape[1:3] or (None, None)
        if len(x.shape) != 4 or len(sizes) != 2:
            raise NotChecked("the file does not say its input's shape")
        axes = [Axis(x.shape[1 + k], sizes[k], (height, width)[k], strides[k], dilations[k], padding) for k in (0, 1)]
        self.shape_output([x.shape[0], axes[0].out, axes[1].out, channels])
        return axes


def read_model(data):
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    codes, graphs, buffers = model.tables(1), model.tables(2), model.tables(4)
    if len(graphs) != 1:
        raise NotChecked("the model has %d subgraphs" % len(graphs))
    tensors = [Tensor(t, buffers, i) for i, t in enumerate(graphs[0].tables(0))]
    ops = graphs[0].tables(3)
    return tensors, [Op(i, o, codes[o.number(0, "I")], tensors) for i, o in enumerate(ops)]


def clamp_of(output, activation):
    """The codes that a fused activation leaves."""
    def code(bound):
        return output.zero + rounded(b32(bound / output.scale), "half_away_from_zero")
    low, high = output.low, output.high
    if activation == 1:
        return max(low, output.zero), high
    if activation in (2, 3):
        least, most = {2: (-1, 1), 3: (0, 6)}[activation]
        return max(low, code(Fraction(least))), min(high, code(Fraction(most)))
    if activation != 0:
        raise NotChecked("activation %d" % activation)
    return low, high


class Axis:
    """One dimension of a sliding window."""

    def __init__(self, size_in, size_out, window, stride, dilation, padding):
        extent = (window - 1) * dilation + 1
        out = -(-size_in // stride) if padding == 0 else (size_in - extent + stride) // stride
        if size_out not in (None, out):
            raise NotChecked("its output's shape in the file is not the one that follows")
        self.size, self.out, self.window, self.stride, self.dilation = size_in, out, window, stride, dilation
        self.before = max(0, (out - 1) * stride + extent - size_in) // 2
        self.wraps = padding == 0 and (out - 1) * stride + extent < size_in
        self.parts = sorted({self.part(o) for o in range(out)})

    def part(self, o):
        """The taps [first, end) that lie inside the input."""
        start = o * self.stride - self.before
        first = min(-(start // self.dilation) if start < 0 else 0, self.window)
        return first, max(first, min(self.window, -((start - self.size) // self.dilation)))


# Functions of codes, by op and method. Each is a pair (function, block): the last elements beyond whole blocks have
# `tail` in its place, where one is given.


def clipped(f, low, high):
    return lambda *codes: max(low, min(high, f(*codes)))


def real_code(profile, family, zero):
    rule = profile["real_of"].get(family) or profile["real"]
    if rule["zero_point_first"]:
        return lambda x: rounded(b64(x + zero), rule["ties"])
    return lambda x: rounded(x, rule["ties"]) + zero


def eight_bit(profile, output):
    return profile["uint8" if output.type == "uint8" else "int8"]


def two_stage(profile, a, b, output, sign, form):
    left = 15 if output.type == "int16" else 20
    twice = 2 * max(a.scale, b.scale)
    ma, mb = fixed_point(b64(a.scale / twice)), fixed_point(b64(b.scale / twice))
    mo = fixed_point(b64(twice / (output.scale * 2 ** left)))

    @functools.cache
    def scaled(x, m):
        if form == "scalar":
            return mbqm(x << left, m, profile)
        if form == "first":
            return high_product(shifted(x, -(left + m[1]), "floor"), m[0])
        return high_product(x << left, m[0]) >> -min(m[1], 0)

    def code(x, y):
        whole = wrap(scaled(x - a.zero, ma) + sign * scaled(y - b.zero, mb), 32)
        code = mbqm(whole, mo, profile) + output.zero
        if form == "scalar" or output.type == "int16":
            return code
        return wrap(wrap(code - output.zero, 16) + output.zero, 16)
    return code


def run_of(shape, a, b):
    """How runtimes walk two operands that are broadcast: (elements of a run, whether both advance in it), a run being the
    innermost dimensions along which each advances or stands still. None: shapes that they do not walk in blocks."""
    def moves(operand, k):
        return k <= len(operand) and operand[-k] > 1
    kinds, run = "", 1  # from the inside, neighbours of a kind as one: both advance, or one does
    for k in range(1, len(shape) + 1):
        if shape[-k] > 1:
            kind = "=" if moves(a, k) and moves(b, k) else "a" if moves(a, k) else "b"
            kinds += kind if kinds[-1:] != kind else ""
            run *= shape[-k] if len(kinds) == 1 else 1
    return (run, kinds[:1] in ("", "=")) if re.fullmatch("=?(a=?b?|b=?a?)?=?", kinds) else None


def sum_function(profile, op, sign, advances):
    """ADD and SUB: (body, tail, block)."""
    a, b, output = op.inputs[0], op.inputs[1], op.outputs[0]
    method = profile["add_method"] if sign > 0 else profile.get("sub_method", profile["add_method"])
    if method in ("two_stage", "two_stage_vectorized") and output.type != "int16":
        scalar = two_stage(profile, a, b, output, sign, "scalar")
        if method == "two_stage":
            return scalar, scalar, 1
        block = 8
        form = "first" if advances and output.type == "int8" else "last"
        if advances:
            block = 16 if output.type == "int8" else 8
        return two_stage(profile, a, b, output, sign, form), scalar, block
    if method in ("shared_shift", "shared_shift_half_away"):
        bits, least, ties = (20, -10, "half_up") if method == "shared_shift" else (21, -14, "half_away_from_zero")
        ra, rb = b32(a.scale / output.scale), b32(b.scale / output.scale)
        if min(ra, rb) < Fraction(2) ** least or max(ra, rb) >= 256 or output.type == "int16":
            raise NotChecked("method %s of such scales" % method)
        shift = bits - exponent_of(max(ra, rb))
        ma, mb = (rounded(r * Fraction(2) ** shift, "half_to_even") for r in (ra, rb))
        f = lambda x, y: shifted((x - a.zero) * ma + sign * (y - b.zero) * mb, shift, ties) + output.zero
        return f, f, 1
    if method in ("eight_bit_weights", "eight_bit_weights_shared_zero"):
        ratio = b32(b.scale / a.scale)
        s_weight = b32(b32(b64(1 + ratio) if sign < 0 else max(ratio, Fraction(1))) / 255)
        weight = lambda w: rounded(b64(b64(w) / s_weight), "half_away_from_zero")
        wa, wb = weight(1), sign * weight(ratio)
        zeros = wa * a.zero + (wb * b.zero if method == "eight_bit_weights" else
                               wb * a.zero - sign * weight(b64((a.zero - b.zero) * ratio)))
        rule = eight_bit(profile, output)["conv"]["rule"]
        real = real_multiplier(rule["scale"], a.scale, s_weight, output.scale)
        code = requantizer(rule, multiplier(rule, real), real, output.zero, -2 ** 31, 2 ** 31 - 1)
        f = lambda x, y: code(register(rule, wa * x + wb * y - zeros))
        return f, f, 1
    if method == "real":
        code = real_code(profile, "add", output.zero)
        f = lambda x, y: code(b64(b64((x - a.zero) * a.scale + sign * (y - b.zero) * b.scale) / output.scale))
        return f, f, 1
    raise NotChecked("method %s" % method)


def product_function(profile, op, advances):
    """MUL."""
    a, b, output = op.inputs[0], op.inputs[1], op.outputs[0]

    def of_product(f):
        f = functools.cache(f)
        g = lambda x, y: f((x - a.zero) * (y - b.zero))
        return g, g, 1
    if profile["mul_method"] == "real":
        scale = b64(b64(a.scale * b.scale) / output.scale)
        code = real_code(profile, "mul", output.zero)
        return of_product(lambda product: code(b64(product * scale)))
    rule = profile["mul"]
    real = real_multiplier("binary64" if profile["binary64_ratios"] else "binary32", a.scale, b.scale, output.scale)
    m = multiplier(rule, real)
    code = requantizer(rule, m, real, output.zero, -2 ** 31, 2 ** 31 - 1)
    if profile["mul_method"] == "fixed_point" or output.type == "int16":
        return of_product(code)
    if profile["mul_method"] != "fixed_point_vectorized":
        raise NotChecked("method %s" % profile["mul_method"])
    wraps = output.type == "uint8" and not advances
    bare = requantizer(rule, m, real, 0, -2 ** 31, 2 ** 31 - 1)

    def body(product):
        code = 0 if m[1] > 31 else bare(product)
        code = wrap(code, 16) if wraps else max(-32768, min(32767, code))
        return wrap(code + output.zero, 16)
    return of_product(body)[0], of_product(code)[0], 8 if output.type == "uint8" else 16


def code_function(profile, op):
    """Ops on one code: (body, tail, block)."""
    x, output = op.inputs[0], op.outputs[0]
    if op.type == "DEQUANTIZE":
        exact = lambda q: b32(b64((q - x.zero) * x.scale))
        if profile["dequantize_method"] == "binary64":
            return exact, exact, 8
        if profile["dequantize_method"] == "binary32":
            body = lambda q: b32((q - x.zero) * x.scale)
            return body, body, 8
        offset = b32(-x.zero * x.scale)
        return lambda q: fma32(Fraction(q), x.scale, offset, profile["fused_multiply_add"]), exact, 8
    if op.type in ("RELU", "RELU6", "RELU_N1_TO_1"):
        low, high = clamp_of(output, {"RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3}[op.type])
        if op.type == "RELU6" and profile["relu6_clamps_input"]:
            low, high = clamp_of(x, 3)
            return clipped(lambda q: q, low, high), None, 1
        rule = profile["relu"]
        real = real_multiplier("binary64" if profile["binary64_ratios"] else "binary32", x.scale, Fraction(1), output.scale)
        code = requantizer(rule, multiplier(rule, real), real, output.zero, low, high)
        return lambda q: code(q - x.zero), None, 1
    if x.scale == output.scale:
        return lambda q: q - x.zero + output.zero, None, 1
    method, ratio = profile["requantize_method"], b32(x.scale / output.scale)
    if method == "eight_bits":
        if x.type != output.type or ratio < Fraction(1, 256) or ratio > 128:
            raise NotChecked("method %s of such scales" % method)
        m = rounded(256 * ratio, "half_to_even")
        return lambda q: shifted((q - x.zero) * m, 8, "half_up") + output.zero, None, 1
    if method == "real":
        code = real_code(profile, "quantize", output.zero)
        return lambda q: code(b64((q - x.zero) * ratio)), None, 1
    m = fixed_point(b64(x.scale / output.scale))
    scalar = lambda q: mbqm(q - x.zero, m, profile) + output.zero
    if method == "scalar" or "int16" in (x.type, output.type):
        return scalar, None, 1
    if method != "vectorized":
        raise NotChecked("method %s" % method)
    return lambda q: mbqm(q - x.zero, m, profile, "half_up") + output.zero, scalar, 16


def averaged(profile, op, n):
    """The profile's rule for averages, of the sum of n codes less their zero points."""
    rule, x, output = profile["average"], op.inputs[0], op.outputs[0]
    if rule["scale"] == "binary64":
        real = b64(b64(b64(Fraction(1, n)) * x.scale) / output.scale)
    else:
        real = b32(x.scale / b32(output.scale * b32(n)))
    code = requantizer(rule, multiplier(rule, real), real, output.zero, -2 ** 31, 2 ** 31 - 1)
    return lambda centred: code(register(rule, centred))


def pool_function(profile, op, n, window):
    method, zero = profile["average_pool_method"], op.outputs[0].zero
    if method == "raw_half_away":
        return lambda total: divided(total, n, "half_away_from_zero")
    if method == "real":
        rule = profile["real_of"].get("average_pool") or profile["real"]
        outside = 0 if rule["zero_point_first"] else zero
        return lambda total: divided(total - n * outside, n, rule["ties"]) + outside
    if method == "rescaled_window":
        code = averaged(profile, op, window)
        return lambda total: code(total - n * zero)
    k = (n - 1).bit_length()
    m = (((1 << 30) + 1) << k) // n
    return lambda total: shifted((total - n * zero) * m, 30 + k, "half_up") + zero


def mean_method(profile, op, axes):
    rules, rank = profile["mean_method"], len(op.inputs[0].shape)
    spatial = (op.option(0, "?", False) and rank == 4 and {a % rank for a in axes} == {1, 2} and
               (rules["negative_axes_count"] or min(axes) >= 0))
    return rules[op.inputs[0].type + "_spatial" if spatial else "general"]


def mean_function(profile, op, method, n, in_vectors):
    x, output = op.inputs[0], op.outputs[0]
    ratio, ratio32 = b64(x.scale / output.scale), b32(x.scale / output.scale)
    if method == "folded_count":
        m, e = fixed_point(ratio)
        left = min(n.bit_length() - 1, 32, 31 + e)
        m = ((m << left) // n, e - left)
        return lambda total: mbqm(total - n * x.zero, m, profile) + output.zero
    if method == "scaled_then_divided":
        m = fixed_point(ratio)
        return lambda total: divided(mbqm(total - n * x.zero, m, profile), n, "half_away_from_zero") + output.zero
    if method in ("binary32_bias", "binary32_bias_vectorized"):
        zero = b32(b32(x.zero * x.scale) / output.scale)
        bias = output.zero - rounded(b32(zero + Fraction(1 if zero > 0 else -1, 2)), "toward_zero")
        m = fixed_point(b32(x.scale / b32(n * output.scale)))
        return lambda total: mbqm(total, m, profile, "half_up" if in_vectors else "half_away_from_zero") + bias
    if method == "binary32":
        fused = profile["fused_multiply_add"]
        scale = b32(ratio32 * b32(Fraction(1, n)))
        bias = fma32(-b32(n * x.zero), scale, Fraction(output.zero), fused)
        return lambda total: rounded(fma32(b32(total), scale, bias, fused), profile["real_rounding"])
    if method == "rescaled_sum":
        code = averaged(profile, op, n)
        return lambda total: code(total - n * x.zero)
    if method == "real":
        scale, code = b64(ratio / n), real_code(profile, "mean", output.zero)
        return lambda total: code(b64((total - n * x.zero) * scale))
    raise NotChecked("method %s" % method)


# Sums of products: which there are.


class Sums:
    """Sums start + sum of weight * code, each code anything from `low` to `high`."""

    def __init__(self, start, weights, low, high):
        total, falling = sum(weights), sum(w for w in weights if w < 0)
        self.room, self.weights = high - low, weights
        self.lowest = start + (total - falling) * low + falling * high
        self.highest = start + (total - falling) * high + falling * low
        self.step = math.gcd(*weights) if self.room else 0
        self.step = self.step or 1
        self.count = (self.highest - self.lowest) // self.step + 1
        self.bits = None

    def complete(self):
        """Whether every step from the lowest to the highest can be made."""
        made = 0
        for w in sorted(abs(w) for w in self.weights if w):
            if w > made + self.step:
                return False
            made += w * self.room
        return True

    def covers(self, other):
        return (self.complete() and self.lowest <= other.lowest and other.highest <= self.highest and
                other.step % self.step == 0 and (other.lowest - self.lowest) % self.step == 0)

    def has(self, total):
        k, rest = divmod(total - self.lowest, self.step)
        if rest or not 0 <= k < self.count:
            return False
        if self.bits is None:
            self.bits = self.made()
        return self.bits is True or self.bits[k >> 3] >> (k & 7) & 1 == 1

    def made(self):
        if self.complete():
            return True
        if self.count * len(self.weights) > 1 << 34:
            raise NotChecked("too many sums to find out which can be made")
        bits = 1
        for w in self.weights:
            left, chunk = self.room, 1
            while w and left:  # 1 + 2 + 4 + ... + the rest times the weight
                taken = min(chunk, left)
                bits |= bits << (abs(w) // self.step * taken)
                left, chunk = left - taken, chunk * 2
        return bits.to_bytes(self.count // 8 + 1, "little")


def how_many(ranges, sources):
    """The sums of `ranges` that one of the sources makes."""
    kept = []
    for s in sources:
        if not any(k.covers(s) for k in kept):
            kept = [k for k in kept if not s.covers(k)] + [s]
    if len(kept) == 1 and kept[0].complete():
        s, count = kept[0], 0
        for first, last in ranges:
            from_step = -((s.lowest - max(first, s.lowest)) // s.step)
            count += max(0, (min(last, s.highest) - s.lowest) // s.step - from_step + 1)
        return count
    if sum(last - first for first, last in ranges) > 1 << 24:
        raise NotChecked("too many sums differ to count them")
    return sum(any(s.has(total) for s in kept) for first, last in ranges for total in range(first, last + 1))


class Layer:
    """A multiply-accumulate layer of the model: channels, windows, weights."""

    def __init__(self, op):
        self.op, (x, w), output = op, op.inputs[:2], op.outputs[0]
        self.output, self.low, self.high = output, x.codes[0], x.codes[1]
        if not w.is_constant or x.type not in ("int8", "uint8") or w.type != x.type:
            raise NotChecked("such a layer")
        if w.type == "int8" and any(w.zeros):
            raise NotChecked("int8 weights with a zero point")
        bias = op.inputs[2] if len(op.inputs) > 2 else None
        if bias and (not bias.is_constant or bias.type != "int32"):
            raise NotChecked("a bias that is no constant of 32 bits")
        self.channels = w.shape[3 if op.type == "DEPTHWISE_CONV_2D" else 0]
        self.bias = bias.values if bias else (0,) * self.channels
        self.axes, self.fast, self.groups, self.columns = (), False, 1, 0
        if op.type == "FULLY_CONNECTED":
            if op.option(1):
                raise NotChecked("shuffled weights")
            self.depth, activation = w.shape[1], op.option(0)
            self.rows = x.elements // self.depth
        else:
            shift = 1 if op.type == "DEPTHWISE_CONV_2D" else 0
            strides, dilations = (op.option(2, "i"), op.option(1, "i")), (op.option(5 + shift, "i", 1), op.option(4 + shift, "i", 1))
            activation = op.option(3 + shift)
            self.axes = op.window(w.shape[1], w.shape[2], strides, dilations, op.option(0), self.channels)
            self.rows = x.shape[0] * output.shape[1] * output.shape[2]
            self.depth = w.shape[1] * w.shape[2] * w.shape[3]
            if shift:
                self.fast = self.is_fast(x.shape[3], strides, dilations)
            else:
                self.groups = x.shape[3] // w.shape[3]
        self.clamp = clamp_of(output, activation)

    def is_fast(self, channels_in, strides, dilations):
        """What TFLite's routine for 3x3 filters on AArch64 takes."""
        y, x = self.axes
        whole = all((a.out - 1) * a.stride - a.before + 3 <= a.size + a.before for a in self.axes)
        return (y.window == x.window == 3 and channels_in == self.channels and y.stride == x.stride <= 2 and
                y.before == x.before <= 1 and channels_in % 8 == 0 and dilations == (1, 1) and whole and
                (y.before == 0 or (y.size == 1) == (x.size == 1)))

    def rule(self, profile, channel):
        rules = eight_bit(profile, self.output)
        if (profile["requantizes_weights"] and len(self.op.inputs[1].scales) > 1) or (profile["same_padding_wraps"] and any(a.wraps for a in self.axes) and
                                              any(a.window > 1 for a in self.axes)):
            raise NotChecked("a profile that changes weights or padding")
        if self.op.type == "FULLY_CONNECTED":
            if len(self.op.inputs[1].scales) > 1 and not profile["fully_connected_per_channel"]:
                raise NotChecked("a profile that reads one scale of several")
            return rules["fully_connected"]["single_column" if self.rows == 1 else "rule"]
        if self.op.type == "CONV_2D":
            single = self.rows == 1 and self.channels >= 4 and self.depth >= 8
            return rules["conv"]["grouped" if self.groups > 1 else "single_column" if single else "rule"]
        rules = rules["depthwise"]
        block = 1 if self.fast else rules["block"]
        if channel >= self.channels - self.channels % block:
            return rules["last_channels"]
        return rules["fast_3x3" if self.fast else "rule"]

    def requantizer(self, profile, channel):
        """(rule, M, the code of a sum)."""
        rule, (x, w) = self.rule(profile, channel), self.op.inputs[:2]
        if rule["common_exponent"]:
            raise NotChecked("common_exponent")
        scale, per_channel = rule["scale"], len(w.scales) > 1
        if per_channel and scale == "binary32_product":
            scale = "binary64"
        real = real_multiplier(scale, x.scale, w.scales[channel if per_channel else 0], self.output.scale)
        m = multiplier(rule, real)
        return rule, m[0] * Fraction(2) ** (m[1] - m[2]), requantizer(rule, m, real, self.output.zero, *self.clamp)

    def weights(self, channel, part):
        """Those of the taps [y0, y1) x [x0, x1)."""
        w = self.op.inputs[1]
        if not part:
            values = w.values[channel * self.depth:(channel + 1) * self.depth]
        else:
            (y0, y1), (x0, x1) = part
            width = w.shape[2]
            if self.op.type == "CONV_2D":
                inner, first = w.shape[3], channel * self.depth
                values = [v for y in range(y0, y1)
                          for v in w.values[first + (y * width + x0) * inner:first + (y * width + x1) * inner]]
            else:
                values = [w.values[(y * width + x) * self.channels + channel] for y in range(y0, y1) for x in range(x0, x1)]
        zero = w.zeros[channel if len(w.zeros) > 1 else 0] if w.zeros else 0
        return [v - zero for v in values] if zero else values

    def sources(self, channel):
        """By window: which taps lie inside the input decides which sums there are."""
        parts = [()] if not self.axes else [(y, x) for y in self.axes[0].parts for x in self.axes[1].parts]
        found, zero = {}, self.op.inputs[0].zero
        for part in parts:
            weights = self.weights(channel, part)
            found[part] = Sums(self.bias[channel] - zero * sum(weights), weights, self.low, self.high)
        return found

    def part_of(self, element):
        """(channel, window) of an element of the output."""
        channel, pixel = element % self.channels, element // self.channels
        if not self.axes:
            return channel, ()
        y, x = self.axes
        return channel, (y.part(pixel // x.out % y.out), x.part(pixel % x.out))


# The certificate's claims, op by op.


class Checker:
    def __init__(self, data, certificate, verbose):
        self.c, self.verbose = certificate, verbose
        self.tensors, self.ops = read_model(data)
        self.narrow = {t: (low, high) for t, low, high in certificate["codes"]}
        self.lists = [self.decoded(i, entries) for i, entries in enumerate(certificate["thresholds"])]
        self.used, self.used_rules = set(), set()
        self.profiles = [self.expanded(p["parameters"]) for p in certificate["profiles"]]
        self.counts = dict.fromkeys(("ops", "channels", "thresholds", "codes and pairs", "other sums"), 0)
        self.unchecked = []

    def decoded(self, index, entries):
        """How far each code's threshold lies from the ideal one, where that is not 0."""
        distances = {}
        for distance, first, codes in entries:
            mask = (1 << codes) - 1 if isinstance(codes, int) else int(codes, 16)
            for i in range(mask.bit_length()):
                if mask >> i & 1:
                    distances[first + i] = distance
        if 0 in distances.values() or sum(bin(int(c, 16)).count("1") if isinstance(c, str) else c for _, _, c in entries) != len(distances):
            raise Refused("thresholds %d: a code stands twice, or lies where it should" % index)
        return distances

    def expanded(self, parameters):
        if isinstance(parameters, dict):
            return {k: v if k == "block" else self.expanded(v) for k, v in parameters.items()}
        if isinstance(parameters, int) and not isinstance(parameters, bool):
            self.used_rules.add(parameters)
            return self.c["rules"][parameters]
        return parameters

    def check(self):
        self.check_profiles()
        if len(self.c["ops"]) != len(self.ops):
            raise Refused("the model has %d ops, the certificate %d" % (len(self.ops), len(self.c["ops"])))
        for op, claim in zip(self.ops, self.c["ops"]):
            try:
                self.check_op(op, claim)
            except Refused as refused:
                raise Refused("op %d %s: %s" % (op.index, op.type, refused))
            except NotChecked as reason:
                self.unchecked.append("op %d %s: %s" % (op.index, claim["type"], reason))
                for t in op.outputs:  # what is not checked is believed, and said so
                    if t and t.has_codes and not t.is_constant:
                        t.codes = self.narrow.get(t.index, t.codes)
        found = {t.index: t.codes for t in self.tensors
                 if t.has_codes and not t.is_constant and t.codes != (t.low, t.high)}
        demand("what codes tensors have", self.narrow, found)
        demand("the number of tensors whose codes are narrow", len(self.c["codes"]), len(found))
        verdicts = [claim["verdict"] for claim in self.c["ops"]]
        demand("the verdict", self.c["verdict"], "differs" if "differs" in verdicts else "open" if "open" in verdicts else "equal")
        if not self.unchecked:
            demand("which rules are used", list(range(len(self.c["rules"]))), sorted(self.used_rules))
            demand("which lists of thresholds are used", list(range(len(self.lists))), sorted(self.used))

    def check_profiles(self):
        for i, (profile, parameters) in enumerate(zip(self.c["profiles"], self.profiles)):
            demand("the hash of profile %d's parameters" % i, profile["sha256"], hash_of(parameters))
            for side in (0, 1):
                demand("how many ops profile %d computes" % i, profile["ops"][side],
                       sum(claim["profiles"][side] == i for claim in self.c["ops"]))

    def check_op(self, op, claim):
        demand("its index", claim["op"], op.index)
        if op.type != claim["type"]:
            if op.type != "?":
                demand("its type", claim["type"], op.type)
            raise NotChecked("an op of this type")
        if claim["verdict"] == "open":
            return self.moved(op, claim["by"] == "same_rule")
        if claim["by"] == "search":
            raise NotChecked("inputs were tried; method unknown")
        if min(claim["profiles"]) < 0:
            raise NotChecked("no profile computes it")
        a, b = (self.profiles[p] for p in claim["profiles"])
        self.counts["ops"] += 1
        try:
            if claim["by"] == "same_rule":
                self.check_same_rule(op, claim, a, b)
            elif claim["by"] == "pairs":
                self.check_pairs(op, claim, a, b)
            elif claim["by"] == "codes":
                self.check_codes(op, claim, a, b)
            elif op.type in ("AVERAGE_POOL_2D", "MEAN"):
                self.check_sums(op, claim, a, b)
            elif op.type in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
                self.check_layer(op, claim, a, b)
            else:
                raise NotChecked("sums of such an op")
        except NotChecked:
            self.counts["ops"] -= 1
            raise

    def moved(self, op, moves=True):
        """The codes that an op's outputs can have if it only moves codes, else all."""
        for t in op.outputs:
            if t and not t.shape and op.inputs and op.inputs[0] and op.type in ("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "SOFTMAX"):
                t.shape, t.elements = [op.inputs[0].elements], op.inputs[0].elements
            if not t or not t.has_codes:
                continue
            t.codes = (t.low, t.high)
            # The largest of some codes is one of them, where no activation follows.
            if moves and (op.type in MOVES or (op.type == "MAX_POOL_2D" and op.option(5) == 0)):
                zero = t.zeros[0] if len(t.zeros) == 1 else 0
                ranges = [i.codes for i in op.inputs if i and i.type == t.type] + [(0, 0), (zero, zero)]
                t.codes = min(r[0] for r in ranges), max(r[1] for r in ranges)

    def check_same_rule(self, op, claim, a, b):
        demand("the verdict", claim["verdict"], "equal")
        if all(t is None or t.is_constant for t in op.inputs) and op.type != "SHAPE":
            raise NotChecked("its values are known before anything runs")
        one_scale = all(t.scales == op.outputs[0].scales and t.zeros == op.outputs[0].zeros
                        for t in op.inputs if t and t.type == op.outputs[0].type)
        if a != b and op.type not in MOVES and not (op.type in PICKS and (one_scale or op.type == "SHAPE")):
            raise NotChecked("both sides are said to have one method")
        self.moved(op)

    def take(self, op, claim, groups):
        """Compares functions on arguments; groups: (element by argument, arguments, function of A, of B), in order."""
        arguments = differing = 0
        largest, example, codes = 0, None, set()
        for element, values, in_a, in_b in groups:
            for value in values:
                a, b = in_a(*value), in_b(*value)
                arguments += 1
                codes.add(a)
                if a == b:
                    continue
                codes.add(b)
                differing += 1
                if abs(a - b) > largest:
                    largest, example = abs(a - b), (element(value), value, a, b)
        self.settle(op, claim, arguments, differing, min(codes), max(codes))
        if example:
            demand("the largest distance", number(claim["largest"]), Fraction(largest))
            demand("the example's values", (number(claim["example"]["a"]), number(claim["example"]["b"])),
                   (Fraction(example[2]), Fraction(example[3])))
            demand("the example's element", claim["example"]["element"], example[0])
        return example

    def settle(self, op, claim, arguments, differing, low, high):
        demand("the number of arguments", claim["arguments"], arguments)
        demand("how many differ", claim["differing"], differing)
        demand("the verdict", claim["verdict"], "differs" if differing else "equal")
        demand("whether there is an example", "example" in claim, differing > 0)
        if op.outputs[0].has_codes:
            op.outputs[0].codes = (low, high)

    def check_pairs(self, op, claim, a, b):
        x, y, output = op.inputs[0], op.inputs[1], op.outputs[0]
        if op.type not in ("ADD", "SUB", "MUL") or not output.has_codes:
            raise NotChecked("pairs of such an op")
        clamp = clamp_of(output, op.option(0))
        op.shape_output(max(x.shape, y.shape, key=math.prod))
        n, walk = output.elements, run_of(output.shape, x.shape, y.shape)
        run, advances = walk or (n, True)
        sides = [product_function(p, op, advances) if op.type == "MUL" else
                 sum_function(p, op, -1 if op.type == "SUB" else 1, advances) for p in (a, b)]
        if not walk:
            sides = [(tail, tail, 1) for _, tail, _ in sides]
        if x.is_constant and y.is_constant:
            raise NotChecked("its values are known before anything runs")
        if x is y:
            pairs = [(c, c) for c in range(x.codes[0], x.codes[1] + 1)]
        else:
            pairs = None
        tails = [run - run % block for _, _, block in sides]  # where they begin in a run
        ends, groups = sorted({0, run, *tails}), []
        for first, end in sorted(zip(ends, ends[1:]), key=lambda e: [e[0] >= at for at in tails]):
            constant = {}  # of an operand that is one: its codes, each with the first element that gets it
            for e in range(n) if x.is_constant or y.is_constant else ():
                t = x if x.is_constant else y
                if first <= e % run < end:
                    constant.setdefault(t.values[source_of(e, output.shape, t.shape)], e)
            codes_of = lambda t: sorted(constant) if t.is_constant else range(t.codes[0], t.codes[1] + 1)
            values = pairs or [(c, d) for c in codes_of(x) for d in codes_of(y)]
            element = lambda v, constant=constant, first=first: constant[v[0 if x.is_constant else 1]] if constant else first
            groups.append((element, values) + tuple(clipped(tail if first >= at else body, *clamp)
                                                    for (body, tail, _), at in zip(sides, tails)))
        example = self.take(op, claim, groups)
        if example:
            demand("the example's codes", claim["example"]["codes"], list(example[1]))
        self.counts["codes and pairs"] += claim["arguments"]

    def check_codes(self, op, claim, a, b):
        x, output = op.inputs[0], op.outputs[0]
        if op.type == "CONCATENATION":
            if any(t.scales != output.scales or t.zeros != output.zeros or t.is_constant for t in op.inputs):
                raise NotChecked("parts of other scales")
            groups = self.parts_of_concatenation(op)
        else:
            if op.type not in ("QUANTIZE", "DEQUANTIZE", "RELU", "RELU6", "RELU_N1_TO_1") or not x.has_codes or x.is_constant:
                raise NotChecked("codes of such an op")
            if op.type != "DEQUANTIZE" and not output.has_codes:
                raise NotChecked("codes of such an op")
            op.shape_output(x.shape)
            n, sides = x.elements, [code_function(p, op) for p in (a, b)]
            starts = [n - n % block for _, _, block in sides]
            ends = sorted({0, n, *starts})
            clamp = (lambda f: f) if op.type == "DEQUANTIZE" else lambda f: clipped(f, output.low, output.high)
            groups = [(lambda _, first=first: first, [(c,) for c in range(x.codes[0], x.codes[1] + 1)]) +
                      tuple(clamp(side[0] if first < start else side[1]) for side, start in zip(sides, starts))
                      for first in ends[:-1]]
        example = self.take(op, claim, groups)
        if example:
            demand("the example's code", claim["example"]["code"], example[1][0])
        self.counts["codes and pairs"] += claim["arguments"]

    @staticmethod
    def parts_of_concatenation(op):
        """One scale: copies."""
        same = lambda c: c
        return [(None, [(c,) for c in range(t.codes[0], t.codes[1] + 1)], same, same) for t in op.inputs]

    def check_sums(self, op, claim, a, b):
        """Pools and MEAN: every sum is tried."""
        x, output = op.inputs[0], op.outputs[0]
        if not x.has_codes or x.is_constant:
            raise NotChecked("sums of such an op")
        first = {}  # element by (number in A, number in B, how many codes)
        if op.type == "MEAN":
            axes = op.inputs[1].values
            if not axes:
                raise NotChecked("axes that are no constant")
            n = math.prod(x.shape[i] for i in {axis % len(x.shape) for axis in axes})
            methods, whole = [mean_method(p, op, axes) for p in (a, b)], x.shape[-1] - x.shape[-1] % 16
            for e in range(min(output.elements, x.shape[-1])):
                key = tuple(int(m == "binary32_bias_vectorized" and e % x.shape[-1] < whole) for m in methods)
                first.setdefault(key + (n,), e)
            make = lambda side, p, number, n: mean_function(p, op, methods[side], n, number == 1)
            clamp = (output.low, output.high)
        else:
            axes = op.window(op.option(4, "i"), op.option(3, "i"), (op.option(2, "i"), op.option(1, "i")), (1, 1), op.option(0), x.shape[3])
            for oy in range(axes[0].out):
                for ox in range(axes[1].out):
                    (y0, y1), (x0, x1) = axes[0].part(oy), axes[1].part(ox)
                    n = (y1 - y0) * (x1 - x0)
                    first.setdefault((n, n, n), (oy * axes[1].out + ox) * x.shape[3])
            make = lambda side, p, number, n: pool_function(p, op, n, axes[0].window * axes[1].window)
            clamp = clamp_of(output, op.option(5))
        groups = []
        for (number_a, number_b, n), element in sorted(first.items()):
            groups.append((element, [(s,) for s in range(n * x.codes[0], n * x.codes[1] + 1)],
                           clipped(make(0, a, number_a, n), *clamp), clipped(make(1, b, number_b, n), *clamp)))
        arguments = differing = 0
        low, high = output.high, output.low
        for _, values, in_a, in_b in groups:
            if len(values) > 1 << 21:
                raise NotChecked("%d sums are too many to try" % len(values))
            for value in values:
                code_a, code_b = in_a(*value), in_b(*value)
                low, high = min(low, code_a, code_b), max(high, code_a, code_b)
                differing += code_a != code_b
            arguments += len(values)
        self.settle(op, claim, arguments, differing, low, high)
        if "example" in claim:
            group = [g for g in groups if g[0] == claim["example"]["element"]]
            if not group:
                raise Refused("the example's element is not the first of its kind")
            _, values, in_a, in_b = group[0]
            self.check_run(claim, in_a, in_b, values[0][0], values[-1][0])
        self.counts["other sums"] += arguments

    @staticmethod
    def check_run(claim, in_a, in_b, lowest, highest):
        """The example's sums: all become the one on A and the other on B, and no neighbours do."""
        example, (first, last) = claim["example"], claim["example"]["sums"]
        pair = example["a"], example["b"]
        if not lowest <= first <= last <= highest:
            raise Refused("the example's sums %d to %d cannot be" % (first, last))
        demand("the largest distance", claim["largest"], abs(pair[0] - pair[1]))
        for s in (first, last):
            demand("what sum %d becomes" % s, pair, (in_a(s), in_b(s)))
        for s in (first - 1, last + 1):
            if lowest <= s <= highest and (in_a(s), in_b(s)) == pair:
                raise Refused("the example leaves out sum %d" % s)
        if pair[0] == pair[1]:
            raise Refused("the example does not differ")

    def check_layer(self, op, claim, a, b):
        if "channels" not in claim:
            raise NotChecked("no channels stand in the certificate")
        if claim.get("at_most"):
            raise NotChecked("how many sums differ is only known at most")
        layer, rows = Layer(op), claim["channels"]
        demand("the number of channels", len(rows), layer.channels)
        arguments = differing = 0
        low, high = op.outputs[0].high, op.outputs[0].low
        for channel, row in enumerate(rows):
            try:
                count, codes = self.check_channel(layer, claim, row, channel, a, b)
            except Refused as refused:
                raise Refused("channel %d: %s" % (channel, refused))
            arguments += count
            differing += row[8]
            low, high = min(low, *codes), max(high, *codes)
        self.settle(op, claim, arguments, differing, low, high)
        if "example" in claim:
            channel, part = layer.part_of(claim["example"]["element"])
            demand("the example's channel", claim["example"]["channel"], channel)
            row, source = rows[channel], layer.sources(channel)[part]
            self.check_run(claim, layer.requantizer(a, channel)[2], layer.requantizer(b, channel)[2], row[1], row[2])
            first, last = claim["example"]["sums"]
            if not any(source.has(s) for s in range(first, last + 1)):
                raise Refused("no codes make one of the example's sums")
        if self.verbose:
            print("op %d %s: %d channels" % (op.index, op.type, layer.channels), flush=True)
        self.counts["channels"] += layer.channels

    def check_channel(self, layer, claim, row, channel, a, b):
        """(how many sums there are, the codes that come out at most and at least)"""
        element, lowest, highest, step, rule_a, rule_b, list_a, list_b, differing = row
        demand("its element", element, channel)
        sources = list(layer.sources(channel).values())
        demand("the lowest sum", lowest, min(s.lowest for s in sources))
        demand("the highest sum", highest, max(s.highest for s in sources))
        demand("the step of the sums", step, math.gcd(*(s.step for s in sources)))
        thresholds, codes = [], []
        for profile, rule, index in ((a, rule_a, list_a), (b, rule_b, list_b)):
            own, m, code = layer.requantizer(profile, channel)
            demand("the rule", self.c["rules"][rule], own)
            fits = all(register(own, s) == s and abs(s * m) < 2 ** 29 for s in (lowest, highest))
            demand("whether thresholds say all", index >= 0, fits)
            if not fits:
                raise NotChecked("sums that overflow a register")
            codes += [code(lowest), code(highest)]
            self.used.add(index)
            thresholds.append(self.thresholds(layer, self.lists[index], m, code, lowest, highest))
        ranges = []
        for first, end in sorted((min(p), max(p)) for p in zip(*thresholds) if p[0] != p[1]):
            if ranges and first <= ranges[-1][1] + 1:
                ranges[-1][1] = max(ranges[-1][1], end - 1)
            else:
                ranges.append([first, end - 1])
        demand("how many sums differ", differing, how_many(ranges, sources) if ranges else 0)
        return max(s.count for s in sources), codes

    def thresholds(self, layer, distances, m, code, lowest, highest):
        """Where each code begins: the sum there has reached it, the sum before has not."""
        low, high = layer.clamp
        zero, top, bottom, get = layer.output.zero, m.denominator, 2 * m.numerator, distances.get
        if distances and not low < min(distances) <= max(distances) <= high:
            raise Refused("a threshold of a code that cannot be")
        first_code, last_code, begins = code(lowest), code(highest), []
        for t in range(low + 1, high + 1):
            odd = 2 * (t - zero) - 1
            if bottom:
                at = -((-odd * top) // bottom)
                at = lowest if at < lowest else highest + 1 if at > highest else at
            else:
                at = lowest if odd < 0 else highest + 1
            at += get(t, 0)
            if t <= first_code:
                right = at == lowest
            elif t > last_code:
                right = at == highest + 1
            else:
                right = lowest < at <= highest and code(at) >= t > code(at - 1)
            if not right:
                raise Refused("code %d does not begin at sum %d" % (t, at))
            begins.append(at)
        self.counts["thresholds"] += high - low
        return begins


def source_of(element, shape, operand):
    """The element of an operand that is broadcast to `shape`."""
    at, step = 0, 1
    for k in range(1, len(shape) + 1):
        element, i = divmod(element, shape[-k])
        if k <= len(operand) and operand[-k] > 1:
            at += i * step
            step *= operand[-k]
    return at


def number(claimed):
    """A number as the certificate writes it: a whole one, or in base 16."""
    return Fraction(float.fromhex(claimed)) if isinstance(claimed, str) else Fraction(claimed)


def without_nulls(x):
    return {k: without_nulls(v) for k, v in x.items() if v is not None} if isinstance(x, dict) else x


def hash_of(x):
    text = json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError as e:
        raise Unreadable(e)


def read_json(path):
    try:
        return json.loads(read(path))
    except ValueError as e:
        raise Unreadable("%s: %s" % (path, e))


def check(data, certificate, documents=(), verbose=False):
    """The checker that found nothing wrong; raises Refused. `documents`: of `nputwin profiles show --format json`."""
    try:
        claims = {key: value for key, value in certificate.items() if key != "sha256"}
        demand("the hash of the certificate's content", certificate["sha256"], hash_of(claims))
        demand("the version of certificates that this program knows", certificate["schema_version"], 1)
        demand("the model's size", certificate["model"]["bytes"], len(data))
        demand("the model's hash", certificate["model"]["sha256"], hashlib.sha256(data).hexdigest())
        for document in documents:
            own = [p for p in certificate["profiles"] if p["name"] == document["name"]]
            if not own:
                raise Refused("no profile of the certificate is called %s" % document["name"])
            demand("the hash of %s's parameters" % document["name"], own[0]["sha256"],
                   hash_of(without_nulls(document["parameters"])))
        checker = Checker(data, claims, verbose)
        checker.check()
        return checker
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, struct.error) as e:
        raise Refused("the certificate or the model is malformed (%s: %s)" % (type(e).__name__, e))
    except NotChecked as reason:
        raise Refused("not checked: %s" % reason)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("certificate")
    parser.add_argument("--partial", action="store_true", help="let ops that this program cannot check pass")
    parser.add_argument("--profile", action="append", default=[], metavar="DOCUMENT", help="what a profile is known to be")
    parser.add_argument("-v", "--verbose", action="store_true", help="name each layer when it is checked")
    arguments = parser.parse_args()
    try:
        data, certificate = read(arguments.model), read_json(arguments.certificate)
        if not isinstance(certificate, dict) or certificate.get("schema") != "nputwin-certificate":
            raise Unreadable("%s is no certificate" % arguments.certificate)
        checker = check(data, certificate, [read_json(d) for d in arguments.profile], arguments.verbose)
    except Unreadable as e:
        print("cannot read: %s" % e, file=sys.stderr)
        return 2
    except Refused as e:
        print("refused: %s" % e)
        return 1
    c = checker.c
    print("checked: %s" % ", ".join("%s %s" % (format(n, ","), what) for what, n in checker.counts.items() if n))
    verdicts = [claim["verdict"] for claim in c["ops"]]
    print("verdict: %s (%s)" % (c["verdict"], ", ".join("%d %s" % (verdicts.count(v), v) for v in ("equal", "differs", "open"))))
    print("this rests on the parameters of %s" % ", ".join("%s (%s)" % (p["name"], p["sha256"][:16]) for p in c["profiles"]))
    print("and on that those profiles compute the ops as the certificate assigns them")
    for line in checker.unchecked:
        print("not checked: " + line)
    return 1 if checker.unchecked and not arguments.partial else 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader such as `head` may leave before the last line
    sys.exit(main())
