#!/usr/bin/env python3
"""The twin against the hashes of real runtimes: every golden file, every profile, both inputs.

  golden_table.py [MODEL...]

Prints a line a model: how many tensors of all profiles are equal, and what is not. What is not equal must stand in
exceptions.json, tensor by tensor, with its cause; an exception that is no longer needed fails too: the list may only
shrink. Skipped, with the reason, without the shared folder.
"""
import collections
import concurrent.futures
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import PROFILES, SHARED, SKIPPED, run, source

HERE = os.path.dirname(os.path.abspath(__file__))


def compare(path, golden, profile, kind):
    """(what came of it, tensors compared, indices of those that differ)"""
    found = [r for r in golden["runs"] if r["input"] == kind and PROFILES[profile] in r["runtimes"]]
    if not found:
        return "not recorded", 0, []
    if "error" in found[0]:
        return "the runtime: " + found[0]["error"].split(" was ")[0][:60], 0, []
    expected = found[0]["tensors"]
    with tempfile.NamedTemporaryFile(suffix=".json") as hashes:
        code, _, err = run("run", path, "-p", profile, "-i", source(kind), "--hashes", hashes.name)
        if code != 0:
            return "refused: " + err.split(".tflite: ", 1)[-1].strip(), len(expected), sorted(expected, key=int)
        with open(hashes.name) as f:
            got = json.load(f)
    return "compared", len(expected), sorted((t for t in expected if got.get(t) != expected[t]), key=int)


def of_model(name):
    """[(profile, input kind, what came of it, tensors compared, indices of those that differ)]"""
    with open(os.path.join(SHARED, "golden", name + ".json")) as f:
        golden = json.load(f)
    path = os.path.join(SHARED, "corpus", "models", golden["model"])
    return [(p, kind, *compare(path, golden, p, kind)) for p in PROFILES for kind in golden["inputs"]]


def main():
    folder = os.path.join(SHARED, "golden")
    if not os.path.isdir(folder):
        print("skipped: no golden files at %s" % folder)
        sys.exit(SKIPPED)
    with open(os.path.join(HERE, "exceptions.json")) as f:
        exceptions = json.load(f)
    allowed = {(e["model"], p, t) for e in exceptions for p in e["profiles"] for t in e["tensors"]}
    names = sys.argv[1:] or sorted(n[:-5] for n in os.listdir(folder) if n.endswith(".json"))
    total, equal, used, wrong = 0, 0, set(), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, rows in zip(names, pool.map(of_model, names)):
            compared = sum(r[3] for r in rows)
            differ = collections.defaultdict(set)
            for profile, kind, what, _, tensors in rows:
                if what.startswith("refused"):
                    wrong.append("%s under %s: %s" % (name, profile, what))
                for t in tensors:
                    differ[t].add(profile)
                    used.add((name, profile, t))
                    if (name, profile, t) not in allowed:
                        wrong.append("%s under %s, %s: tensor %s differs\n  nputwin run %s.tflite -p %s -i %s --all -o twin.npz" % (
                            name, profile, kind, t, os.path.join(SHARED, "corpus", "models", name), profile, source(kind)))
            good = compared - sum(len(r[4]) for r in rows)
            total, equal = total + compared, equal + good
            none = collections.Counter(r[2] for r in rows if r[2] not in ("compared",) and not r[2].startswith("refused"))
            print("%-36s %6d of %6d tensors equal%s%s" % (
                name, good, compared, "".join("; %d runs without golden (%s)" % (n, w) for w, n in none.items()),
                "".join("; tensor %s differs under %s" % (t, ", ".join(sorted(p))) for t, p in sorted(differ.items(), key=lambda x: int(x[0])))))
    print("%d of %d tensors equal (%.3f %%)" % (equal, total, 100.0 * equal / max(total, 1)))
    print("what differs:")
    for e in exceptions:
        print("  %s, %s: tensors %s: %s" % (e["model"], ", ".join(e["profiles"]), ", ".join(e["tensors"]), e["cause"]))
    if not sys.argv[1:]:
        wrong += ["exceptions.json: %s under %s, tensor %s, is no longer needed: take it out" % key for key in sorted(allowed - used)]
    for line in wrong:
        print("WRONG " + line)
    sys.exit(1 if wrong or not total else 0)


main()
