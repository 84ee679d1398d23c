"""All models in turns with LiteRT's default and its built-in kernels, one thread each."""
import json
import math
import statistics
import subprocess

from . import sides as s
from .machine import TOO_SHORT

PROFILE = "litert-2.3-x86"
PEERS = {"xnnpack": "default", "builtin": "builtin"}


def geometric_mean(numbers):
    return math.exp(statistics.fmean(map(math.log, numbers))) if numbers else None


def layers_of(machine, model, isa):
    """By type of op: what `nputwin run --profile-layers` says."""
    done = subprocess.run([machine.tool, "run", model, "-p", PROFILE, "-i", "noise:1", "--isa", isa, "--profile-layers", "--quiet", "--format", "json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return None
    document = json.loads(done.stdout)
    return {"types": document["types"], "layers": [{key: layer[key] for key in ("op", "type", "shape", "milliseconds", "gmac_per_second")}
                                                   | {"form": layer["kernel"]["form"]} for layer in document["layers"]]}


def model_speed(machine, path, isas, options):
    """One model's row; raises SideError."""
    sides = {}
    try:
        for peer, mode in PEERS.items():
            sides[peer] = s.litert(machine, path, mode)
        for isa in isas:
            sides[isa] = s.twin(machine, path, PROFILE, isa)
        times = s.in_turns(sides, options.rounds, options.turn)
    finally:
        s.closing(sides)
    row = {peer + "_ms": statistics.median(times[peer]) * 1e3 for peer in PEERS}
    row["disturbed"] = sum(side.disturbed for side in sides.values())
    row["counted"] = statistics.median(times["xnnpack"]) >= TOO_SHORT
    row["twin"] = {}
    for isa in isas:
        twin = row["twin"][isa] = {"ms": statistics.median(times[isa]) * 1e3}
        for peer in PEERS:
            twin["x_" + peer], twin["noise_" + peer] = s.ratio(times[peer], times[isa])
        if options.layers:
            twin["layers"] = layers_of(machine, path, isa)
    return row


def means(models, isas):
    """{instruction set: what is said of all counted models}"""
    result = {}
    for isa in isas:
        rows = {name: row["twin"][isa] for name, row in models.items() if row["counted"] and isa in row["twin"]}
        result[isa] = {"models": len(rows), "x_xnnpack": geometric_mean([row["x_xnnpack"] for row in rows.values()]),
                       "x_builtin": geometric_mean([row["x_builtin"] for row in rows.values()]),
                       "below_1": sorted((name for name, row in rows.items() if row["x_xnnpack"] < 1), key=lambda name: rows[name]["x_xnnpack"])}
    return result


def speed(machine, names, options):
    isas = options.isa.split(",") if options.isa else machine.isas()[:1]
    heading = machine.heading(profile=PROFILE, rounds=options.rounds, turn_seconds=options.turn, isas=isas, forced=bool(options.isa))
    print("processor: %s: %s; nputwin on %s" % (heading["processor"], " ".join(heading["flags"]), ", ".join(isas)))
    if options.isa:
        print("LiteRT chooses its instructions by the processor: it cannot be told to use fewer")
    print("%-42s %9s  %s" % ("model", "xnnpack ms", "  ".join("%9s ms x builtin x xnnpack noise" % isa for isa in isas)))
    models, left_out = {}, {}
    for name in names:
        try:
            row = models[name] = model_speed(machine, machine.model(name), isas, options)
        except s.SideError as e:
            left_out[name] = str(e)
            continue
        cells = ["%12.4f %9.2f %9.2f %3.0f %%" % (twin["ms"], twin["x_builtin"], twin["x_xnnpack"], 100 * twin["noise_xnnpack"])
                 for twin in row["twin"].values()]
        print("%-42s %10.4f  %s%s" % (name, row["xnnpack_ms"], "  ".join(cells), "" if row["counted"] else "  not counted"), flush=True)
    result = {**heading, "models": models, "left_out": left_out, "means": means(models, isas)}
    print_means(result)
    return result


def print_means(result):
    for isa, mean in result["means"].items():
        if mean["models"] == 0:
            print("%s: no model of %g ms or more" % (isa, TOO_SHORT * 1e3))
            continue
        print("%s: geometric mean %.2f x xnnpack, %.2f x builtin, over the %d models that xnnpack runs in %g ms or more"
              % (isa, mean["x_xnnpack"], mean["x_builtin"], mean["models"], TOO_SHORT * 1e3))
        print("  below 1: %s" % (", ".join(mean["below_1"]) or "none"))
    disturbed = sum(row["disturbed"] for row in result["models"].values())
    if disturbed:
        print("others had the processor in %d turns, repeated ones too: measure on a quiet machine" % disturbed)
    for name, why in result["left_out"].items():
        print("left out: %s: %s" % (name, why))
