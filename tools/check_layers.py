#!/usr/bin/env python3
"""The order of the house: fails where a room includes one that stands above it, where a library is seen outside its
room, where a file, a line or a verb's function is too long.

  check_layers.py [ROOT]

A room is a folder of src/, a sub-room a folder in it. A room includes only itself and what comes before it in ROOMS; a
sub-room only itself, what lies in its room itself, and what comes before it in SUB_ROOMS. Sub-rooms of a room that is
not in SUB_ROOMS do not include each other. tests/tools/check_layers_test.py has a violation of every rule, and compares
the table in HACKING.md with the lists.
"""
import os
import re
import sys

ROOMS = [
    "base", "fixed", "tensor", "model", "io", "profile", "kernels", "mac", "ops", "session", "sides", "analysis",
    "report", "api", "command", "capi",
]
# Sub-rooms that build on each other, in this order; what lies in the room itself comes before them.
SUB_ROOMS = {
    "ops": ["elementwise", "reduce", "move", "normalise", "sequence", "layers", "control", "detection"],
    "analysis": ["explain", "compare", "probe", "lint", "prove", "agree", "harden", "identify", "evaluate"],
}
# The nevers: (where, what an #include there never names, why).
NEVERS = [
    ("src/(kernels|mac)/", r'"(profile|ops)/', "kernels and multiply-accumulate layers know neither profiles nor ops"),
    ("src/io/", r'"(profile|session)/|"base/program\.h"|<spawn\.h>|<sys/wait\.h>', "io knows neither profiles nor sessions and starts no process"),
    ("(?!src/(kernels|mac)/)", r"<hwy/|<cuda", "only kernels and mac see SIMD and device libraries"),
    ("apps/python/", r'"(?!nputwin/)[a-z_]+/', "Python sees only the installed headers"),
    ("src/", r'"tflite_abi\.h"|"builtin_structs\.h"', "only the delegate knows a runtime's structs"),
]
MOST_LINES = 400
MOST_COLUMNS = 120
MOST_FUNCTION_LINES = 60  # in apps and verbs: a verb reads its options, calls an operation and prints
# Longer files, each with its reason.
LONG = {}


def sources(root):
    for top in ("src", "apps", "include", "tests", "bench", "examples"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith((".cc", ".h", ".inc", ".in", ".py")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def place_of(path):
    """(room, sub-room or None) of a path below src/, as of an include."""
    parts = path.split("/")
    return parts[0], parts[1] if len(parts) > 2 else None


def order_problem(path, included):
    room, sub = place_of(path[len("src/"):])
    other, other_sub = place_of(included)
    if other not in ROOMS:
        return None
    if room != other:
        above = ROOMS.index(other) > ROOMS.index(room)
        return "%s includes %s, which stands above it" % (room, other) if above else None
    if other_sub is None or sub == other_sub:
        return None
    here = room if sub is None else "%s/%s" % (room, sub)
    there = "%s/%s" % (room, other_sub)
    subs = SUB_ROOMS.get(room)
    if subs is None:
        return "%s includes %s, which stands beside it" % (here, there) if sub is not None else None
    if other_sub not in subs:
        return "includes %s, which is no room" % there
    if sub is None or subs.index(other_sub) > subs.index(sub):
        return "%s includes %s, which stands above it" % (here, there)
    return None


def room_problem(path):
    room, sub = place_of(path[len("src/"):])
    if room not in ROOMS:
        return "'%s' is no room" % room
    if room in SUB_ROOMS and sub is not None and sub not in SUB_ROOMS[room]:
        return "'%s/%s' is no room" % (room, sub)
    return None


def long_functions(path, lines):
    """Of code as clang-format leaves it: a function that is no member begins and ends in the first column."""
    begin = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z].*[({,]$", line) and not re.match(r"(namespace|struct|class|enum|union|extern)\b", line):
            begin = number
        elif line == "}" and begin is not None:
            if number - begin - 1 > MOST_FUNCTION_LINES:
                yield "%s:%d: a function of %d lines, at most %d" % (path, begin, number - begin - 1, MOST_FUNCTION_LINES)
            begin = None


def problems_of(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        lines = f.read().split("\n")
    if path.startswith("src/"):
        problem = room_problem(path)
        if problem:
            yield "%s: %s" % (path, problem)
            return
        if len(lines) - 1 > MOST_LINES and path not in LONG:
            yield "%s: %d lines, at most %d" % (path, len(lines) - 1, MOST_LINES)
    if path.startswith(("apps/", "src/command/")):
        yield from long_functions(path, lines)
    for number, line in enumerate(lines, 1):
        at = "%s:%d: " % (path, number)
        if len(line) > MOST_COLUMNS and path.endswith((".cc", ".h")):
            yield at + "%d characters, at most %d" % (len(line), MOST_COLUMNS)
        included = re.match(r'\s*#\s*include\s+(["<][^">]+[">])', line)
        if not included:
            continue
        if path.startswith("src/") and included[1][0] == '"':
            problem = order_problem(path, included[1].strip('"'))
            if problem:
                yield at + problem
        for where, what, why in NEVERS:
            if re.match(where, path) and re.match(what, included[1]):
                yield at + "%s: %s" % (included[1], why)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    problems = [problem for path in sources(root) for problem in problems_of(root, path)]
    print("\n".join(problems) if problems else "every room includes only what comes before it")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
