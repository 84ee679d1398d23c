#!/usr/bin/env python3
"""Writes the generated parts of docs/arithmetic: formulas from the sources, rules and confidence from the profiles, counts from
docs/arithmetic/measured.json, exceptions from tests/golden.

  arithmetic_pages.py NPUTWIN            rewrites what stands between `<!-- KIND: ARGUMENTS -->` and `<!-- end -->`
  arithmetic_pages.py NPUTWIN --check    says which pages are stale, and changes none

KINDS: formula OP... (the comment that heads OP.cc in src/ops), measured FAMILY, followers RULE, profile NAME, rules, profiles, totals.
What stands outside the markers is written by hand. A profile or family without a page is stale too.
"""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
DOCS = os.path.join(ROOT, "docs", "arithmetic")


def load(*path):
    with open(os.path.join(ROOT, *path)) as f:
        return json.load(f)


def number(n):
    return "{:,}".format(n)


def table(head, rows):
    lines = ["| %s |" % " | ".join(head), "|%s|" % "|".join("---:" if h in RIGHT else "---" for h in head)]
    return "\n".join(lines + ["| %s |" % " | ".join(r) for r in rows])


def link(profile):
    return "[%s](../profiles/%s.md)" % (profile, profile)


RIGHT = ("corpus models", "directed models", "tensors", "elements", "tensors that differ")


class Pages:
    def __init__(self, tool):
        text = subprocess.run([tool, "profiles", "--format", "json"], capture_output=True, text=True, check=True).stdout
        self.profiles = {p["name"]: p for p in json.loads(text)}
        self.measured = load("docs", "arithmetic", "measured.json")
        self.exceptions = load("tests", "golden", "exceptions.json") + load("tests", "golden", "directed_exceptions.json")

    def counts(self, profile, family="all"):
        """[corpus models, directed models, tensors, elements, tensors that differ]; None where nothing was compared."""
        both = [self.measured[key].get(profile, {}).get(family, {}) for key in ("corpus", "directed")]
        if not any(both):
            return None
        return [c.get("models", 0) for c in both] + [sum(c.get(k, 0) for c in both) for k in ("tensors", "elements", "different")]

    def count_cells(self, profile, family):
        counts = self.counts(profile, family)
        return [number(c) for c in counts] if counts else ["", "", "", "", ""]

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
                what, number(tensors - different), number(tensors), 100 * (tensors - different) / tensors, number(sum(c["elements"] for c in all_counts))))
        return "\n".join(lines)

    def expand(self, text):
        kinds = {"formula": self.formula, "measured": self.measured_of, "followers": self.followers, "profile": self.profile,
                 "rules": self.rules, "profiles": self.profile_list, "totals": self.totals}
        return re.sub(r"(<!-- (\w+):?([^>]*) -->\n).*?(<!-- end -->)",
                      lambda m: "%s\n%s\n\n%s" % (m[1], kinds[m[2]](*m[3].split()), m[4]), text, flags=re.S)


def title(page):
    with open(os.path.join(DOCS, page)) as f:
        return f.readline().lstrip("# ").strip()


def main():
    tool, check = sys.argv[1], "--check" in sys.argv
    pages = Pages(tool)
    stale = []
    families = next(iter(pages.profiles.values()))["families"]
    for page in ["rules/%s.md" % e["family"] for e in families] + ["profiles/%s.md" % name for name in pages.profiles]:
        if not os.path.exists(os.path.join(DOCS, page)):
            stale.append("%s is missing" % page)
    for name, profile in pages.profiles.items():
        if any(name in profiles for profiles in pages.measured.values()):
            stale += ["%s says that %s is measured; nothing was compared" % (name, e["family"]) for e in profile["families"]
                      if e["confidence"] == "measured" and not pages.counts(name, e["family"])]
    for folder, _, names in os.walk(DOCS):
        for name in sorted(n for n in names if n.endswith(".md")):
            path = os.path.join(folder, name)
            with open(path) as f:
                text = f.read()
            new = pages.expand(text)
            if new != text:
                stale.append("%s is stale" % os.path.relpath(path, ROOT))
                if not check:
                    with open(path, "w") as f:
                        f.write(new)
    print("\n".join(stale) or "all pages are as the sources say")
    sys.exit(1 if stale and check else 0)


main()
