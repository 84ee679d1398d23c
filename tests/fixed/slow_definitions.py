#!/usr/bin/env python3
"""A second opinion on src/fixed: the rules again, from their descriptions, in Python integers and fractions.

  slow_definitions.py RULE_DRIVER [SEED]

Asks nputwin_rule_driver the same questions and compares. Directed cases (ties, ends of the ranges, powers of two) come
before random ones. A failure prints the question; `echo QUESTION | RULE_DRIVER` repeats it.
"""
import math
import random
import struct
import subprocess
import sys
from fractions import Fraction
from typing import NamedTuple

UP, AWAY, EVEN, DOWN, TOWARD, FLOOR, TRUNC = ROUNDINGS = (
    "half_up", "half_away_from_zero", "half_to_even", "half_down", "half_toward_zero", "floor", "toward_zero")
INT_MIN, INT_MAX = -2**31, 2**31 - 1


def round_fraction(x, mode):
    low, rest = divmod(x.numerator, x.denominator)
    missing = x.denominator - rest
    if rest == 0:
        return low
    if mode == FLOOR:
        return low
    if mode == TRUNC:
        return low + (x < 0)
    if rest != missing:
        return low + (rest > missing)
    return low + {UP: 1, AWAY: x > 0, EVEN: low % 2, DOWN: 0, TOWARD: x < 0}[mode]


def clip(x):
    return min(max(x, INT_MIN), INT_MAX)


def wrap(x):
    return (x + 2**31) % 2**32 - 2**31


def exponent_of(x):
    """e with 2^(e-1) <= x < 2^e, as frexp gives it."""
    e = x.numerator.bit_length() - x.denominator.bit_length()  # 2^(e-1) < x < 2^(e+1)
    return e + (x >= power_of_two(e))


def power_of_two(e):
    return Fraction(2**e) if e >= 0 else Fraction(1, 2**-e)


def to_binary(x, precision, lowest):
    """The nearest number with `precision` bits, ties to even; exponents under `lowest` are subnormal."""
    if x == 0:
        return Fraction(0)
    ulp = power_of_two(max(exponent_of(abs(x)) - 1, lowest) - precision + 1)
    return round_fraction(x / ulp, EVEN) * ulp


def f32(x):
    return to_binary(x, 24, -126)


def f64(x):
    return to_binary(x, 53, -1022)


def quantize_multiplier(scale):
    if scale <= 0:
        return 0, 0
    e = exponent_of(scale)
    m = round_fraction(scale / power_of_two(e - 31), AWAY)
    if m == 2**31:
        m, e = 2**30, e + 1
    return (m, e) if e >= -31 else (0, 0)


