#!/usr/bin/env python3
"""Random models in the real runtimes and in the profiles that are to equal them.

  python3 -m random_trial ORACLE_DIR TOOLS_DIR [--random N] [--op OP] [--type T] [--runtime NAME] [--seed S] [--repeat CASE]

N models (of one op, of several now and then), the same for each runtime and each of its modes that has a profile. A model
that one refuses and the other computes is a disagreement too. Those with a known cause (known.json) are counted. Of the others
each kind is shrunk to a small model, which stays in OUT (--keep) with the command that repeats it.
`./dev oracle --random N` runs it; exit code 1 where something disagrees without a known cause.
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
from random_trial.known import KNOWN, cause_of
from random_trial.runtimes import Runtime
from random_trial.shrink import shrink
from random_trial.trial import AGREE, Files, answer
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
    p.add_argument("--runtime", default="", help="a runtime of setup.sh, or NAME/MODE, or PYTHON/MODE=PROFILE of another installation; else all")
    p.add_argument("--seed", type=int, default=1, help="another seed, other models (1)")
    p.add_argument("--repeat", default="", help="one case by the name that was printed")
    p.add_argument("--keep", default="out/random_trial", help="where the shrunk models go")
    p.add_argument("--record", default="", help="a JSON file that gets what was covered, beside what it has of other runtimes")
    p.add_argument("--no-shrink", action="store_true")
    return p.parse_args()


def kind_of(why):
    """Reasons that differ in numbers alone are one kind."""
    return "".join("#" if c.isdigit() else c for c in why)[:50]


class Sheet:
    """Of a runtime's mode: counts by op and type, disagreements with a known cause by that, others by kind."""

    def __init__(self, target):
        self.target, self.counts, self.known, self.found = target, {}, {}, {}

    def add(self, files, result):
        label = files.label(0) if files.case.nodes == 1 else "graphs"
        c = self.counts.setdefault(label, collections.Counter())
        c["models"] += 1
        c["elements"] += sum(files.sizes.values()) if result.what == AGREE else 0
        cause = cause_of(self.target, result) if result.disagrees else None
        c["listed" if cause is not None else result.what] += 1
        if cause is not None:
            self.known.setdefault(cause, collections.Counter())[result.label] += 1
        elif result.disagrees:
            kind = (result.what, result.label, kind_of(result.why) if "tensor" not in result.why else "")
            self.found.setdefault(kind, []).append((files.case, result))

    def record(self, profile, seed):
        return {"profile": profile, "seed": seed, "ops": self.counts, "causes": {KNOWN[k]["cause"]: n for k, n in self.known.items()},
                "without cause": {"%s %s" % (label, what): len(found) for (what, label, _), found in self.found.items()}}


def python_of(arguments, target):
    name = target.rsplit("/", 1)[0]
    return name if "/" in name else os.path.abspath(os.path.join(arguments.oracles, "bin", name))


def run_target(arguments, target, profile, cases, sheet):
    mode = target.rsplit("/", 1)[1]
    runtime = Runtime(python_of(arguments, target), arguments.tools)
    with tempfile.TemporaryDirectory() as folder:
        for k, case in enumerate(cases):
            files = Files(folder, case)
            sheet.add(files, answer(files, runtime, mode, profile))
            if (k + 1) % 500 == 0:
                print("%s: %d of %d models" % (target, k + 1, len(cases)), file=sys.stderr, flush=True)
        for kind, found in sheet.found.items():
            if not arguments.no_shrink:
                small = shrink(found[0][0], folder, runtime, target, profile, found[0][1])
                found.insert(0, (small, answer(Files(folder, small), runtime, mode, profile)))
    runtime.close()


def tell(arguments, target, profile, sheet):
    total = sum(sheet.counts.values(), collections.Counter())
    lines = ["%s against %s: %s" % (target, profile, ", ".join("%d %s" % (n, w) for w, n in total.items()))]
    for k, labels in sorted(sheet.known.items()):
        lines.append("  known, in %d models of %s: %s" % (sum(labels.values()), ", ".join(sorted(labels)), KNOWN[k]["cause"]))
    os.makedirs(arguments.keep, exist_ok=True)
    for (what, label, _), found in sorted(sheet.found.items()):
        case, result = found[0]
        files = Files(arguments.keep, case, "%s_%s_%d" % (target.strip("/").replace("/", "_"), label.replace(" ", "_"), case.seed))
        lines += ["  %s: %s in %d models: %s" % (label, what, len(found) - (not arguments.no_shrink), result.why),
                  "    ./dev oracle --runtime %s --repeat %s" % (target, case.name),
                  "    nputwin run %s -p '%s' -i %s --all -o twin.npz" % (files.model, profile, files.inputs)]
    print("\n".join(lines), flush=True)


def targets_of(arguments):
    """{RUNTIME/MODE: profile}"""
    if "=" in arguments.runtime:
        return dict([arguments.runtime.split("=", 1)])
    targets = {t: p for p, t in golden_runtimes().items() if arguments.runtime in ("", t, t.split("/")[0])
               and os.path.exists(os.path.join(arguments.oracles, "bin", t.split("/")[0]))}
    return targets or sys.exit("no runtime %s in %s" % (arguments.runtime, arguments.oracles))


def record(arguments, targets, sheets):
    recorded = {}
    if os.path.exists(arguments.record):
        with open(arguments.record, encoding="utf-8") as f:
            recorded = json.load(f)
    recorded.update({t: sheets[t].record(p, arguments.seed) for t, p in targets.items()})
    with open(arguments.record, "w", encoding="utf-8") as f:
        json.dump(recorded, f, indent=1, sort_keys=True)
        f.write("\n")


def main():
    arguments = parse_arguments()
    targets = targets_of(arguments)
    cases = [parse_case(arguments.repeat)] if arguments.repeat else list(
        cases_of(arguments.random, arguments.seed, arguments.op, arguments.type))
    sheets = {t: Sheet(t) for t in targets}
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
        record(arguments, targets, sheets)
    sys.exit(1 if any(s.found for s in sheets.values()) else 0)


main()
