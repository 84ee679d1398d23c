"""Draws Vega-Lite specifications with vl_convert: each picture goes beside its specification.

  draw_plots.py svg|png SPECIFICATION...
"""
import sys

try:
    import vl_convert
except ImportError:
    sys.exit("has no package vl_convert; pip install vl-convert-python")
kind = sys.argv[1]
for path in sys.argv[2:]:
    with open(path) as f:
        spec = f.read()
    if kind == "svg":
        picture = vl_convert.vegalite_to_svg(spec).encode()
    else:
        picture = vl_convert.vegalite_to_png(spec, scale=2)
    with open(path + "." + kind, "wb") as f:
        f.write(picture)
