#!/usr/bin/env python3
"""Fails where a layer of src/ includes one that stands above it, or where a file passes 400 lines without a reason."""
import os
import re
import sys

LAYERS = ["base", "fixed", "tensor", "model", "io", "profile", "kernels", "ops", "session", "sides", "analysis", "report",
          "api"]
LIMIT = 400
# Longer files, each with its reason.
LONG = {}

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
problems = []
for folder, _, names in os.walk(os.path.join(root, "src")):
    for name in sorted(names):
        path = os.path.join(folder, name)
        shown = os.path.relpath(path, root)
        layer = shown.split(os.sep)[1]
        if layer not in LAYERS:
            problems.append("%s: '%s' is no layer" % (shown, layer))
            continue
        with open(path) as f:
            lines = f.readlines()
        if len(lines) > LIMIT and shown not in LONG:
            problems.append("%s: %d lines, at most %d" % (shown, len(lines), LIMIT))
        for number, line in enumerate(lines, 1):
            included = re.match(r'#include "([^"/]+)/', line)
            if included and included[1] in LAYERS and LAYERS.index(included[1]) > LAYERS.index(layer):
                problems.append("%s:%d: %s includes %s, which stands above it" % (shown, number, layer, included[1]))
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
