"""Writes the map of versions, docs/arithmetic/runtimes.md, from docs/arithmetic/runtimes.json, which tests/oracle/version_map records.

A row of src/sides/runtimes.inc that says something else than was recorded is a problem.
"""
import collections
import re

import pages

# Compared with the golden hashes of ../shared alone.
ELSEWHERE = {("ai_edge_litert", "2.1.0", "arm64"), ("tflite_runtime", "2.9.1", "arm64"), ("tflite_runtime", "2.14.0", "arm64")}


def recorded():
    """{(package, version, architecture, mode): what came of it}"""
    return {(wheel["package"].replace("-", "_"), wheel["version"], wheel["architecture"], mode): found
            for wheel in pages.load_json("docs", "arithmetic", "runtimes.json").values() for mode, found in wheel["modes"].items()}


def link(profile):
    return "[%s](profiles/%s.md)" % (profile, profile.split("{")[0])


def nearness(found):
    return "measured" if found["different"] == 0 else "nearest"


def versions():
    rows = [[*key, link(f["profile"]), nearness(f), pages.number(f["models"]), pages.number(f["tensors"]), pages.number(f["elements"]), pages.number(f["different"]),
             pages.number(f["excepted"])] for key, f in recorded().items()]
    counts = ["models", "tensors", "elements", "differ", "listed"]
    return pages.table(["package", "version", "processor", "mode", "profile", "how near", *counts], rows, counts)


def name(key):
    return "%s %s %s %s" % key


def differences():
    lines = ["- %s: %s" % (name(key), "; ".join("%s in %d tensor%s of %s" % (op, d["tensors"], "s" * (d["tensors"] > 1), ", ".join(d["models"]))
                                               for op, d in f["ops"].items())) for key, f in recorded().items() if f["ops"]]
    return "\n".join(lines) or "Nothing."


def shortened(reason):
    """The first sentence, without the folder that it was built in."""
    first = re.split(r"Node number|An older version|Restored original|Tensor \d+ has|Failed to apply", reason)[0]
    return re.sub(r"^/?(?:tensorflow/)*(?:tensorflow/lite|tflite)/(kernels/\S+?)(?::\d+)?(?= )", r"\1", first).strip()


def refusals(side):
    """Of `side` alone: models and reasons, with the versions that say so."""
    said = collections.defaultdict(set)
    for (package, version, architecture, mode), found in recorded().items():
        for model, reason in found["refused_by"][side].items():
            said[model, shortened(reason)].add("%s %s%s" % (package, version, " arm64" if architecture == "arm64" else ""))
    rows = [[model, reason.replace("|", "\\|"), ", ".join(sorted(who))] for (model, reason), who in sorted(said.items())]
    return pages.table(["model", "reason", "who"], rows) if rows else "None."


def problems(tool):
    """What the tool's table says beside what was recorded."""
    told = {(r["package"], r["version"], r["architecture"], r["mode"]): (r["profile"], r["nearness"])
            for r in pages.ask_json(tool, "profiles", "--runtimes", "--format", "json") if (r["package"], r["version"], r["architecture"]) not in ELSEWHERE}
    found = {key: (f["profile"], nearness(f)) for key, f in recorded().items()}
    return ["src/sides/runtimes.inc says %s of %s, recorded was %s" % (told.get(key), name(key), found.get(key))
            for key in sorted(told.keys() | found.keys()) if told.get(key) != found.get(key)]


def kinds():
    return {"versions": versions, "differences": differences, "refusals": refusals}
