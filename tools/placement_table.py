#!/usr/bin/env python3
"""Every model of the shared corpus as an application on an i.MX 8M Plus runs it, against two CPUs: docs/arithmetic/placement.md.

  placement_table.py NPUTWIN MODELS [--write | --check]     prints the table, puts it into the page, or fails if it is another
"""
import json
import re
import subprocess

import pages

PLACEMENT = "vx(vip-v8)+tflite-2.9.1-arm64"
LSTM = "vx(vip-v8{substitute.lstm=tflite-2.9.1-arm64})+tflite-2.9.1-arm64"  # the chip's LSTM is not known
CPUS = ("tflite-2.9.1-arm64", "litert-2.1-arm64")


def ask(tool, *arguments):
    done = subprocess.run([tool, *arguments, "--format", "json"], capture_output=True, text=True)
    told = done.returncode < 2 or (arguments[0] == "inspect" and done.stdout)  # inspect tells of what cannot run, too
    return (json.loads(done.stdout), "") if told else (None, done.stderr.strip())


def reason(message):
    """Without the file's name, tensors' long names and the advice."""
    return re.sub(r"'[^']{24,}'", "'…'", re.sub(r"^nputwin: \S+\.tflite: ", "", message)).split("; ")[0].replace("|", "/")


def row(tool, path, placement=PLACEMENT):
    about, failure = ask(tool, "inspect", path, "-p", placement)
    if about is None:
        return ["", "", reason(failure)]
    if placement != LSTM and any("does not define lstm" in op.get("unsupported", "") for op in about["ops"]):
        cells = row(tool, path, LSTM)
        return [cells[0] + ", LSTM borrowed"] + cells[1:]
    rules = [op.get("rule", {}) for op in about["ops"]]
    cells = ["%d of %d" % (sum(r.get("delegate") == "vx" for r in rules), len(rules))]
    for cpu in CPUS:
        diff, failure = ask(tool, "diff", path, "--a", cpu, "--b", placement, "-i", "noise:1", "--threads", "1")
        if diff is None:
            return cells + [reason(failure)] + [""] * (2 * len(CPUS) - 1)
        left_out = ["op %d %s" % (op["op"], op["type"]) for op in diff.get("not_run", {}).get("ops", []) if "why" in op]
        if left_out and len(cells) == 1:
            cells[0] += ", without " + ", ".join(left_out)
        layers = diff["layers"]
        alone = sum(l["isolated"]["mismatches"] > 0 for l in layers)
        ends = [l for l in layers if l["tensor"] in about["outputs"]]
        elements = sum(l["accumulated"]["elements"] for l in ends)
        wrong = sum(l["accumulated"]["mismatches"] for l in ends)
        cells += ["%.0f %%" % (100 * alone / max(len(layers), 1)), "%.2f %%" % (100 * wrong / elements) if elements else "-"]
    return cells


def padded_row(tool, path):
    cells = row(tool, path)
    return cells + [""] * (5 - len(cells))


pages.table_of_models(
    "docs/arithmetic/placement.md",
    ["| model | ops on the NPU | isolated layers that differ from %s | its outputs | from %s | its outputs |" % CPUS, "|---|---|---:|---:|---:|---:|"],
    padded_row)
