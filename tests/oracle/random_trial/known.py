"""Disagreements with a known cause: known.json, which can only shrink.

An entry has "cause"; "labels", patterns of "OP type"; "targets", patterns of RUNTIME/MODE (left out: all); "what"; and, of numbers,
"within": how far one may be off, relative to itself or to "least", whichever is larger; of a refusal, "why": a regular expression; "empty": a graph output has no elements.
"""
import fnmatch
import json
import os
import re

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known.json"), encoding="utf-8") as _f:
    KNOWN = json.load(_f)


def explains(entry, target, answer):
    if entry["what"] != answer.what or not any(fnmatch.fnmatch(answer.label, p) for p in entry["labels"]):
        return False
    if not any(fnmatch.fnmatch(target, p) for p in entry.get("targets", ["*"])):
        return False
    if entry.get("empty", False) and not answer.empty:
        return False
    if "why" in entry and not re.search(entry["why"], answer.why):
        return False
    return "within" not in entry or bool(answer.errors) and all(
        off <= entry["within"] * max(size, entry.get("least", 0)) for off, size in answer.errors)


def cause_of(target, answer):
    """The number of the entry that explains it, or None."""
    return next((k for k, entry in enumerate(KNOWN) if explains(entry, target, answer)), None)
