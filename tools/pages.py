"""Markdown pages with generated parts: what stands between `<!-- KIND: ARGUMENTS -->` and `<!-- end -->`.

A generator is a module with PAGES, patterns of files, and kinds_of(tool), which gives one function for each KIND; the function
returns the text that stands there. Everything outside the markers is written by hand. tools/write_pages.py runs the generators.
"""
import functools
import json
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def load_json(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return json.load(f)


@functools.cache
def ask_json(tool, *arguments):
    """What nputwin prints with these arguments, as JSON. inspect exits with 2 where ops are not supported."""
    return json.loads(subprocess.run([tool, *arguments], capture_output=True, text=True, check=False, cwd=ROOT).stdout)


# Any profile that knows every family: neither which rule an op's codes follow nor which types it has depends on it.
PROFILE = "litert-2.3-x86-builtin"  # its runtime registers every op of theirs
DIRECTED = os.path.join("tests", "vectors", "directed")


def directed_models(tool):
    """{name: what `inspect` says} of the directed models."""
    names = sorted(n[: -len(".tflite")] for n in os.listdir(os.path.join(ROOT, DIRECTED)) if n.endswith(".tflite"))
    return {name: ask_json(tool, "inspect", os.path.join(DIRECTED, name + ".tflite"), "--profile", PROFILE, "--format", "json")
            for name in names}


def number(n):
    return "{:,}".format(n)


def table(head, rows, right=()):
    """A Markdown table; columns whose title is in `right` hold numbers."""
    lines = ["| %s |" % " | ".join(head), "|%s|" % "|".join("---:" if h in right else "---" for h in head)]
    return "\n".join(lines + ["| %s |" % " | ".join(row) for row in rows])


def table_of_models(page, head, row, comparable=lambda text: text):
    """The program that writes a table with a row for each model of a folder into `page`, between <!--table--> and <!--/table-->.

      PROGRAM NPUTWIN MODELS [--write | --check]     prints the table, puts it into the page, or fails if it is another

    `head`: the table's first two lines. row(tool, path): a model's cells. comparable(text): what --check compares of the page.
    """
    tool, models = sys.argv[1:3]
    if not os.path.isdir(models):
        print("skipped: there is no " + models)
        sys.exit(77)
    lines = list(head)
    for name in sorted(os.listdir(models)):
        if name.endswith(".tflite"):
            print(name, file=sys.stderr)
            lines.append("| %s | %s |" % (name[: -len(".tflite")], " | ".join(row(tool, os.path.join(models, name)))))
    made = "\n".join(lines) + "\n"
    path = os.path.join(ROOT, page)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    fresh = re.sub(r"(<!--table-->\n\n).*?(<!--/table-->)", lambda m: m[1] + made + "\n" + m[2], text, flags=re.S)
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as f:
            f.write(fresh)
    elif "--check" not in sys.argv:
        print(made, end="")
    elif comparable(fresh) != comparable(text):
        sys.exit("the table of %s is stale; repeat with --write" % page)


def expand(text, kinds):
    """`text` with each generated part made anew."""

    def part(match):
        if match[2] not in kinds:
            sys.exit("<!-- %s -->: there is no such kind, expected one of %s" % (match[2], ", ".join(kinds)))
        return "%s\n%s\n\n%s" % (match[1], kinds[match[2]](*match[3].split()), match[4])

    return re.sub(r"(<!-- (\w+):?([^>]*) -->\n).*?(<!-- end -->)", part, text, flags=re.S)


def stale(path, kinds, check):
    """Whether the generated parts of the page at `path` are not what they should be; without `check` they are then written."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    new = expand(text, kinds)
    if new != text and not check:
        with open(path, "w", encoding="utf-8") as f:
            f.write(new)
    return new != text
