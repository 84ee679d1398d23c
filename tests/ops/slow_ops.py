#!/usr/bin/env python3
"""A second opinion on devices that cannot be run here: their ops from what their sources and specifications say, in Python integers and
fractions, compared with the profiles.

  slow_ops.py OP_DRIVER [SEED]

Asks nputwin_op_driver (its head says how). Ties, the ends of the ranges and scales of powers of two come before random ones. A failure
prints the question; `echo QUESTION | OP_DRIVER` repeats it.
"""
import math
import os
import random
import struct
import subprocess
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixed"))
from slow_definitions import AWAY, EVEN, f32, round_fraction  # noqa: E402

RANGE = {"int8": (-128, 127), "uint8": (0, 255)}


def bits(x):
    return struct.unpack("<I", struct.pack("<f", float(x)))[0]


def single(x):
    """The nearest binary32 number, as a fraction."""
    return Fraction(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def half_up(x):
    return math.floor(x + Fraction(1, 2))


def away(x):
    return round_fraction(Fraction(x), AWAY)


def even(x):
    return round_fraction(Fraction(x), EVEN)


def clamp(y, kind):
    return min(max(y, RANGE[kind][0]), RANGE[kind][1])


def significand(x):
    """x as 24 bits and a power of two: x = bits * 2^exponent."""
    e = 0
    while x >= 2**24:
        x, e = x / 2, e + 1
    while x < 2**23:
        x, e = x * 2, e - 1
    return int(x), e


def multiplier32(real):
    """A 31-bit multiplier and a right shift: real ~ m / 2^shift. TFLite's QuantizeMultiplier and TensorFlow's computeMultiplierAndShift."""
    fraction, e = math.frexp(real)
    m = math.floor(fraction * 2**31 + 0.5)
    if m == 2**31:
        m, e = m // 2, e + 1
    return m, 31 - e


# CMSIS-NN, arm_nnsupportfunctions.h


def cmsis_double(x, real):
    m, shift = multiplier32(real)
    left, right = max(31 - shift, 0), max(shift - 31, 0)
    high = (x * 2**left * m + 2**30) >> 31  # arm_nn_doubling_high_mult_no_sat
    mask = (1 << right) - 1  # arm_nn_divide_by_power_of_two
    threshold = (mask >> 1) + (high < 0)
    return (high >> right) + ((high & mask) > threshold)


def cmsis_single(x, real):
    m, shift = multiplier32(real)
    return ((x * m >> (shift - 1)) + 1) >> 1


# TOSA 1.0, apply_scale_32


def tosa(double):
    def scale(x, real):
        m, shift = multiplier32(real)
        nudge = 1 << (shift - 1)
        if double and shift > 31:
            nudge += 2**30 if x >= 0 else -2**30
        return (x * m + nudge) >> shift
    return scale


# The others' requantizations: (accumulator, s_in, s_w, s_out, zero point) -> code before the clamp


def binary32_scale(s_in, s_w, s_out):
    return f32(f32(s_in * s_w) / s_out)


def qnnpack(acc, s_in, s_w, s_out, zero):
    m, e = significand(binary32_scale(s_in, s_w, s_out))
    q31 = (acc * (m << 7) + 2**30) >> 31
    shift = -(e + 24)
    mask = (1 << shift) - 1
    return (q31 >> shift) + ((q31 & mask) - (acc < 0) > mask >> 1) + zero


def binary32_even(acc, s_in, s_w, s_out, zero):
    return even(f32(f32(Fraction(acc)) * binary32_scale(s_in, s_w, s_out))) + zero


def vip(kept):
    def requantize(acc, s_in, s_w, s_out, zero):
        m, e = significand(binary32_scale(s_in, s_w, s_out))
        m = m >> (24 - kept) << (24 - kept)
        return even(acc * m * Fraction(2)**e + zero)
    return requantize


def rocket(acc, s_in, s_w, s_out, zero):
    m, e = significand(binary32_scale(s_in, s_w, s_out))
    return away(acc * ((m >> 9) + 1) * Fraction(2)**(e + 9)) + zero


def common(scales, s_in, s_out):
    return max(binary32_scale(s_in, s, s_out) for s in scales)


def nvdla(acc, s_in, s_w, s_out, zero, scales):
    m, e = significand(common(scales, s_in, s_out))
    k = -(e + 9)  # the largest M keeps 15 bits
    real = binary32_scale(s_in, s_w, s_out)
    return away((acc + away(zero / real)) * math.floor(real * Fraction(2)**k) / Fraction(2)**k)


def hexagon(acc, s_in, s_w, s_out, zero, scales):
    largest = common(scales, s_in, s_out)
    k = 0
    while Fraction(2)**k <= largest:
        k += 1
    real = binary32_scale(s_in, s_w, s_out)
    recip = min(away(real * 2**(31 - k)), 2**31 - 1)
    return ((acc + away(zero / real) >> k) * recip + 2**30) >> 31


# Ops


def layer(profile, kind, s_in, z_in, s_out, z_out, scales, x, weights, bias):
    """The codes of CONV_2D over one position."""
    result = []
    if profile.startswith("mesa") and len(set(scales)) > 1:
        scales, weights, bias = mesa_weights(s_in, scales, weights, bias)
    for s_w, row, b in zip(scales, weights, bias):
        acc = b + sum((q - z_in) * w for q, w in zip(x, row))
        real = float(s_in) * float(s_w) / float(s_out)
        if profile in ("nvdla", "hexagon-nnlib"):
            y = {"nvdla": nvdla, "hexagon-nnlib": hexagon}[profile](acc, s_in, s_w, s_out, z_out, scales)
        elif profile.startswith("cmsis"):
            y = (cmsis_double if profile.endswith("double") else cmsis_single)(acc, real) + z_out
        elif profile.startswith("tosa"):
            y = tosa(profile.endswith("double"))(acc, real) + z_out
        else:
            y = {"qnnpack": qnnpack, "ort-mlas": binary32_even, "fbgemm": binary32_even, "rk3588-rocket": rocket,
                 "mesa-etnaviv-v8": vip(24), "mesa-etnaviv-v7": vip(16)}[profile](acc, s_in, s_w, s_out, z_out)
        result.append(clamp(y, kind))
    return result


def mesa_weights(s_in, scales, weights, bias):
    real = [[f32(s * w) for w in row] for s, row in zip(scales, weights)]
    most, least = max(0, max(map(max, real))), min(0, min(map(min, real)))
    scale = f32(f32(most - least) / 255)
    zero = away(-f32(least / scale))
    # The quotients are binary64 numbers of binary32 ones.
    quotient = lambda a, b: away(Fraction(float(a) / float(b)))  # noqa: E731
    new = [[(quotient(w, scale) + zero) % 256 - zero for w in row] for row in real]
    new_bias = [quotient(f32(f32(s * s_in) * f32(Fraction(b))), f32(scale * s_in)) for s, b in zip(scales, bias)]
    return [scale] * len(scales), new, new_bias


def add(profile, kind, sa, za, sb, zb, so, zo, a, b):
    ra, rb = f32(sa / so), f32(sb / so)
    if profile.startswith(("cmsis", "tosa")):
        scale = {"cmsis-nn-double": cmsis_double, "cmsis-nn-single": cmsis_single,
                 "tosa-1.0-double": tosa(True), "tosa-1.0-single": tosa(False)}[profile]
        twice = 2 * max(float(sa), float(sb))

        def widened(x, s):
            if profile == "tosa-1.0-single" or (profile == "tosa-1.0-double" and s / twice == 0.5):
                return scale(x, s / twice * 2**20)
            return scale(x << 20, s / twice)
        return clamp(scale(widened(a - za, float(sa)) + widened(b - zb, float(sb)), twice / (2**20 * float(so))) + zo, kind)
    if profile == "qnnpack":
        shift = 21 - math.floor(math.log2(max(ra, rb)))
        ma, mb = even(ra * 2**shift), even(rb * 2**shift)
        return clamp(away(Fraction(ma * (a - za) + mb * (b - zb), 2**shift)) + zo, kind)
    if profile == "ort-mlas":
        fused = lambda x, y, z: f32(x * y + z)  # noqa: E731
        zeros = f32(zo - fused(ra, za, f32(rb * zb)))
        return clamp(even(fused(a, ra, fused(b, rb, zeros))), kind)
    if profile in ("mesa-etnaviv-v8", "vip-v8", "vip-v7"):
        return eight_bit_weights(profile, kind, sa, za, sb, zb, so, zo, a, b, 1)
    raise KeyError(profile)


def sub(profile, kind, sa, za, sb, zb, so, zo, a, b):
    return eight_bit_weights(profile, kind, sa, za, sb, zb, so, zo, a, b, -1)


def eight_bit_weights(profile, kind, sa, za, sb, zb, so, zo, a, b, sign):
    ratio = f32(sb / sa)
    s_w = f32(f32(max(ratio, Fraction(1)) if sign > 0 else Fraction(float(1 + ratio))) / 255)
    quotient = lambda x: away(Fraction(float(x) / float(s_w)))  # noqa: E731
    second = quotient(ratio) * (b - zb)
    if profile.startswith("vip"):
        second = quotient(ratio) * (b - za) + quotient((za - zb) * ratio)
    acc = quotient(1) * (a - za) + sign * second
    return clamp(vip(16 if profile == "vip-v7" else 24)(acc, sa, s_w, so, zo), kind)


def mul(profile, kind, sa, za, sb, zb, so, zo, a, b):
    product = (a - za) * (b - zb)
    real = binary32_scale(sa, sb, so)
    if profile == "ort-mlas":
        return clamp(even(f32(f32(product * real) + zo)), kind)
    scale = {"cmsis-nn-double": cmsis_double, "cmsis-nn-single": cmsis_single,
             "tosa-1.0-double": tosa(True), "tosa-1.0-single": tosa(False)}[profile]
    return clamp(scale(product, float(real)) + zo, kind)


def unary(op, profile, kind, si, zi, so, zo, q):
    x = si * (q - zi)
    if profile.startswith("tosa") or profile == "ethos-u":
        f = {"LOGISTIC": lambda v: 1 / (1 + math.exp(-v)), "TANH": math.tanh}[op]
        return clamp(away(Fraction(f(float(x)) / float(so))) + zo, kind)
    if (op, profile) == ("LEAKY_RELU", "qnnpack"):
        y = f32(f32(si / so) * (q - zi))
        return clamp(even(f32(y * single(0.1)) if y < 0 else y) + zo, kind)
    if op == "HARD_SWISH":  # vip-v8
        tail = f32(-zi * si)
        v = f32(f32(q * si) + tail)
        y = f32(f32(v * min(Fraction(6), max(Fraction(0), f32(v + 3)))) / 6)
        return clamp(even(f32(f32(y * f32(1 / so)) + zo)), kind)
    raise KeyError((op, profile))


def pool(profile, kind, z, rows, size, same):
    height, width = len(rows), len(rows[0])
    before = (size - 1) // 2 if same else 0
    result = []
    for i in range(height if same else height - size + 1):
        for j in range(width if same else width - size + 1):
            inside = [rows[y][x] for y in range(i - before, i - before + size) for x in range(j - before, j - before + size)
                      if 0 <= y < height and 0 <= x < width]
            n, total = len(inside), sum(inside) - z * len(inside)
            if profile.startswith("tosa"):
                k = (n - 1).bit_length()  # TOSA reciprocal_scale
                y = half_up(Fraction(total * ((((1 << 30) + 1) << k) // n), 2**(30 + k))) + z
            elif profile == "qnnpack":
                m, e = significand(f32(Fraction(1, size * size)))
                y = away(total * m * Fraction(2)**e) + z
            else:
                y = away(Fraction(sum(inside), n))
            result.append(clamp(y, kind))
    return result


def mean(profile, kind, si, zi, so, zo, codes):
    total, n = sum(codes) - zi * len(codes), len(codes)
    if profile.startswith("tosa"):
        return clamp(tosa(False)(total, 1.0 / n * float(si) / float(so)) + zo, kind)
    m, e = significand(f32(si / f32(so * n)))  # qnnpack
    return clamp(away(total * m * Fraction(2)**e) + zo, kind)


def softmax(profile, s, codes):
    largest = max(codes)
    if profile == "qnnpack":
        most = min(4294967295.0 / len(codes), 8388607.0)
        e = [even(Fraction(most * math.exp((c - largest) * float(s)))) for c in codes]
        return [min((256 * x + sum(e) // 2) // sum(e), 255) for x in e]
    e = [min(away(Fraction(math.exp((c - largest) * float(s)) * 2**31)), 2**31 - 1) for c in codes]
    total = sum(half_up(Fraction(x, 2**12)) for x in e)
    headroom = 32 - total.bit_length()
    half = total << (headroom - 1)
    multiply = lambda a, b: (a * b + 2**30) >> 31  # noqa: E731
    x = multiply(half, -1010580540) + 1515870810
    for _ in range(3):
        x += 4 * multiply(x, 2**29 - multiply(x, half))
    return [clamp(half_up(Fraction((v * x + 2**29) >> 30, 2**(12 + 31 - 8 - headroom))) - 128, "int8") for v in e]


# Cases


class Questions:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.asked = []

    def ask(self, *parts, answer):
        words = []
        for p in parts:
            words += [str(x) for x in p] if isinstance(p, (list, tuple)) else [str(bits(p)) if isinstance(p, Fraction) else str(p)]
        self.asked.append((" ".join(words), answer))

    def scale(self, low=0.002, high=0.2, power=False):
        return Fraction(2)**self.random.randint(-6, 1) if power else single(self.random.uniform(low, high))

    def zero(self, kind):
        low, high = RANGE[kind]
        return self.random.choice([low, high, (low + high + 1) // 2, self.random.randint(low, high)])

    def codes(self, kind, n):
        return [self.random.randint(*RANGE[kind]) for _ in range(n)]

    def layers(self, profile, kind, per_channel):
        for case in range(24):
            channels, depth, power = self.random.choice([1, 3, 8, 17]), self.random.choice([1, 4]), case < 12
            s_in, z_in, z_out = self.scale(power=power), self.zero(kind), self.zero(kind)
            scales = [self.scale(0.001, 0.05, power) for _ in range(channels if per_channel else 1)] * (1 if per_channel else channels)
            s_out = self.scale(power=power)
            while max(scales) * s_in / s_out >= 1:  # below M = 1 all rules are defined
                s_out *= 2
            x = self.codes(kind, depth)
            weights = [[self.random.randint(-127, 127) if kind == "int8" else self.random.randint(0, 255) for _ in range(depth)]
                       for _ in range(channels)]
            # Sums around ties: half a step of the output and its neighbours.
            bias = []
            for s, row in zip(scales, weights):
                total = sum((q - z_in) * w for q, w in zip(x, row))
                step = s_out / (s_in * s)
                wanted = (self.random.randint(-140, 140) + Fraction(1, 2)) * step
                bias.append(max(-2**30, min(2**30, round(wanted) - total + self.random.choice([0, 0, 0, -1, 1]))))
            self.ask("layer", profile, kind, s_in, z_in, s_out, z_out, channels, depth, [bits(s) for s in scales], x,
                     [w for row in weights for w in row], bias,
                     answer=layer(profile, kind, s_in, z_in, s_out, z_out, scales, x, weights, bias))

    def pairs(self, op, profile, kind):
        f = {"ADD": add, "SUB": sub, "MUL": mul}[op]
        for case in range(16):
            power = case < 8
            sa, sb, so = self.scale(power=power), self.scale(power=power), self.scale(power=power)
            if op == "MUL":
                so = max(so, 2 * sa * sb)
            za, zb, zo = (self.zero(kind) for _ in range(3))
            a, b = self.codes(kind, 40), self.codes(kind, 40)
            self.ask("pair", op, profile, kind, sa, za, sb, zb, so, zo, len(a), a, b,
                     answer=[f(profile, kind, sa, za, sb, zb, so, zo, x, y) for x, y in zip(a, b)])

    def unaries(self, op, profile, kind):
        codes = list(range(RANGE[kind][0], RANGE[kind][1] + 1))
        for case in range(6):
            si, zi, zo = self.scale(0.01, 0.1, case < 2), self.zero(kind), self.zero(kind)
            so = {"LOGISTIC": Fraction(1, 256), "TANH": Fraction(1, 128)}.get(op) or self.scale(0.01, 0.1, case < 2)
            if op in ("LOGISTIC", "TANH"):
                zo = 0 if op == "TANH" else RANGE[kind][0]
            if op == "HARD_SWISH":
                so = max(so, si / 64)
            self.ask("unary", op, profile, kind, si, zi, so, zo, len(codes), codes,
                     answer=[unary(op, profile, kind, si, zi, so, zo, q) for q in codes])

    def pools(self, profile, kind):
        for same in (True, False):
            for size in (2, 3, 4):
                z, rows = self.zero(kind), [self.codes(kind, 6) for _ in range(5)]
                self.ask("pool", profile, kind, self.scale(), z, 5, 6, size, 0 if same else 1, [c for row in rows for c in row],
                         answer=pool(profile, kind, z, rows, size, same))

    def means(self, profile, kind):
        for case in range(20):
            n = self.random.choice([2, 4, 7, 49])
            si, so, zi, zo = self.scale(power=case < 10), self.scale(power=case < 10), self.zero(kind), self.zero(kind)
            codes = self.codes(kind, n)
            self.ask("mean", profile, kind, si, zi, so, zo, n, codes, answer=[mean(profile, kind, si, zi, so, zo, codes)])

    def softmaxes(self, profile, kind):
        for n in (1, 2, 4, 10, 100):
            for s in (self.scale(), self.scale(0.2, 1), Fraction(1, 16)):
                codes = self.codes(kind, n)
                self.ask("softmax", profile, kind, s, n, codes, answer=softmax(profile, s, codes))
            self.ask("softmax", profile, kind, Fraction(1, 16), n, [7] * n, answer=softmax(profile, Fraction(1, 16), [7] * n))


def questions(seed):
    q = Questions(seed)
    for profile in ("cmsis-nn-double", "cmsis-nn-single", "tosa-1.0-double", "tosa-1.0-single"):
        q.layers(profile, "int8", True)
        q.layers(profile, "int8", False)
        q.pairs("ADD", profile, "int8")
        q.pairs("MUL", profile, "int8")
        q.pools(profile, "int8")
    for profile in ("tosa-1.0-double", "tosa-1.0-single"):
        q.means(profile, "int8")
        q.softmaxes(profile, "int8")
        for op in ("LOGISTIC", "TANH"):
            q.unaries(op, profile, "int8")
    for op in ("LOGISTIC", "TANH"):
        q.unaries(op, "ethos-u", "int8")
    for profile in ("qnnpack", "ort-mlas", "fbgemm", "rk3588-rocket", "nvdla", "hexagon-nnlib", "mesa-etnaviv-v8", "mesa-etnaviv-v7"):
        for kind in ("uint8", "int8"):
            q.layers(profile, kind, False)
    for profile in ("ort-mlas", "fbgemm", "nvdla", "hexagon-nnlib", "mesa-etnaviv-v8", "mesa-etnaviv-v7"):
        q.layers(profile, "int8", True)
    for profile in ("qnnpack", "ort-mlas", "mesa-etnaviv-v8"):
        q.pairs("ADD", profile, "uint8")
    for profile in ("vip-v8", "vip-v7"):
        for op in ("ADD", "SUB"):
            for kind in ("uint8", "int8"):
                q.pairs(op, profile, kind)
    q.pairs("SUB", "mesa-etnaviv-v8", "uint8")
    q.pairs("ADD", "ort-mlas", "int8")
    q.pairs("MUL", "ort-mlas", "uint8")
    q.pools("qnnpack", "uint8")
    q.means("qnnpack", "uint8")
    q.softmaxes("qnnpack", "uint8")
    q.unaries("LEAKY_RELU", "qnnpack", "uint8")
    q.unaries("HARD_SWISH", "vip-v8", "uint8")
    return q.asked


def main():
    driver, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    asked = questions(seed)
    answers = subprocess.run([driver], input="\n".join(text for text, _ in asked) + "\n", capture_output=True, text=True, check=True)
    lines = answers.stdout.splitlines()
    if len(lines) != len(asked):
        sys.exit("%d questions, %d answers" % (len(asked), len(lines)))
    codes = wrong = 0
    for (text, expected), line in zip(asked, lines):
        got = line.split()
        codes += len(expected)
        if got != [str(y) for y in expected]:
            wrong += 1
            if wrong <= 5:
                print("question: %s\nexpected: %s\ngot:      %s" % (text, " ".join(map(str, expected)), line))
    print("%d questions, %d codes, %d questions answered otherwise" % (len(asked), codes, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
