"""Writes docs/performance.md and its picture from docs/performance.json, which `./dev bench --record` measures."""
import json
import math
import os

import pages
from picture import INK, Picture

PAGES = ["docs/performance.md"]
RECORD = os.path.join(pages.ROOT, "docs", "performance.json")
PICTURE = os.path.join(pages.ROOT, "docs", "pictures", "performance.svg")
COLOURS = ["#1d4ed8", "#c2410c", "#15803d", "#7e22ce"]


def rounded(value):
    """Numbers with four digits."""
    if isinstance(value, float):
        return float("%.4g" % value)
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def write_json(path, document):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(rounded(document), f, indent=1)
        f.write("\n")


def recorded():
    return pages.load_json("docs", "performance.json") if os.path.exists(RECORD) else {}


def record(result):
    """Keeps the measured sections in place of the recorded ones, and writes page and picture."""
    write_json(RECORD, recorded() | result)
    if "speed" in recorded():
        with open(PICTURE, "w", encoding="utf-8") as f:
            f.write(picture(recorded()["speed"]))
    for page in PAGES:
        pages.stale(os.path.join(pages.ROOT, page), kinds_of(None), check=False)


def counted(speed):
    """The models that count, the slowest first."""
    best = speed["isas"][0]
    rows = [(name, row) for name, row in speed["models"].items() if row["counted"]]
    return sorted(rows, key=lambda item: item[1]["twin"][best]["x_xnnpack"])


def picture(speed):
    """A bar for each model that counts and each instruction set: how many times as fast as XNNPACK; a dot: as the built-in kernels."""
    rows, isas = counted(speed), speed["isas"]
    rows = [(name, row["twin"]) for name, row in rows]
    values = [twin[key] for _, twins in rows for twin in twins.values() for key in ("x_xnnpack", "x_builtin")] or [1]
    lowest, highest = (max(-4, min(-1, math.floor(math.log2(min(values))))), min(4, max(1, math.ceil(math.log2(max(values))))))
    left, right, top, bar = 300, 740, 82, 9
    height = 8 + bar * len(isas)
    bottom = top + height * len(rows)
    x_of = lambda value: left + (right - left) * (min(max(math.log2(value), lowest), highest) - lowest) / (highest - lowest)  # what is beyond stands at the edge
    drawn = Picture(760, bottom + 40, "nputwin's speed beside LiteRT's, model by model")
    drawn.text(20, 24, "One thread, times as fast as LiteRT: bars against XNNPACK, circles against its built-in kernels", weight="bold")
    for k, isa in enumerate(isas):
        mean = speed["means"][isa]["x_xnnpack"]
        drawn.text(20 + 240 * k, 46, "%s%s" % (isa, ", geometric mean %.2f" % mean if mean else ""), fill=COLOURS[k % len(COLOURS)], weight="bold")
    for power in range(lowest, highest + 1):
        drawn.line(x_of(2.0 ** power), top - 6, x_of(2.0 ** power), bottom, INK if power == 0 else "#e5e7eb")
        for y in (top - 10, bottom + 18):
            drawn.text(x_of(2.0 ** power), y, "%g" % 2.0 ** power, "middle")
    for k, (name, twins) in enumerate(rows):
        y = top + height * k
        drawn.text(left - 8, y + height / 2 + 4, name, "end")
        for j, isa in enumerate(isas):
            if isa not in twins:
                continue
            ratio, at = twins[isa]["x_xnnpack"], y + 4 + bar * j
            drawn.add("rect", x=min(x_of(1), x_of(ratio)), y=at, width=abs(x_of(ratio) - x_of(1)), height=bar - 2, fill=COLOURS[j % len(COLOURS)])
            drawn.add("circle", cx=x_of(twins[isa]["x_builtin"]), cy=at + (bar - 2) / 2, r="2.5", fill="#ffffff", stroke=INK)
    return drawn.written()


def how(section, *more):
    """On what and when a section was measured."""
    words = ["%s (%s), nputwin on %s" % (section["processor"], " ".join(section["flags"]), section["isa"]),
             "commit %s" % section["commit"], section["date"], "load average at the start %g" % section["load"], *more]
    return "Measured on " + "; ".join(words) + "."


