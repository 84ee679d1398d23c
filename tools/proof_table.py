#!/usr/bin/env python3
"""Every model of the shared corpus, what is proven of four CPUs against the chip: docs/arithmetic/proofs.md.

  proof_table.py NPUTWIN MODELS [--write | --check]     prints the table, puts it into the page, or fails if it is another

The seconds are left out of the comparison of --check: they are another machine's.
"""
import json
import re
import subprocess
import time

import pages

CHIP = "vip-v8"
CPUS = ("tflite-2.9.1-arm64", "tflite-2.14-arm64-ruy", "litert-2.1-arm64", "litert-2.3-x86")
WORDS = {"sums": "sums", "pairs": "pairs", "codes": "codes", "search": "found by search"}


def short(count):
    return "%.3g million" % (count / 1e6) if count >= 1e6 else "{:,}".format(count)


def prove(tool, path, cpu):
    start = time.monotonic()
    done = subprocess.run([tool, "prove", path, "--for", "%s,%s" % (cpu, CHIP), "--format", "json"], capture_output=True, text=True)
    if done.returncode > 1:
        return None, re.sub(r"^nputwin: \S+\.tflite: ", "", done.stderr.strip()).split("; ")[0].replace("|", "/"), 0
    return json.loads(done.stdout)["pairs"][0], "", time.monotonic() - start


def cells(tool, path):
    found, seconds = [], []
    for cpu in CPUS:
        proof, failure, took = prove(tool, path, cpu)
        if proof is None:
            return [failure] + [""] * len(CPUS)
        differing = {by: sum(op["differing"] for op in proof["ops"] if op["by"] == by) for by in WORDS}
        text = "%d of %d" % (proof["ops_equal"], len(proof["ops"]))
        if proof["ops_open"]:
            text += ", %d open" % proof["ops_open"]
        kinds = ["%s %s" % (short(n), WORDS[by]) for by, n in differing.items() if n]
        found.append("; ".join([text] + [", ".join(kinds)] if kinds else [text]))
        seconds.append(took)
    return found + ["%.1f" % sorted(seconds)[-1]]


def without_seconds(text):
    return re.sub(r"\| [0-9.]+ \|$", "|", text, flags=re.M)


pages.table_of_models("docs/arithmetic/proofs.md", ["| model | %s | longest, s |" % " | ".join(CPUS), "|---|" + "---|" * len(CPUS) + "---:|"],
                      cells, without_seconds)
