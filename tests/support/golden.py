"""Comparison of the twin with recorded answers of real runtimes, every tensor, every profile, every input."""
import collections
import concurrent.futures
import json
import os
import tempfile

from tool import PROFILES, run, source


def compare(path, golden, profile, kind, arguments=()):
    """(what came of it, tensors compared, indices of those that differ)"""
    found = [r for r in golden["runs"] if r["input"] == kind and PROFILES[profile] in r["runtimes"]]
    if not found:
        return "not recorded", 0, []
    if "error" in found[0]:
        return "the runtime: " + found[0]["error"].split(" was ")[0][:60], 0, []
    expected = found[0]["tensors"]
    with tempfile.NamedTemporaryFile(suffix=".json") as hashes:
        code, _, err = run("run", path, "-p", profile, "-i", source(kind), "--hashes", hashes.name, *arguments)
        if code != 0:
            return "refused: " + err.split(".tflite: ", 1)[-1].strip(), len(expected), sorted(expected, key=int)
        with open(hashes.name) as f:
            got = json.load(f)
    return "compared", len(expected), sorted((t for t in expected if got.get(t) != expected[t]), key=int)


def load(path):
    with open(path) as f:
        return json.load(f)


def table(cases, exceptions, partial, arguments_of=lambda name: ((),)):
    """Compares `cases` ([(name, model path, golden file)]) and prints a line each and what differs, with its cause.

    What differs must stand in `exceptions`, tensor by tensor: [{"model", "profiles", "tensors", "cause"}]. An exception that
    is no longer needed is wrong too, so that the list can only shrink; not where `partial`. `arguments_of`: the further
    arguments of `nputwin run` with which a model is to give the same. Returns the number of wrongs.
    """
    def of_case(case):
        name, path, golden_path = case
        golden = load(golden_path)
        return [(p, kind, *compare(path, golden, p, kind, arguments))
                for p in PROFILES for kind in golden["inputs"] for arguments in arguments_of(name)]

    allowed = {(e["model"], p, t) for e in exceptions for p in e["profiles"] for t in e["tensors"]}
    total, equal, used, wrong = 0, 0, set(), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, path, _), rows in zip(cases, pool.map(of_case, cases)):
            compared = sum(r[3] for r in rows)
            differ = collections.defaultdict(set)
            for profile, kind, what, _, tensors in rows:
                if what.startswith("refused") and (name, profile, "refused") not in allowed:
                    wrong.append("%s under %s: %s" % (name, profile, what))
                for t in tensors if not what.startswith("refused") else ["refused"]:
                    differ[t].add(profile)
                    used.add((name, profile, t))
                    if (name, profile, t) not in allowed:
                        wrong.append("%s under %s, %s: tensor %s differs\n  nputwin run %s -p %s -i %s --all -o twin.npz" % (
                            name, profile, kind, t, path, profile, source(kind)))
            good = compared - sum(len(r[4]) for r in rows)
            total, equal = total + compared, equal + good
            none = collections.Counter(r[2] for r in rows if r[2] != "compared" and not r[2].startswith("refused"))
            print("%-36s %6d of %6d tensors equal%s%s" % (
                name, good, compared, "".join("; %d runs without golden (%s)" % (n, w) for w, n in none.items()),
                "".join("; tensor %s differs under %s" % (t, ", ".join(sorted(p))) for t, p in sorted(differ.items()))))
    print("%d of %d tensors equal (%.3f %%)" % (equal, total, 100.0 * equal / max(total, 1)))
    print("what differs:")
    for e in exceptions:
        print("  %s, %s: tensors %s: %s" % (e["model"], ", ".join(e["profiles"]), ", ".join(e["tensors"]), e["cause"]))
    if not partial:
        wrong += ["%s under %s, tensor %s, is an exception no longer needed: take it out" % key for key in sorted(allowed - used)]
    for line in wrong:
        print("WRONG " + line)
    return len(wrong) + (total == 0)
