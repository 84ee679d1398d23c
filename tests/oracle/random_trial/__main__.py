#!/usr/bin/env python3
"""Random models in the real runtimes and in the profiles that are to equal them.

  python3 -m random_trial ORACLE_DIR TOOLS_DIR [--random N] [--op OP] [--type T] [--runtime NAME] [--seed S] [--repeat CASE]

N models (of one op, of several now and then), the same for each runtime and each of its modes that has a profile. A model
that one refuses and the other computes is a disagreement too. Each kind of disagreement is shrunk to a small model, which
stays in OUT (--keep) with the command that repeats it. `./dev oracle --random N` runs it; exit code 1 where something disagrees.
"""
import argparse
import collections
import json
import os
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from random_trial import GENERATORS, Case, parse_case
from random_trial.runtimes import Runtime
from random_trial.shrink import shrink
from random_trial.trial import Files, answer
from tool import golden_runtimes


def cases_of(count, seed, op, type_name):
    names = [n for n in sorted(GENERATORS) if op in ("", n[0]) and type_name in ("", n[1])]
    if not names:
        sys.exit("no generator for %s %s; there are %s" % (op, type_name, " ".join(sorted({n for n, _ in GENERATORS}))))
    for k in range(count):
        nodes = 1 if k % 8 else 2 + k // 8 % 4
        yield Case(*names[(k + seed) % len(names)], (), seed * 1000003 + k, nodes)


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("oracles")
    p.add_argument("tools")
    p.add_argument("--random", type=int, default=300, help="how many models (300)")
    p.add_argument("--op", default="", help="models of this op alone")
    p.add_argument("--type", default="", help="i8, u8, i16, i32, i64, f32, bool")
    p.add_argument("--runtime", default="", help="a runtime of setup.sh, or NAME/MODE; else all")
    p.add_argument("--seed", type=int, default=1, help="another seed, other models (1)")
    p.add_argument("--repeat", default="", help="one case by the name that was printed")
    p.add_argument("--keep", default="out/random_trial", help="where the shrunk models go")
    p.add_argument("--record", default="", help="a JSON file that gets what was covered")
    p.add_argument("--no-shrink", action="store_true")
    return p.parse_args()


def kind_of(why):
    """Reasons that differ in numbers alone are one kind."""
    return "".join("#" if c.isdigit() else c for c in why)[:50]


class Sheet:
    """Counts of a runtime's mode: by op and type, models, elements, refusals on both sides, disagreements by kind."""

    def __init__(self):
        self.counts, self.found = {}, {}

    def add(self, files, result):
        c = self.counts.setdefault("%s %s" % (files.case.op, files.case.type) if files.case.nodes == 1 else "graphs", collections.Counter())
        c["models"] += 1
        c["elements"] += files.elements if result.what == "agree" else 0
        c[result.what] += 1
        if result.disagrees:
            kind = (result.what, files.case.op, files.case.type, kind_of(result.why) if "tensor" not in result.why else "")
            self.found.setdefault(kind, []).append((files.case, result))


def run_target(arguments, target, profile, cases, sheet):
    name, mode = target.split("/")
    runtime = Runtime(os.path.abspath(os.path.join(arguments.oracles, "bin", name)), arguments.tools)
    with tempfile.TemporaryDirectory() as folder:
        for k, case in enumerate(cases):
            files = Files(folder, case)
            sheet.add(files, answer(files, runtime, mode, profile))
            if (k + 1) % 500 == 0:
                print("%s: %d of %d models" % (target, k + 1, len(cases)), file=sys.stderr, flush=True)
        for kind, found in sheet.found.items():
            if not arguments.no_shrink:
                small = shrink(found[0][0], folder, runtime, mode, profile, kind[0])
                found.insert(0, (small, answer(Files(folder, small), runtime, mode, profile)))
    runtime.close()


def tell(arguments, target, profile, sheet):
    total = sum(sheet.counts.values(), collections.Counter())
    print("%s against %s: %s" % (target, profile, ", ".join("%d %s" % (n, w) for w, n in total.items())))
    os.makedirs(arguments.keep, exist_ok=True)
    for (what, op, t, _), found in sorted(sheet.found.items()):
        case, result = found[0]
        name = "%s_%s_%s" % (target.replace("/", "_"), op, t)
        files = Files(arguments.keep, case, name + "_%d" % case.seed)
        print("  %s %s: %s in %d models: %s\n    ./dev oracle --runtime %s --repeat %s\n    nputwin run %s -p '%s' -i %s --all -o twin.npz" % (
            op, t, what, len(found) - (not arguments.no_shrink), result.why, target, case.name, files.model, profile, files.inputs))


def main():
    arguments = parse_arguments()
    targets = {t: p for p, t in golden_runtimes().items() if arguments.runtime in ("", t, t.split("/")[0])
               and os.path.exists(os.path.join(arguments.oracles, "bin", t.split("/")[0]))}
    if not targets:
        sys.exit("no runtime %s in %s" % (arguments.runtime, arguments.oracles))
    cases = [parse_case(arguments.repeat)] if arguments.repeat else list(
        cases_of(arguments.random, arguments.seed, arguments.op, arguments.type))
    sheets = {t: Sheet() for t in targets}
    waiting = list(targets)

    def work():
        while waiting:
            target = waiting.pop(0)
            run_target(arguments, target, targets[target], cases, sheets[target])
            tell(arguments, target, targets[target], sheets[target])

    workers = [threading.Thread(target=work) for _ in range(os.cpu_count() or 1)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if arguments.record:
        with open(arguments.record, "w") as f:
            json.dump({t: s.counts for t, s in sheets.items()}, f, indent=1, sort_keys=True)
    sys.exit(1 if any(s.found for s in sheets.values()) else 0)


main()
