#!/usr/bin/env python3
"""Writes Vega, Vega-Lite and Vega-Embed as one script, from the vl_convert package that this Python has: vega_bundle.py OUT.js"""
import sys

import vl_convert

script = vl_convert.javascript_bundle()
# Inside a page the text would end the element it stands in.
script = script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
with open(sys.argv[1], "w") as f:
    f.write(script)
