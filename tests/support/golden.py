"""Comparison of the twin with recorded answers of real runtimes, every tensor, every profile, every input."""
# docs/arithmetic/measured.json holds what came of it, by profile and family of ops; tools/write_pages.py shows that.
import collections
import concurrent.futures
import json
import os

from tool import ROOT, golden_runtimes, source
from driver import ask

MEASURED = os.path.join(ROOT, "docs", "arithmetic", "measured.json")

PROFILES = golden_runtimes()
# What a recording says where the runtime did not refuse, but gave nothing to compare with.
NO_REFUSAL = ("the result depends on which tensors are kept", "took longer than 400 s")


def recorded(golden, profile, kind):
    """The runs of the profile's runtime on that input; one, or none where it was not recorded."""
    return [r for r in golden["runs"] if r["input"] == kind and PROFILES[profile] in r["runtimes"]]


def compare(path, golden, profile, kind, isa="", threads=1):
    """(what came of it, indices of the tensors compared, of those that differ)"""
    found = recorded(golden, profile, kind)
    if not found:
        return "not recorded", [], []
    why = found[0].get("error", "").split(" was ")[0][:60]
    if why in NO_REFUSAL:
        return "the runtime: " + why, [], []
    got = ask("hashes", path, profile, source(kind), isa, str(threads))
    if why:
        if "refused" in got:
            return "the runtime: " + why, [], []
        return "computed, where the runtime says: " + why, [], []
    expected = found[0]["tensors"]
    if "refused" in got:
        return "refused: " + got["refused"].split(".tflite: ", 1)[-1], sorted(expected, key=int), sorted(expected, key=int)
    return "compared", sorted(expected, key=int), sorted((t for t in expected if got.get(t) != expected[t]), key=int)


def load(path):
    with open(path) as f:
        return json.load(f)


class Measured:
    """Counts by profile and family (and of all): models, tensors (of all inputs), elements, and how many tensors differ."""

    def __init__(self):
        self.counts = {p: {} for p in PROFILES}

    def add(self, path, rows):
        for profile in PROFILES:
            compared = [r for r in rows if r[0] == profile and r[2] == "compared"]
            if not compared:
                continue
            made_by, seen = ask("families", path, profile), set()
            for _, kind, _, tensors, different in compared:
                for t in tensors:
                    family, elements = made_by[t]
                    for f in (family, "all"):
                        c = self.counts[profile].setdefault(f, {"models": 0, "tensors": 0, "elements": 0, "different": 0})
                        c["models"] += f not in seen
                        seen.add(f)
                        c["tensors"] += 1
                        c["elements"] += elements
                        c["different"] += t in different

    def differs_from(self, key):
        """Whether measured.json says something else under `key`."""
        return not os.path.exists(MEASURED) or load(MEASURED).get(key) != self.counts

    def write(self, key):
        content = load(MEASURED) if os.path.exists(MEASURED) else {}
        content[key] = self.counts

        def block(values, indent, depth):
            if depth == 0:
                return json.dumps(values)
            inner = ",\n".join("%s%s: %s" % (" " * (indent + 1), json.dumps(k), block(v, indent + 1, depth - 1)) for k, v in sorted(values.items()))
            return "{\n%s\n%s}" % (inner, " " * indent)

        with open(MEASURED, "w") as f:  # a line for each family, so that a change shows
            f.write(block(content, 0, 3) + "\n")


def table(cases, exceptions, key, partial, isas_of=lambda name: ("",)):
    """Compares `cases` ([(name, model path, golden file)]) and prints a line each and what differs, with its cause.

    What differs must stand in `exceptions`, tensor by tensor: [{"model", "profiles", "tensors", "cause"}]; for a model that one
    side alone refuses, "refused" or "computed" is what the profile does, in the place of a tensor. An exception that
    is no longer needed is wrong too, so that the list can only shrink; not where `partial`. `isas_of`: the instruction sets
    under which a model is to give the same ("": the best); the first is counted. What is counted must stand in measured.json
    under `key`, if there is one; with RECORD=1 in the environment it is written there. Returns the number of wrongs.
    """
    def of_case(case):
        name, path, golden_path = case
        golden = load(golden_path)
        return [(p, kind, *compare(path, golden, p, kind, isa))
                for p in PROFILES for kind in golden["inputs"] for isa in isas_of(name)]

    measured = Measured()
    allowed = {(e["model"], p, t) for e in exceptions for p in e["profiles"] for t in e["tensors"]}
    total, equal, used, wrong = 0, 0, set(), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, path, _), rows in zip(cases, pool.map(of_case, cases)):
            compared = sum(len(r[3]) for r in rows)
            measured.add(path, rows[::len(isas_of(name))])
            differ = collections.defaultdict(set)
            for profile, kind, what, _, tensors in rows:
                one_side = what.split(",")[0].split(":")[0]
                if one_side in ("refused", "computed"):
                    tensors = [one_side]
                    if (name, profile, one_side) not in allowed:
                        wrong.append("%s under %s: %s" % (name, profile, what))
                for t in tensors:
                    differ[t].add(profile)
                    used.add((name, profile, t))
                    if t != one_side and (name, profile, t) not in allowed:
                        wrong.append("%s under %s, %s: tensor %s differs\n  nputwin run %s -p %s -i %s --all -o twin.npz" % (
                            name, profile, kind, t, path, profile, source(kind)))
            good = compared - sum(len(r[4]) for r in rows)
            total, equal = total + compared, equal + good
            none = collections.Counter(r[2] for r in rows if r[2].startswith("the runtime: ") or r[2] == "not recorded")
            print("%-36s %6d of %6d tensors equal%s%s" % (
                name, good, compared, "".join("; %d runs without golden (%s)" % (n, w) for w, n in none.items()),
                "".join("; tensor %s differs under %s" % (t, ", ".join(sorted(p))) for t, p in sorted(differ.items()))))
    print("%d of %d tensors equal (%.3f %%)" % (equal, total, 100.0 * equal / max(total, 1)))
    print("what differs:")
    for e in exceptions:
        print("  %s, %s: tensors %s: %s" % (e["model"], ", ".join(e["profiles"]), ", ".join(e["tensors"]), e["cause"]))
    if not partial:
        wrong += ["%s under %s, tensor %s, is an exception no longer needed: take it out" % key for key in sorted(allowed - used)]
        if key and os.environ.get("RECORD"):
            measured.write(key)
        elif key and measured.differs_from(key):
            wrong.append("docs/arithmetic/measured.json is stale: RECORD=1 before this command writes it, then tools/write_pages.py")
    for line in wrong:
        print("WRONG " + line)
    return len(wrong) + (total == 0)
