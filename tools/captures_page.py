"""Writes the list of formats of captured tensors in docs/captures.md, from src/sides/captures/formats.inc."""
import os
import re

import pages

PAGES = ["docs/captures.md"]


def formats():
    with open(os.path.join(pages.ROOT, "src", "sides", "captures", "formats.inc"), encoding="utf-8") as f:
        found = re.findall(r'^NPUTWIN_CAPTURE_FORMAT\(\w+, "([^"]+)", "([^"]+)"\)$', f.read(), re.M)
    return pages.table(["`--a` or `--b`", "what it is"], [["`%s`" % looks, what] for looks, what in found])


def kinds_of(_):
    return {"formats": formats}