def significand(scale, bits, mode):
    e = exponent_of(scale)
    m = round_fraction(scale / power_of_two(e - bits), mode)
    return (m // 2, e + 1) if m == 2**bits else (m, e)


def high_mul(a, b):
    return INT_MAX if a == b == INT_MIN else round_fraction(Fraction(a * b, 2**31), UP)


def divide_by_pot(x, e):
    return round_fraction(Fraction(x, 2**e), AWAY)


def mbqm(x, m, e, mode):
    x = wrap(x * 2**(max(e, 0) % 32))
    return round_fraction(Fraction(high_mul(x, m), 2**max(-e, 0)), mode)


TWO_STEP, ONE_STEP, BINARY32, BINARY64, SIGNIFICAND, SIXTEEN_BITS = METHODS = (
    "two_step", "one_step", "binary32", "binary64", "significand", "sixteen_bits")
SCALE64, PRODUCT32, SCALE32, QUOTIENT_FIRST = SCALES = (
    "binary64", "binary32_product", "binary32", "binary32_quotient_first")


class Rule(NamedTuple):
    """The parameters of a requantization, by the names that profiles have for them."""
    method: str
    scale: str = SCALE64
    ties: str = AWAY
    multiplier_bits: int = 24
    multiplier_rounding: str = FLOOR
    product_bits: int = 0  # all
    product_rounding: str = TRUNC
    guard_bits: int = 64  # all
    zero_point_first: bool = False


def keep_leading(x, bits, mode):
    ulp = 2**max(x.bit_length() - bits, 0)
    return round_fraction(Fraction(x, ulp), mode) * ulp


def scale_of(rule, s_in, s_w, s_out):
    if rule.scale == SCALE64:
        return f64(f64(s_in * s_w) / s_out)
    if rule.scale == PRODUCT32:
        return f64(f32(s_in * s_w) / s_out)
    return f32(f32(s_in * s_w) / s_out) if rule.scale == SCALE32 else f32(s_in * f32(s_w / s_out))


def requantize(rule, acc, s_in, s_w, s_out, zero):
    m = scale_of(rule, s_in, s_w, s_out)
    inside, outside = (zero, 0) if rule.zero_point_first else (0, zero)
    if rule.method == TWO_STEP:
        q, e = quantize_multiplier(m)
        y = mbqm(acc, q, e, rule.ties) + inside
    elif rule.method in (ONE_STEP, SIGNIFICAND):
        q, e = quantize_multiplier(m) if rule.method == ONE_STEP else significand(f32(m), rule.multiplier_bits, rule.multiplier_rounding)
        product, shift = acc * q, (31 if rule.method == ONE_STEP else rule.multiplier_bits) - e
        if rule.product_bits:
            product = keep_leading(product, rule.product_bits, rule.product_rounding)
        x = product / power_of_two(shift) + inside
        if shift > 0:
            x = Fraction(math.floor(x * 2**rule.guard_bits), 2**rule.guard_bits) if rule.guard_bits < 64 else x
        y = clip(round_fraction(x, rule.ties))
    elif rule.method == BINARY32:
        product = f32(f32(Fraction(acc)) * f32(m))
        y = clip(round_fraction(f32(product + inside) if inside else product, rule.ties))
    elif rule.method == SIXTEEN_BITS:
        q, e = quantize_multiplier(m)
        product = acc * min(round_fraction(Fraction(q, 2**16), UP), 2**15 - 1)
        if 1 <= 15 - e <= 63:  # else TFLite's shift is undefined
            y = wrap(round_fraction(register(product, 64, False) * power_of_two(e - 15), UP)) + inside
        else:
            y = clip(round_fraction(product * power_of_two(e - 15), UP)) + inside
    else:
        y = clip(round_fraction(f64(f64(acc * m) + inside), rule.ties))
    return clip(y + outside)


def register(acc, bits, saturates):
    half = 2**(bits - 1)
    return min(max(acc, -half), half - 1) if saturates else (acc + half) % (2 * half) - half


# gemmlowp's fixed-point functions, from the description in LiteRT's and gemmlowp's sources.
def saturating_shift(x, e):
    return clip(x * 2**e) if e > 0 else divide_by_pot(x, -e)


def saturating_shift16(x, e):
    return min(max(x * 2**e, -2**15), 2**15 - 1) if e > 0 else divide_by_pot(x, -e)


def high_mul16(a, b):
    return 2**15 - 1 if a == b == -2**15 else (a * b + 2**14) // 2**15


def constants(bits):
    """(fraction bits of Q0, high_mul, saturating_shift, a 32-bit constant in so many bits)"""
    if bits == 32:
        return 31, high_mul, saturating_shift, lambda c: c
    return 15, high_mul16, saturating_shift16, lambda c: divide_by_pot(c, 16)


def exp_on_negative(a, i, bits=32):
    q, mul, shift, constant = constants(bits)
    if a == 0:
        return 2**q - 1
    quarter = 2**(q - 2 - i)
    rest = a % quarter - quarter
    x = shift(rest, i) + constant(2**28)
    x2 = mul(x, x)
    x3, x4 = mul(x2, x), mul(x2, x2)
    t = divide_by_pot(mul(divide_by_pot(x4, 2) + x3, constant(715827883)) + x2, 1)
    r = constant(1895147668) + mul(constant(1895147668), x + t)
    for e, c in ((-2, 1672461947), (-1, 1302514674), (0, 790015084), (1, 290630308), (2, 39332535), (3, 720401), (4, 242)):
        if i > e and (rest - a) // 2**(q - i + e) % 2:
            r = mul(r, constant(c))
    return 0 if i > 5 and a < -2**(q + 5 - i) else r


def half_reciprocal(a, bits=32):
    q, mul, shift, constant = constants(bits)
    total = a + 2**q - 1
    half = int(Fraction(total + (1 if total >= 0 else -1), 2))
    x = constant(1515870810) + mul(half, constant(-1010580540))
    for _ in range(3):
        x += shift(mul(x, 2**(q - 2) - mul(half, x)), 2)
    return x


def over(a, bits=32):
    return constants(bits)[2](half_reciprocal(a, bits), 1)


def logistic(a, i, bits):
    q = constants(bits)[0]
    if a == 0:
        return 2**(q - 1)
    positive = over(exp_on_negative(-abs(a), i, bits), bits)
    return positive if a > 0 else 2**q - 1 - positive


def tanh(a, i, bits):
    q, _, shift, _ = constants(bits)
    if a == 0:
        return 0
    t = shift(half_reciprocal(exp_on_negative(-abs(a), i + 1, bits), bits) - 2**(q - 2), 2)
    return t if a > 0 else -t


def log(x):
    """Of x >= 1 in Q12 in Q5: the nearer of two powers of two, a rational function of the rest."""

    def rounds(n, fraction):
        return n * 2**25 + fraction

    quarter = divide_by_pot(2**29, 6)
    zeros = 32 - x.bit_length()
    rest_a = saturating_shift(high_mul(saturating_shift(x, zeros - 1), 1518500250), 1)
    headroom = 31 - high_mul(x, 1518500250).bit_length()
    rest_b = saturating_shift(x, headroom)
    power, rest = max(rounds(12 - zeros, quarter), rounds(12 - headroom, -quarter)), min(rest_a, rest_b)
    total = rest + 1805811301
    p, q = int(Fraction(total + (1 if total >= 0 else -1), 2)), 2 * (rest - 1805811301)
    square = high_mul(q, q)
    numerator = high_mul(q, rest) + high_mul(high_mul(q, square), 117049297)
    denominator = high_mul(p, 1057819769 + q + high_mul(127690142, square)) + high_mul(638450708, q)
    return saturating_shift(high_mul(power, 1488522236) + high_mul(divide_by_pot(numerator, 6), over(denominator)), 1)


def inverse_sqrt(x):
    if x <= 1:
        return INT_MAX, 0
    shift = 11
    while x >= 2**29:
        x, shift = x // 4, shift + 1
    while x < 2**27:
        x, shift = x * 4, shift - 1
    half = divide_by_pot(x // 2, 1)
    root = 2**28
    for _ in range(5):
        cube = saturating_shift(high_mul(high_mul(root, root), root), 6)
        root = saturating_shift(high_mul(3 * 2**27, root) - high_mul(half, cube), 3)
    root = high_mul(root, 1518500250)
    return (wrap(root * 2**-shift), 0) if shift < 0 else (root, -shift)


def reciprocal(x, i):
    headroom = 32 - x.bit_length()
    return over(x * 2**headroom - 2**31), i - headroom


def real(x):
    """A number as the driver reads it, exactly."""
    return float(x).hex()


def single(x):
    """A float32 number near x, as a fraction."""
    return Fraction(struct.unpack("<f", struct.pack("<f", x))[0])


def questions(rng):
    ints = [0, 1, -1, 2, -2, 3, -3, 5, -5, 127, -128, 2**30, -2**30, INT_MAX, INT_MIN, INT_MIN + 1]
    for mode in ROUNDINGS:
        for x in ints:
            for s in (0, 1, 2, 7, 30, 31):
                yield "shift %s %d %d" % (mode, x, s), round_fraction(Fraction(x, 2**s), mode)
            for b in (1, 2, 3, 4, 6, 7, 255, 65536):
                yield "divide %s %d %d" % (mode, x, b), round_fraction(Fraction(x, b), mode)
        for x in (0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49999999999999994, 1e10, -1e10, 2147483646.5, -2147483648.5, 5e-324):
            yield "real %s %s" % (mode, real(x)), clip(round_fraction(Fraction(x), mode))
    scales = [1.0, 0.5, 0.25, 0.75, 1 - 2**-53, 1 + 2**-52, 2.0**-31, 2.0**-32, 0.75 * 2**-32, 2.0**-40, 3.0, 1e6, 2.0**-31 * (1 - 2**-40)]
    for s in scales + [math.ldexp(rng.uniform(0.5, 1), rng.randint(-33, 10)) for _ in range(2000)]:
        yield "quantize_multiplier %s" % real(s), quantize_multiplier(Fraction(s))
    for _ in range(1000):
        s, b, mode = single(math.ldexp(rng.uniform(0.5, 1), rng.randint(-30, 8))), rng.randint(1, 31), rng.choice(ROUNDINGS)
        yield "significand %s %d %s" % (real(s), b, mode), significand(s, b, mode)
    for a in ints:
        for b in ints:
            yield "highmul %d %d" % (a, b), high_mul(a, b)
        for m, e in ((2**30, 0), (2**30, -1), (INT_MAX, -7), (1518500250, -5), (2**30, 3), (2**30, 102), (0, 0), (2**30, -31)):
            for mode in (UP, AWAY):
                yield "mbqm %s %d %d %d" % (mode, a, m, e), mbqm(a, m, e, mode)
    for question in requantize_questions(rng, ints):
        yield question
    for i in (0, 1, 5, 6, 12):
        for a in [0, -1, -2**(29 - i), -2**(29 - i) - 1, INT_MIN, INT_MIN + 1] + [-rng.randrange(1, 2**31) >> rng.randrange(31) for _ in range(1500)]:
            yield "exp %d %d" % (a, i), exp_on_negative(a, i)
    for bits, integer_bits in ((32, (2, 4, 5)), (16, (3, 4))):
        end = 2**(bits - 1)
        for i in integer_bits:
            for a in [0, 1, -1, end - 1, 1 - end] + [rng.randrange(1 - end, end) >> rng.randrange(bits - 1) for _ in range(1500)]:
                yield "logistic %d %d %d" % (bits, a, i), logistic(a, i, bits)
                yield "tanh %d %d %d" % (bits, a, i), tanh(a, i, bits)
    for x in [0, 1, 2, 3, 4, 2**27 - 1, 2**27, 2**29 - 1, 2**29, INT_MAX] + [rng.randrange(1, 2**31) >> rng.randrange(31) for _ in range(1500)]:
        yield "inverse_sqrt %d" % x, inverse_sqrt(x)
    for x in [2**19, 2**19 + 1, 2**20, INT_MAX] + [rng.randrange(2**19, 2**31) >> rng.randrange(12) | 2**19 for _ in range(1500)]:
        yield "log %d" % x, log(x)
    for a in [0, 1, INT_MAX, INT_MAX - 1] + [rng.randrange(2**31) for _ in range(1500)]:
        yield "over %d" % a, over(a)
    for x in [1, 2, 3, INT_MAX, 2**30, 2**19] + [rng.randrange(1, 2**31) >> rng.randrange(31) or 1 for _ in range(1500)]:
        yield "reciprocal %d 12" % x, reciprocal(x, 12)


def requantize_questions(rng, ints):
    def ask(rule, acc, s_in, s_w, s_out, zero):
        named = {**rule._asdict(), "sum": acc, "s_in": real(s_in), "s_w": real(s_w), "s_out": real(s_out),
                 "zero_point": zero, "zero_point_first": str(rule.zero_point_first).lower()}
        question = "requantize " + " ".join("%s=%s" % pair for pair in named.items())
        return question, requantize(rule, acc, s_in, s_w, s_out, zero)

    def scales(lowest):
        return [single(math.ldexp(rng.uniform(0.5, 1), rng.randint(lowest, 0))) for _ in range(3)]

    rules = [Rule(method, scale, mode, zero_point_first=first) for method in METHODS if method != SIXTEEN_BITS
             for scale in SCALES for mode in ROUNDINGS for first in (False, True)]
    rules += [r._replace(multiplier_bits=bits, multiplier_rounding=mode) for r in rules if r.method == SIGNIFICAND
              for bits, mode in ((16, FLOOR), (16, EVEN), (23, UP))]
    rules += [r._replace(product_bits=p, product_rounding=mode, guard_bits=g) for r in rules
              if r.method in (ONE_STEP, SIGNIFICAND) and r.scale == SCALE32
              for p, mode, g in ((24, TRUNC, 64), (24, EVEN, 64), (48, TRUNC, 64), (0, TRUNC, 0), (0, TRUNC, 1), (0, TRUNC, 8), (32, FLOOR, 12))]
    one = Fraction(1)
    # 64-bit accumulators: ties, ends of the register, every size.
    for acc in [1, -1, 3, -3, 5, -5, 2**47 - 1, -2**47, 2**63 - 1, -2**63] + [rng.randint(-2**rng.randint(1, 62), 2**rng.randint(1, 62)) for _ in range(3000)]:
        s_in, s_w, s_out = scales(-20)
        for method, mode in ((SIXTEEN_BITS, UP), (BINARY64, AWAY)):
            for scale in (SCALE64, PRODUCT32):
                yield ask(Rule(method, scale, mode), acc, s_in, s_w, s_out, 0)
        for method in (ONE_STEP, SIGNIFICAND):
            yield ask(Rule(method, SCALE32, EVEN, zero_point_first=True), acc, s_in, s_w, s_out, rng.choice((0, -1, 127)))
        for k in (1, 2, 18, 100):
            yield ask(Rule(SIXTEEN_BITS, SCALE64, UP), acc, one / 2**k, one, one, 0)
            yield ask(Rule(SIGNIFICAND, SCALE32, EVEN, zero_point_first=True), acc, one / 2**k, one, one, 127)
            yield ask(Rule(SIGNIFICAND, SCALE32, EVEN), acc, one, one, one / 2**k, -1)
    for rule in rules:
        # Exact ties with M = 1/2, 1/4 and 2^-18, both parities of the zero point, and the ends of the register.
        for acc in (1, -1, 3, -3, 5, -5, 2**17, -2**17, 3 * 2**17, -3 * 2**17 + 1, INT_MAX, INT_MIN):
            for k in (1, 2, 18):
                yield ask(rule, acc, one / 2**k, one, one, rng.choice((0, -1, 127, -128)))
    for _ in range(20000):
        rule = rng.choice(rules)
        acc = rng.choice((rng.choice(ints), rng.randint(-2**rng.randint(1, 31), 2**rng.randint(1, 31) - 1)))
        yield ask(rule, acc, *scales(-12), rng.randint(-128, 255))
    for bits in (2, 8, 16, 24, 31, 32, 34, 48, 63, 64):
        for overflow in ("wraps", "saturates"):
            for acc in [0, 1, -1, 2**(bits - 1) - 1, -2**(bits - 1), 2**63 - 1, -2**63] + [min(2**(bits - 1), 2**63 - 1), max(-2**(bits - 1) - 1, -2**63)]:
                question = "register accumulator_bits=%d accumulator_overflow=%s sum=%d" % (bits, overflow, acc)
                yield question, register(acc, bits, overflow == "saturates")


def main():
    driver = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    cases = list(questions(random.Random(seed)))
    answers = subprocess.run([driver], input="\n".join(q for q, _ in cases) + "\n", capture_output=True, text=True, check=True).stdout.splitlines()
    if len(answers) != len(cases):
        sys.exit("%d questions, %d answers" % (len(cases), len(answers)))
    wrong = 0
    for (question, expected), answer in zip(cases, answers):
        expected = " ".join(str(int(v)) for v in expected) if isinstance(expected, tuple) else str(int(expected))
        if answer != expected:
            wrong += 1
            if wrong <= 10:
                print("echo %s | %s\n  expected %s, got %s" % (question, driver, expected, answer))
    print("%d questions, %d wrong (seed %d)" % (len(cases), wrong, seed))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
