#!/usr/bin/env python3
"""docs/arithmetic/evidence.md shows the table that nputwin_evidence_table prints.

  page_test.py TABLE_PROGRAM [--write]     --write puts it there
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import ROOT, SHARED

PAGE = os.path.join(ROOT, "docs", "arithmetic", "evidence.md")


def main():
    folder = os.path.join(SHARED, "evidence")
    if not os.path.isdir(folder):
        print("skipped: there is no " + folder)
        sys.exit(77)
    table = subprocess.run([sys.argv[1], folder], capture_output=True, text=True, check=True).stdout
    with open(PAGE) as f:
        text = f.read()
    fresh = re.sub(r"(<!--evidence-->\n\n).*?(\n<!--/evidence-->)", lambda m: m[1] + table + m[2], text, flags=re.S)
    if "--write" in sys.argv:
        with open(PAGE, "w") as f:
            f.write(fresh)
    elif fresh != text:
        sys.exit("the table of docs/arithmetic/evidence.md is stale; repeat with --write")


main()