def speed_part(section):
    lines = [how(section, "medians of %d rounds, turns of %g s" % (section["rounds"], section["turn_seconds"]))]
    disturbed = sum(row["disturbed"] for row in section["models"].values())
    if disturbed:
        lines.append("Others had the processor in %d of the turns." % disturbed)
    if section["forced"]:
        lines.append("Instruction sets were forced in nputwin; LiteRT cannot be told to use fewer than the processor has.")
    for isa, mean in section["means"].items():
        if mean["models"]:
            lines.append("**%s: geometric mean %.2f × XNNPACK, %.2f × the built-in kernels, over %d models.** Below 1: %s."
                         % (isa, mean["x_xnnpack"], mean["x_builtin"], mean["models"], ", ".join(mean["below_1"]) or "none"))
    lines.append("![speed beside LiteRT](pictures/performance.svg)")
    head = ["model", "XNNPACK ms", "built-in ms"] + [title for isa in section["isas"] for title in (isa + " ms", "× XNNPACK", "noise", "× built-in")]
    rows = []
    short = [(name, row) for name, row in section["models"].items() if not row["counted"]]
    for name, row in counted(section) + short:
        cells = [name + ("" if row["counted"] else " (not counted)"), "%.4g" % row["xnnpack_ms"], "%.4g" % row["builtin_ms"]]
        for isa in section["isas"]:
            twin = row["twin"][isa]
            cells += ["%.4g" % twin["ms"], "%.2f" % twin["x_xnnpack"], "%.0f %%" % (100 * twin["noise_xnnpack"]), "%.2f" % twin["x_builtin"]]
        rows.append(cells)
    lines.append(pages.table(head, rows, set(head[1:])))
    if section["left_out"]:
        lines.append("Left out: " + "; ".join("%s (%s)" % item for item in section["left_out"].items()) + ".")
    return "\n\n".join(lines)


def profiles_part(section):
    rows = [[name, "%.3f" % mean["mean"], str(mean["models"]), "%.3f" % mean["worst"], mean["worst_model"]] for name, mean in section["means"].items()]
    return how(section, "medians of %d rounds" % section["rounds"]) + "\n\n" + pages.table(
        ["profile", "time of %s's" % section["base"], "models", "worst", "its model"], rows, {"time of %s's" % section["base"], "models", "worst"})


def diff_part(section):
    rows = [[name, "%.4g" % row["run_ms"], "%.1f" % row["runs_of_a"], "%.1f to %.1f" % (row["least"], row["most"])] for name, row in section["models"].items()]
    mean = "Geometric mean: **%.2f runs** of A, %s, against %s." % (section["mean"], section["a"], section["b"]) if section["mean"] else "No model."
    return "\n\n".join([how(section, "medians of %d rounds" % section["rounds"]), mean,
                        pages.table(["model", "a run of A, ms", "a sample of the diff, runs of A", "rounds"], rows, {"a run of A, ms", "a sample of the diff, runs of A"})])


def threads_part(section):
    rows = [[name, verb, "%.2f" % row["one_s"], "%.2f" % row["two_s"], "%.2f" % row["gain"]] for name, verbs in section["models"].items()
            for verb, row in verbs.items()]
    return how(section, "%d samples on %d cores" % (section["samples"], section["cores"])) + "\n\n" + pages.table(
        ["model", "verb", "one thread, s", "two, s", "gain"], rows, {"one thread, s", "two, s", "gain"})


def memory_part(section):
    rows = [[name, *("%.1f" % (row[side]["kilobytes"] / 1024) for side in ("twin", "xnnpack")), *("%.2f" % row[side]["prepare_ms"] for side in ("twin", "xnnpack"))]
            for name, row in section["models"].items()]
    head = ["model", "nputwin MB", "LiteRT MB", "nputwin ms", "LiteRT ms"]
    return how(section, "medians of %d fresh processes" % section["rounds"]) + "\n\n" + pages.table(head, rows, set(head[1:]))


def kernels_part(section):
    peaks = [[peak["instruction"], "%.0f" % peak["gmac_per_second"]] for peak in section["peaks"]]
    rows = [["%s%s" % (row["layer"], " *" if row["big"] else ""), row["isa"], row["form"], "%.1f" % row["microseconds"], "%.0f" % row["gmac_per_second"],
             "%.0f %%" % row["percent_of_peak"] if "percent_of_peak" in row else ""] for row in section["layers"]]
    return "\n\n".join([how(section, "best of %d rounds" % section["rounds"]), pages.table(["registers only", "GMAC/s"], peaks, {"GMAC/s"}),
                        pages.table(["layer (* big)", "on", "form", "µs", "GMAC/s", "of the peak"], rows, {"µs", "GMAC/s", "of the peak"})])


PARTS = {"speed": speed_part, "profiles": profiles_part, "diff": diff_part, "threads": threads_part, "memory": memory_part, "kernels": kernels_part}


def kinds_of(_):
    document = recorded()
    return {"performance": lambda section: PARTS[section](document[section]) if section in document else "Not recorded yet."}
