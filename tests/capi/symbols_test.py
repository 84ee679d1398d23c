#!/usr/bin/env python3
"""What libnputwin.so exports, with the version of the interface that it came with. exported_symbols.txt only grows: a line that goes is a program
that no longer starts.

  symbols_test.py LIBRARY
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def exported(library):
    """Every symbol that others can use, as "VERSION symbol"."""
    told = subprocess.run(["readelf", "--dyn-syms", "-W", library], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    symbols = set()
    for row in rows:
        if len(row) < 8 or not row[0].rstrip(":").isdigit() or row[4] == "LOCAL" or row[6] in ("UND", "ABS"):
            continue  # ABS: the name of a version itself
        name, _, version = row[7].partition("@@")
        symbols.add("%s %s" % (version or "unversioned", name))
    return symbols


def main():
    symbols = exported(sys.argv[1])
    with open(os.path.join(HERE, "exported_symbols.txt")) as f:
        recorded = set(f.read().splitlines())
    for symbol in sorted(recorded ^ symbols):
        print("%s: %s" % ("is no longer exported" if symbol in recorded else "is exported and not in exported_symbols.txt", symbol))
    print("%d symbols" % len(symbols))
    sys.exit(symbols != recorded or not symbols)


if __name__ == "__main__":
    main()
