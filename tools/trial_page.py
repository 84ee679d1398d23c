"""Writes what random trial covered, docs/arithmetic/random_trial.md, from docs/arithmetic/random_trial.json, which
`./dev oracle --random N --record FILE` records: for each op, type and runtime the models, elements and disagreements."""
import collections

import pages

COUNTS = ("agree", "both refuse", "listed", "not asked")


def recorded():
    """{runtime/mode: what came of it}"""
    return pages.load_json("docs", "arithmetic", "random_trial.json")


def totals():
    rows = []
    for target, found in recorded().items():
        total = collections.Counter()
        for counts in found["ops"].values():
            total.update(counts)
        rows.append([target, "[%s](profiles/%s.md)" % (found["profile"], found["profile"].split("{")[0]), pages.number(total["models"]), pages.number(total["elements"]),
                     *(pages.number(total[c]) for c in COUNTS), pages.number(sum(found["without cause"].values()))])
    heads = ["models", "elements", *COUNTS, "without cause"]
    return pages.table(["runtime", "profile", *heads], rows, heads)


def causes():
    by_cause = collections.defaultdict(dict)
    for target, found in recorded().items():
        for cause, labels in found["causes"].items():
            by_cause[cause][target] = labels
    rows = [[cause, ", ".join("%s: %d" % (target, sum(labels.values())) for target, labels in targets.items()),
             ", ".join(sorted(set().union(*targets.values())))] for cause, targets in sorted(by_cause.items())]
    return pages.table(["cause", "models", "ops"], rows)


def without_cause():
    lines = ["- %s: %s" % (target, ", ".join("%s (%d)" % kind for kind in found["without cause"].items()))
             for target, found in recorded().items() if found["without cause"]]
    return "\n".join(lines) or "None."


def cell(counts):
    """Of one op and type in one runtime: models that agree and their elements, and how many more disagree."""
    if not counts or not counts.get("agree", 0):
        return "–"
    listed = counts.get("listed", 0)
    return "%d · %s%s" % (counts["agree"], pages.number(counts["elements"]), " (%d)" % listed if listed else "")


def coverage():
    found = recorded()
    labels = sorted(set().union(*(f["ops"] for f in found.values())))
    rows = [[label, *(cell(f["ops"].get(label)) for f in found.values())] for label in labels]
    return pages.table(["op, type", *found], rows, list(found))


def kinds():
    return {"trial_totals": totals, "trial_causes": causes, "trial_without": without_cause, "trial_coverage": coverage}
