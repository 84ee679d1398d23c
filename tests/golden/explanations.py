#!/usr/bin/env python3
"""What `explain` tells is what the kernels do, on the directed models (tests/vectors/directed).

  explanations.py [--all] [MODEL...]

One profile: the last step of an element is the code that the kernel writes, and the Python for the element prints it. Two
profiles: the headline is the first step that moves the code, what follows ends at B's code. Without --all: some of the models,
profiles and elements.
"""
import collections
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from driver import ask
from tool import SHARED, TESTS

VECTORS = os.path.join(TESTS, "vectors", "directed")
PROFILES = """tflite-2.9.1-arm64 tflite-2.14-x86 litert-2.3-x86 litert-2.3-x86-ref tflite-2.14-arm64-ruy tflite-micro vip-v8 vip-v7
qnnpack ort-mlas ethos-u mesa-etnaviv-v8 tosa""".split()
PAIRS = [p.split() for p in """tflite-2.9.1-arm64 vip-v8,litert-2.3-x86 litert-2.3-x86-ref,tflite-2.14-arm64 litert-2.3-x86
tflite-micro litert-2.3-x86,ort-mlas qnnpack,tflite-2.9.1-arm64 mesa-etnaviv-v8,vip-v7 vip-v8,tflite-2.14-x86 ethos-u
tflite-2.14-arm64-ruy vip-v8,vip-v8 vip-v8{accumulator_bits=12}""".replace("\n", ",").split(",")]
FEW = """accumulator_overflow add_i8 add_u8 concatenation_rescaled conv_i8 conv_u8 hard_swish_i8 logistic_i8 mean_i8 mul_i8 pool_u8
softmax_i8 tanh_i16 transpose_conv_i8""".split()
MOST = {"steps": 6, "parted": 3}  # elements of each output

# Of the corpus, for ops that no directed model has.
OTHERS = "aud_dtln_lstm_i8 kws_xtensa_lstm_i8 kws_keyword_scrambled_i16".split()

# They also write values of no input: TRANSPOSE_CONV biases, where its kernel is smaller than its stride.
PADDING = {"PAD", "PADV2", "SPACE_TO_BATCH_ND", "SCATTER_ND", "TRANSPOSE_CONV"}


def equal(x, y):
    return x == y or (x != x and y != y)


def printed(program):
    """What a program prints, as a number."""
    lines = []
    exec(compile(program, "explain", "exec"), {"print": lines.append})
    return float(lines[-1])


def path_of(name):
    folder = os.path.join(SHARED, "corpus", "models") if name in OTHERS else VECTORS
    return os.path.join(folder, name + ".tflite")


def check_steps(name, profile, most, counts, wrong):
    got = ask("steps", path_of(name), profile, "noise:1", str(most))
    if "refused" in got:
        counts["refused"] += 1
        return
    for op, outputs in got["silent"].items():
        counts["silent " + op] += outputs
    for told in got["told"]:
        code = float(told["code"])
        where = "%s by %s, op %d %s, element %d" % (name, profile, told["node"], told["op"], told["element"])
        counts["elements"] += 1
        counts["told " + told["op"]] += 1
        if code - code == 0 and float(told["last"]) != code:
            wrong.append("%s: the kernel gives %s, the last step %s" % (where, told["code"], told["last"]))
        first_sum = told["op"] == "CUMSUM" and code == 0  # exclusive: without its element
        if not told["inputs"] and told["op"] not in PADDING and not first_sum:
            wrong.append("%s: no input counts" % where)
        try:
            result = printed(told["python"])
        except Exception as why:
            result = repr(why)
        if isinstance(result, str) or not equal(result, code):
            wrong.append("%s: the kernel gives %s, the Python %s:\n%s" % (where, told["code"], result, told["python"]))


def check_pair(name, a, b, most, counts, wrong):
    got = ask("parted", path_of(name), a, "noise:1", str(most), b)
    if "refused" in got:
        counts["refused"] += 1
        return
    for told in got["parted"]:
        counts["elements"] += 1
        text = told["text"]
        headline = re.search(r"^A and B diverge at: (.*)$", text, re.M)
        steps = re.findall(r"^  then B's (?:step|method): (.*?) {2,}(\S+)$", text, re.M)
        unmoved = re.search(r"^  B's other steps change nothing here: (.*)$", text, re.M)
        start = re.search(r"^  A's rule +(\S+)$", text, re.M)
        values = [float(start.group(1)) if start else None] + [float(v) for _, v in steps]
        holds = (headline and steps and steps[0][0] == headline.group(1) and close(values[0], told["a"])
                 and close(values[-1], told["b"]) and all(not equal(x, y) for x, y in zip(values, values[1:]))
                 and not (unmoved and headline.group(1) in unmoved.group(1).split(", ")))
        counts["cause " + (headline.group(1) if headline else "none")] += 1
        if not holds:
            wrong.append("%s, %s against %s, op %d, element %d:\n%s" % (name, a, b, told["node"], told["element"], text))


def close(x, y):
    """`explain` prints nine digits."""
    return x is not None and (equal(x, y) or abs(x - y) <= 1e-8 * abs(y))


def main():
    full = "--all" in sys.argv
    names = [a for a in sys.argv[1:] if a != "--all"]
    directed = sorted(n[:-len(".tflite")] for n in os.listdir(VECTORS) if n.endswith(".tflite"))
    names = names or (directed + [n for n in OTHERS if os.path.exists(path_of(n))] if full else FEW)
    wrong = []
    for kind, sides, check in (("steps", [[p] for p in PROFILES], check_steps), ("parted", PAIRS, check_pair)):
        counts = collections.Counter()
        for name in names:
            for side in sides if full else sides[::4]:
                check(name, *side, MOST[kind] if full else 2, counts, wrong)
        print("%s: %d models, %d %s" % (kind, len(names), len(sides), "pairs" if kind == "parted" else "profiles"))
        for what, count in sorted(counts.items()):
            print("  %-40s %8d" % (what, count))
        silent = sorted(what.split()[1] for what in counts if what.startswith("silent "))
        if silent:
            wrong.append("told nothing of: " + ", ".join(silent))
    for what in wrong[:int(os.environ.get("SHOWN", 20))]:
        print(what)
    print("%d wrong" % len(wrong))
    sys.exit(1 if wrong else 0)


main()
