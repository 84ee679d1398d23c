"""Markdown pages with generated parts: what stands between `<!-- KIND: ARGUMENTS -->` and `<!-- end -->`.

A generator has one function for each KIND, which returns the text that stands there. Everything outside the markers is
written by hand. A script that calls main() takes:

  NPUTWIN            rewrites the generated parts
  NPUTWIN --check    says which pages are stale, changes none, and exits with 1 where one is
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def load_json(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return json.load(f)


def ask_json(tool, *arguments):
    """What nputwin prints with these arguments, as JSON."""
    return json.loads(subprocess.run([tool, *arguments], capture_output=True, text=True, check=True, cwd=ROOT).stdout)


def table(head, rows, right=()):
    """A Markdown table; columns whose title is in `right` hold numbers."""
    lines = ["| %s |" % " | ".join(head), "|%s|" % "|".join("---:" if h in right else "---" for h in head)]
    return "\n".join(lines + ["| %s |" % " | ".join(row) for row in rows])


def expand(text, kinds):
    """`text` with each generated part made anew."""

    def part(match):
        if match[2] not in kinds:
            sys.exit("<!-- %s -->: there is no such kind, expected one of %s" % (match[2], ", ".join(kinds)))
        return "%s\n%s\n\n%s" % (match[1], kinds[match[2]](*match[3].split()), match[4])

    return re.sub(r"(<!-- (\w+):?([^>]*) -->\n).*?(<!-- end -->)", part, text, flags=re.S)


def stale(path, kinds, check):
    """Whether a page's generated parts are not what they should be; without `check` they are then written."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    new = expand(text, kinds)
    if new != text and not check:
        with open(path, "w", encoding="utf-8") as f:
            f.write(new)
    return new != text


def finish(problems, check):
    print("\n".join(problems) or "all pages are as the sources say")
    sys.exit(1 if problems and check else 0)


def main(pages, kinds_of):
    """The whole of a generator: its pages, and kinds_of(tool), the functions by kind."""
    if len(sys.argv) < 2:
        sys.exit("usage: %s NPUTWIN [--check]" % os.path.basename(sys.argv[0]))
    check = "--check" in sys.argv
    kinds = kinds_of(sys.argv[1])
    paths = [os.path.join(ROOT, page) for page in pages]
    finish(["%s is stale" % page for page, path in zip(pages, paths) if stale(path, kinds, check)], check)
