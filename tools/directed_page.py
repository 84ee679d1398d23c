"""Writes the generated parts of docs/directed.md: what each directed case tests, and which cases test each rule.

Names and statements come from tests/oracle/directed, ops and rules from `nputwin inspect`.
"""
import os
import sys

import pages

sys.path.insert(0, os.path.join(pages.ROOT, "tests", "oracle"))
from directed import CASES

PAGES = ["docs/directed.md"]


def rule_link(family):
    return "[%s](arithmetic/rules/%s.md)" % (family, family)


class Page:
    def __init__(self, tool):
        models = pages.directed_models(tool)
        if set(models) != set(CASES):
            sys.exit("%s and tests/oracle/directed have different cases: %s; run ./dev oracle"
                     % (pages.DIRECTED, ", ".join(sorted(set(models) ^ set(CASES)))))
        self.families = [e["family"] for e in pages.ask_json(tool, "profiles", "--format", "json")[0]["families"]]
        self.ops = {name: models[name]["ops"] for name in CASES}

    def rules_of(self, name):
        """The families of its ops; of one that the pages' profile refuses, none is known."""
        return {op["rule"]["family"] for op in self.ops[name] if "rule" in op}

    def cases(self):
        """A row for each statement: the models that share it differ in the type of their codes."""
        by_statement = {}
        for name, case in CASES.items():
            by_statement.setdefault(case.tests, []).append(name)
        rows = []
        for statement, names in by_statement.items():
            rules = set().union(*(self.rules_of(name) for name in names))
            nodes = "; ".join(dict.fromkeys(str(len(self.ops[name])) for name in names))
            rows.append([", ".join("`%s`" % name for name in names), ", ".join(map(rule_link, sorted(rules))), nodes,
                         statement])
        return pages.table(["model", "rules", "nodes", "what it tests"], sorted(rows), right=("nodes",))

    def rules(self):
        rows = [[rule_link(f), ", ".join("`%s`" % name for name in sorted(CASES) if f in self.rules_of(name))]
                for f in self.families]
        without = [rule for rule, names in rows if not names]
        return "%s\n\nWithout a directed model: %s." % (
            pages.table(["rule", "models"], [row for row in rows if row[1]]), ", ".join(without))

    def total(self):
        return "%d models, %d nodes." % (len(CASES), sum(map(len, self.ops.values())))


def kinds_of(tool):
    page = Page(tool)
    return {"cases": page.cases, "rules": page.rules, "total": page.total}
