#!/usr/bin/env python3
"""Public models hardened for two sets of profiles: what is proven before and after, the price, what is left.

  harden_table.py NPUTWIN MODELS --record [--only NAME,…] [--sets B,E]    measures what docs/arithmetic/hardened.json lacks
  harden_table.py NPUTWIN MODELS --record --again …                       measures all of them anew; an op that is left and was not ends it
  harden_table.py NPUTWIN MODELS --page [--check]                         writes the page from it, or fails if it is another

Inputs are twenty: photographs for models that take pictures, else noise.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = os.path.join(ROOT, "docs", "arithmetic", "hardened.json")
RUNTIMES = os.path.join(ROOT, "docs", "arithmetic", "hardened_runtimes.json")
PAGE = os.path.join(ROOT, "docs", "arithmetic", "hardened.md")
SETS = {
    "B": ["vip-v8", "litert-2.1-arm64", "litert-2.3-x86", "vip-v7"],
    "E": ["vip-v8", "litert-2.1-arm64", "litert-2.3-x86", "tflite-2.14-arm64-ruy", "tflite-2.9.1-arm64"],
}
OLD_ADD = "vip-v8{add_method=real,sub_method=real}"
# What evidence leaves open of the chip (src/profile/open_parameters.inc), and fewer bits of M than it is taken to keep.
OPEN = ["ties=half_down", "ties=half_toward_zero", "ties=half_up", "zero_point_first=false", "scale=binary32_product", "scale=binary32_quotient_first",
        "scale=binary64", "add_method=eight_bit_weights", "add_method=real", "sub_method=real", "table_method=piecewise_linear",
        "multiplier_bits=20", "multiplier_bits=21", "multiplier_bits=22", "multiplier_bits=23"]
SAMPLES = 20
SECONDS = 1800


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)


def samples_of(tool, path, photos, folder):
    """--input for twenty samples."""
    about = json.loads(run(tool, "inspect", path, "--format", "json").stdout)
    inputs = [about["tensors"][t] for t in about["inputs"]]
    shape = inputs[0]["shape"]
    if len(inputs) == 1 and len(shape) == 4 and shape[3] in (1, 3) and min(shape[1:3]) >= 32:
        chosen = sorted(os.listdir(photos))[:SAMPLES]
        for name in chosen:
            target = os.path.join(folder, name)
            if not os.path.exists(target):
                os.symlink(os.path.abspath(os.path.join(photos, name)), target)
        return folder
    return "noise:1..%d" % SAMPLES


def differing(tool, path, profiles, source):
    """By profile: elements that differ from the first one by themselves. None: it cannot run."""
    done = run(tool, "nearest", path, "--to", profiles[0], "--among", ",".join(profiles[1:]), "-i", source, "--format", "json")
    if done.returncode not in (0, 1):
        return None
    return {p: b["isolated"]["mismatches"] for b in json.loads(done.stdout)["builds"] for p in b["profiles"]}


def total(found):
    return None if found is None else sum(found.values())


def measure(tool, path, profiles, photos):
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs")
        os.mkdir(inputs)
        target = os.path.join(folder, os.path.basename(path))
        source = samples_of(tool, path, photos, inputs)
        start = time.monotonic()
        done = run(tool, "harden", path, "-o", target, "--for", ",".join(profiles), "-i", source, "--format", "json")
        seconds = time.monotonic() - start
        if done.returncode not in (0, 1):
            return {"refused": re.sub(r"\S*/", "", done.stderr.strip().splitlines()[-1])[:300]}
        model = json.loads(done.stdout)["models"][0]
        price = model["price"]
        row = {
            "ops": model["size_after"]["ops"],
            "equal_before": min(p["before"]["equal"] for p in model["proofs"]),
            "equal_after": min(p["after"]["equal"] for p in model["proofs"]),
            "compared": model["proofs"][0]["after"]["ops"],
            "left": ["%d %s" % (op["op"], op["type"]) for op in model["left"]],
            "median_loss_db": price["median_loss_db"],
            "median_control_db": price["median_control_loss_db"],
            "no_numbers": re.sub(r"\S*/", "", price["no_numbers"]),
            "outputs": [{k: o[k] for k in ("loss_db", "control_loss_db", "to_file_db", "control_to_file_db", "cosine", "same_top")} for o in price["outputs"]],
            "gain": max([l["gain_most"] for l in model["layers"]] + [0]),
            "channels": {k: sum(l["channels"].get(k, 0) for l in model["layers"]) for k in ("as_it_was", "scale", "codes_follow", "re_rounded", "even_weights", "fewer_sides", "left")},
            "operands": [m["by"] for s in model["scales"] if s["type"] in ("ADD", "SUB") for m in s["moved"]],
            "lost_claims": (model["claimed"] or {}).get("lost", []),
            "inputs": "photographs" if source == inputs else "noise",
            "seconds": round(seconds, 1),
            "differing_before": total(differing(tool, path, profiles, source)),
            "differing_after": total(differing(tool, target, profiles, source)),
        }
        variants = ["vip-v8{%s}" % o for o in OPEN]
        found = differing(tool, target, ["vip-v8"] + variants, source)
        row["differing_open"] = found and {o: found.get(v) for o, v in zip(OPEN, variants) if found.get(v) != 0}
        old = run(tool, "prove", target, "--for", ",".join([OLD_ADD] + profiles[1:]), "--format", "json")
        if old.returncode in (0, 1):
            row["equal_old_add"] = min(p["ops_equal"] for p in json.loads(old.stdout)["pairs"])
        return row


def record(tool, models, only, sets, again):
    photos = os.path.join(models, "..", "images", "photos")
    document = json.load(open(RECORD)) if os.path.exists(RECORD) else {}
    names = [f[:-7] for f in os.listdir(models) if f.endswith(".tflite") and not f.startswith("op_")]
    for name in sorted(names, key=lambda n: os.path.getsize(os.path.join(models, n + ".tflite"))):  # the quick ones first
        if only and name not in only:
            continue
        for which in sets:
            before = document.get(name, {}).get(which)
            if before and not again:
                continue
            try:
                row = measure(tool, os.path.join(models, name + ".tflite"), SETS[which], photos)
            except subprocess.TimeoutExpired:
                row = {"refused": "not done in %d s" % SECONDS}
            worse = set(row.get("left", [])) - set(before.get("left", row.get("left", []))) if before else set()
            if worse or (before and "refused" in row and "refused" not in before):
                raise SystemExit("%s, set %s: %s, which the record does not have" % (name, which, row.get("refused") or "left: " + ", ".join(sorted(worse))))
            document.setdefault(name, {})[which] = row
            print(name, which, json.dumps(row)[:200], flush=True)
            with open(RECORD + ".part", "w") as f:
                json.dump(document, f, indent=1, sort_keys=True)
                f.write("\n")
            os.replace(RECORD + ".part", RECORD)


def short(count):
    return "-" if count is None else "%.3g M" % (count / 1e6) if count >= 1e6 else "{:,}".format(count)


def decibels(value, control):
    return "-" if value is None else "%.2f (%s)" % (value, "-" if control is None else "%.2f" % control)


def row_text(name, which, row):
    if "refused" in row:
        return "| %s | %s | %s | | | | | | |" % (name, which, row["refused"].split(": ", 1)[-1].split("; ")[0].replace("|", "/"))
    told = row["outputs"][0] if row["outputs"] else {}
    rounded = ["%d %s" % (row["channels"][k], word) for k, word in (("re_rounded", "re-rounded"), ("even_weights", "even"), ("fewer_sides", "not on all"), ("left", "left")) if row["channels"].get(k, 0)]
    return "| %s | %s | %d → %d of %d | %s | %s → %s | %s | %s | %s | %.0f |" % (
        name, which, row["equal_before"], row["equal_after"], row["compared"], ", ".join(row["left"]) or "-", short(row["differing_before"]),
        short(row["differing_after"]), decibels(row["median_loss_db"], row["median_control_db"]),
        decibels(told.get("loss_db"), told.get("control_loss_db")), ", ".join(rounded) or "-", row["seconds"])


def share(rows, meets):
    """How many rows meet a limit, and the models that do not."""
    missing = sorted(name for name, row in rows if not meets(row))
    return "%d of %d%s" % (len(rows) - len(missing), len(rows), " (not %s)" % ", ".join(missing) if missing else "")


def output_meets(row):
    losses = [(o["loss_db"], o["control_loss_db"]) for o in row["outputs"][:1] if o["loss_db"] is not None and o["control_loss_db"] is not None]
    return all(loss <= control + 0.5 for loss, control in losses) or (row["median_loss_db"] or 0) <= 0.15


def open_values(rows):
    """What the chip may do instead, on hardened files: the values with which something differs, and on how many models."""
    found = {}
    for _, row in rows:
        for value in row.get("differing_open") or {}:
            found[value] = found.get(value, 0) + 1
    return ", ".join("`%s` on %d" % (value, n) for value, n in sorted(found.items()))


def summary(document):
    lines = []
    for which, most in (("B", 0.1), ("E", 0.7)):
        rows = [(name, v[which]) for name, v in document.items() if which in v and "refused" not in v[which]]
        size = abs if which == "B" else float  # under B, a gain is a change, too
        if not rows:
            continue
        left = {}
        for _, r in rows:
            for op in r["left"]:
                left[op.split()[1]] = left.get(op.split()[1], 0) + 1
        count = lambda key: "{:,}".format(sum(r[key] for _, r in rows))
        lines += [
            "- Set %s: %d models; %s of %s ops proven equal on all profiles, %s before. Left: %s." % (
                which, len(rows), count("equal_after"), count("compared"), count("equal_before"), ", ".join("%d %s" % (n, op) for op, n in sorted(left.items())) or "nothing"),
            "  - %s at most %.1f dB: %s. Loss at the first output at most 0.5 dB more than the control's, or a median of at most 0.15 dB: %s." % (
                "|median loss|" if which == "B" else "Median loss", most,
                share(rows, lambda r: r["median_loss_db"] is None or size(r["median_loss_db"]) <= most), share(rows, output_meets)),
            "  - As equal with the chip's ADD and SUB as real sums: %s. No op that the delegate claimed is lost: %s." % (
                share(rows, lambda r: r.get("equal_old_add", r["equal_after"]) >= r["equal_after"]), share(rows, lambda r: not r["lost_claims"])),
            "  - Values that evidence leaves open of the chip, and 20 to 23 bits of M: %s." % (
                "with %s models some codes of hardened files differ, with all others none" % open_values(rows) if open_values(rows) else "with none a code of a hardened file differs"),
        ]
        if which == "B":
            lines.append("  - Channels that were not re-rounded count at most 0.5 %% more or less: %s." % share(rows, lambda r: r["gain"] <= 0.005))
    return "\n".join(lines)


def runtimes_text():
    """What tests/oracle/hardened.py recorded of real runtimes."""
    with open(RUNTIMES) as f:
        found = json.load(f)
    names = sorted({r["runtime"] for r in found.values() if "runtime" in r})
    models = {key.split()[0] for key in found}
    unlike = sorted(key for key, r in found.items() if not r.get("equal"))
    return "Recorded: %d runs of %d models, hardened for either set, in %s: %s." % (
        len(found), len(models), ", ".join(names), "every op's output is the profile's" if not unlike else "not equal: " + ", ".join(unlike))


def page_text():
    with open(RECORD) as f:
        document = json.load(f)
    rows = [row_text(name, which, document[name][which]) for name in sorted(document) for which in SETS if which in document[name]]
    head = ["| model | set | ops equal on all profiles | left | elements that differ | median loss, dB (control) | loss at the first output, dB (control) | channels | s |",
            "|---|---|---|---|---|---|---|---|---:|"]
    with open(PAGE) as f:
        text = f.read()
    for mark, body in (("summary", summary(document)), ("runtimes", runtimes_text()), ("table", "\n".join(head + rows))):
        text = re.sub(r"(<!--%s-->\n).*?(<!--/%s-->)" % (mark, mark), lambda m: m[1] + body + "\n" + m[2], text, flags=re.S)
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("models")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sets", default="B,E")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--check", action="store_true")
    a = parser.parse_args()
    if a.record:
        record(a.tool, a.models, [n for n in a.only.split(",") if n], a.sets.split(","), a.again)
    if a.page:
        text = page_text()
        with open(PAGE) as f:
            same = f.read() == text
        if a.check:
            print("the page is what the record says" if same else "stale: python3 tools/harden_table.py NPUTWIN MODELS --page")
            return 0 if same else 1
        with open(PAGE, "w") as f:
            f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
