"""Writes the lists of parameters in docs/profiles.md.

Names and values come from `nputwin profiles schema`. What a parameter of a requantization means comes from the comments
of RequantizeRule in src/fixed/requantize.h; src/profile/parameters.h says which of its fields has which name.
"""
import os
import re

import pages

PAGES = ["docs/profiles.md"]


def source(*path):
    with open(os.path.join(pages.ROOT, "src", *path), encoding="utf-8") as f:
        return f.read()


def commented(text, declaration):
    """[(name, the `///` comment above it)] of each declaration that matches, in order."""
    found = re.findall(r"((?:^ *///.*\n)+)^ *" + declaration, text, re.M)
    return [(name, " ".join(line.strip().removeprefix("///").strip() for line in comment.splitlines()))
            for comment, name in found]


def cell(text):
    return text.replace("|", "\\|")


def values(schema):
    """What a parameter may be, in words."""
    if "enum" in schema:
        return ", ".join("`%s`" % word for word in schema["enum"])
    if schema.get("type") == "boolean":
        return "`true`, `false`"
    if schema.get("type") == "integer":
        return "%d to %d" % (schema["minimum"], schema["maximum"])
    if schema.get("$ref") == "#/$defs/requantize":
        return "a requantization"
    raise SystemExit("no words for the schema %s" % schema)


class Parameters:
    def __init__(self, tool):
        self.schema = pages.ask_json(tool, "profiles", "schema")
        self.requantize = self.schema["$defs"]["requantize"]["properties"]
        rule = source("fixed", "requantize.h").split("struct RequantizeRule {")[1].split("\n};")[0]
        fields = dict(commented(rule, r"[\w:]+ (\w+) = "))
        body = source("profile", "parameters.h").split("Same<RequantizeRule>")[1].split("\n}")[0]
        self.meaning = {name: fields[field] for name, field in re.findall(r'f\("(\w+)", rule\.(\w+)', body)}
        methods = rule.split("enum class Method")[1].split("};")[0]
        self.methods = [comment for _, comment in commented(methods, r"(k\w+),")]

    def requantization(self):
        rows = []
        for name, schema in self.requantize.items():
            rounding = schema.get("enum") == self.requantize["ties"]["enum"]
            rows.append(["`%s`" % name, cell(self.meaning[name]), "a rounding" if rounding else values(schema)])
        return pages.table(["parameter", "what it says", "values"], rows)

    def methods_table(self):
        names = self.requantize["method"]["enum"]
        if len(names) != len(self.methods):
            raise SystemExit("src/fixed/requantize.h: a Method without a comment")
        return pages.table(["method", "what it computes"],
                           [["`%s`" % name, cell(text)] for name, text in zip(names, self.methods)])

    def others(self):
        """Every other parameter by its path; those with the same values share a row."""
        paths = {}

        def add(path, what):
            path = re.sub(r"^u?int8\.", "TYPE.", path)
            if path not in paths.setdefault(what, []):
                paths[what].append(path)

        def walk(path, schema):
            inner = schema["anyOf"][0] if "anyOf" in schema else schema
            unknown = ", or `null`" if "anyOf" in schema else ""
            if inner.get("properties") == self.requantize:
                add(path, "a requantization" + unknown)
            elif path == "real":
                add(path, "a real rule")
            elif path == "real_of":
                add("real_of.FAMILY", "a real rule, or `null`: as `real`")
            elif "properties" in inner:
                for name, field in inner["properties"].items():
                    walk("%s.%s" % (path, name) if path else name, field)
            else:
                add(path, values(inner) + unknown)

        walk("", self.schema["properties"]["parameters"])
        rows = [[", ".join("`%s`" % path for path in group), what] for what, group in paths.items()]
        return pages.table(["parameters", "values"], rows)


def kinds_of(tool):
    parameters = Parameters(tool)
    return {"requantization": parameters.requantization, "methods": parameters.methods_table,
            "parameters": parameters.others}
