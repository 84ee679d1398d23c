#!/usr/bin/env python3
"""What libnputwin.so exports, with the version of the interface that it came with. exported_symbols.txt only grows: a line that goes is a program
that no longer starts.

  symbols_test.py LIBRARY
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def exported(library):
    """As "VERSION symbol"."""
    told = subprocess.run(["readelf", "--dyn-syms", "-W", library], capture_output=True, text=True, check=True).stdout
    return sorted("%s %s" % (version, name) for name, version in re.findall(r" DEFAULT +\d+ (nputwin_\w+)@@(\w+)", told)), told


def main():
    symbols, told = exported(sys.argv[1])
    defined = [line for line in told.splitlines() if re.search(r" (GLOBAL|WEAK|UNIQUE) +DEFAULT +\d+ ", line) and " ABS " not in line]
    with open(os.path.join(HERE, "exported_symbols.txt")) as f:
        recorded = sorted(f.read().splitlines())
    for symbol in sorted(set(recorded) ^ set(symbols)):
        print("%s: %s" % ("is no longer exported" if symbol in recorded else "is exported and not in exported_symbols.txt", symbol))
    others = [line for line in defined if "nputwin_" not in line and not line.endswith(tuple(s.split()[0] for s in recorded))]
    for line in others:
        print("is exported, too: " + line)
    print("%d symbols" % len(symbols))
    sys.exit(symbols != recorded or bool(others))


if __name__ == "__main__":
    main()
