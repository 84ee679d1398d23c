#!/usr/bin/env python3
"""Draws what `nputwin report --format plots -o FOLDER` wrote: draw_plots.py FOLDER makes an SVG and a PNG of each .vl.json.

Needs the Python that a build made for the plot library: build/release/plots/bin/python.
"""
import glob
import os
import sys

import vl_convert


def main():
    found = sorted(glob.glob(os.path.join(sys.argv[1], "*.vl.json")))
    if not found:
        sys.exit("%s: there is no .vl.json in it" % sys.argv[1])
    for path in found:
        with open(path) as f:
            spec = f.read()
        base = path[:-len(".vl.json")]
        for ending, content in ((".svg", vl_convert.vegalite_to_svg(spec).encode()), (".png", vl_convert.vegalite_to_png(spec, scale=2))):
            with open(base + ending + ".part", "wb") as f:
                f.write(content)
            os.replace(base + ending + ".part", base + ending)
            print(base + ending)


main()
