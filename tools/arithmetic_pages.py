"""Writes the generated parts of docs/arithmetic: formulas from the sources, rules and confidence from the profiles, counts from
docs/arithmetic/measured.json, exceptions from tests/golden.

The map of versions and random trial have pages of their own (runtimes_page.py, trial_page.py).

KINDS: formula OP... (the comment that heads OP.cc in src/ops), measured FAMILY, followers RULE, profile NAME, rules, profiles, totals.
A profile or family without a page is a problem too, and one that is called measured where nothing was compared.
"""
import glob
import os
import re

import pages as generated
import runtimes_page
import trial_page

ROOT = generated.ROOT
DOCS = os.path.join(ROOT, "docs", "arithmetic")
PAGES = ["docs/arithmetic/**/*.md"]


def table(head, rows):
    return generated.table(head, rows, RIGHT)


def link(profile):
    return "[%s](../profiles/%s.md)" % (profile, profile)


RIGHT = ("corpus models", "directed models", "tensors", "elements", "tensors that differ")


class Pages:
    def __init__(self, tool):
        self.profiles = {p["name"]: p for p in generated.ask_json(tool, "profiles", "--format", "json")}
        self.measured = generated.load_json("docs", "arithmetic", "measured.json")
        self.exceptions = [e for name in ("exceptions.json", "directed_exceptions.json")
                           for e in generated.load_json("tests", "golden", name)]

    def counts(self, profile, family="all"):
        """[corpus models, directed models, tensors, elements, tensors that differ]; None where nothing was compared."""
        both = [self.measured[key].get(profile, {}).get(family, {}) for key in ("corpus", "directed")]
        if not any(both):
            return None
        return [c.get("models", 0) for c in both] + [sum(c.get(k, 0) for c in both) for k in ("tensors", "elements", "different")]

    def count_cells(self, profile, family):
        counts = self.counts(profile, family)
        return [generated.number(c) for c in counts] if counts else ["", "", "", "", ""]

    # One function for each kind.

    def formula(self, *ops):
        text = []
        for op in ops:
            [path] = glob.glob(os.path.join(ROOT, "src", "ops", "*", op + ".cc"))
            with open(path) as f:
                head = f.read().split("\n\n#include", 1)[0]
            text.append("\n".join(re.sub("^// ?", "", line) for line in head.splitlines()))
        return "```text\n%s\n```" % "\n\n".join(text)

    def measured_of(self, family):
        rows, unknown = [], []
        for name, profile in self.profiles.items():
            evidence = next(e for e in profile["families"] if e["family"] == family)
            if evidence["confidence"] != "unknown":
                rows.append([link(name), evidence["rule"], evidence["confidence"]] + self.count_cells(name, family))
            else:
                unknown.append(link(name))
        return table(["profile", "rule", "known", *RIGHT], rows) + ("\n\nNot known: %s." % ", ".join(unknown) if unknown else "")

    def followers(self, rule):
        rows = []
        for name, profile in self.profiles.items():
            places = [place + text[len(rule):] for place, text in profile["requantizations"].items() if text.split(",")[0] == rule]
            if places:
                rows.append([link(name), "; ".join(places)])
        return table(["profile", "where"], rows)

    def profile(self, name):
        p = self.profiles[name]
        parts = [p["summary"] + "."]
        if p["fallback"]:
            taken = {}
            for d in p["delegated"]:
                taken.setdefault(", ".join(t for t in ("float32", "int8", "uint8") if d[t]), []).append(d["op"])
            parts.append("Its delegate takes, for tensors of these types:\n\n%s\n\nWhat it leaves is computed as by [%s](%s.md)." % (
                "\n".join("- %s: %s" % (types, ", ".join(sorted(ops))) for types, ops in sorted(taken.items())), p["fallback"], p["fallback"]))
        rows = [["[%s](../rules/%s.md)" % (e["family"], e["family"]), e["rule"], e["confidence"]] + self.count_cells(name, e["family"])
                for e in p["families"] if e["confidence"] != "unknown"]
        parts.append(table(["family", "rule", "known", *RIGHT], rows))
        if p["requantizations"]:
            parts.append("Requantization:\n\n" + table(["where", "rule"], [[place, rule] for place, rule in p["requantizations"].items()]))
        for title, unknown in (("Known from", False), ("Not known", True)):
            families = [e for e in p["families"] if (e["confidence"] == "unknown") == unknown]
            if families:
                parts.append(title + ":\n\n" + "\n".join("- %s: %s" % (source, ", ".join(e["family"] for e in families if e["source"] == source))
                                                         for source in dict.fromkeys(e["source"] for e in families)))
        own = [e for e in self.exceptions if name in e["profiles"]]
        if own:
            parts.append("What differs:\n\n" + "\n".join("- %s, tensor%s %s: %s" % (
                e["model"], "s" if len(e["tensors"]) > 1 else "", ", ".join(e["tensors"]), e["cause"]) for e in own))
        return "\n\n".join(parts)

    def rules(self):
        return "\n".join("- [%s](rules/%s)" % (title(os.path.join("rules", name)), name) for name in sorted(os.listdir(os.path.join(DOCS, "rules"))))

    def profile_list(self):
        return table(["profile", "whose arithmetic", *RIGHT], [["[%s](profiles/%s.md)" % (name, name), p["summary"]] + self.count_cells(name, "all")
                                                              for name, p in self.profiles.items()])

    def totals(self):
        lines = []
        for key, what in (("corpus", "the corpus models, two inputs each"), ("directed", "the directed models, two inputs each")):
            all_counts = [families["all"] for families in self.measured[key].values() if families]
            tensors, different = (sum(c[k] for c in all_counts) for k in ("tensors", "different"))
            lines.append("- %s: %s of %s tensors equal (%.3f %%), %s elements" % (
                what, generated.number(tensors - different), generated.number(tensors), 100 * (tensors - different) / tensors, generated.number(sum(c["elements"] for c in all_counts))))
        return "\n".join(lines)

    def problems(self):
        families = next(iter(self.profiles.values()))["families"]
        found = ["docs/arithmetic/%s is missing" % page
                 for page in ["rules/%s.md" % e["family"] for e in families] + ["profiles/%s.md" % name for name in self.profiles]
                 if not os.path.exists(os.path.join(DOCS, page))]
        for name, profile in self.profiles.items():
            if any(name in profiles for profiles in self.measured.values()):
                found += ["%s says that %s is measured; nothing was compared" % (name, e["family"]) for e in profile["families"]
                          if e["confidence"] == "measured" and not self.counts(name, e["family"])]
        return found

    def kinds(self):
        return {"formula": self.formula, "measured": self.measured_of, "followers": self.followers, "profile": self.profile,
                "rules": self.rules, "profiles": self.profile_list, "totals": self.totals, **runtimes_page.kinds(), **trial_page.kinds()}


def title(page):
    with open(os.path.join(DOCS, page)) as f:
        return f.readline().lstrip("# ").strip()


def kinds_of(tool):
    return Pages(tool).kinds()


def problems(tool):
    return Pages(tool).problems() + runtimes_page.problems(tool)
