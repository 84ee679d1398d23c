#!/usr/bin/env python3
"""The map of versions: which profile computes what the wheels that people install compute.

  python3 -m version_map [--only NAME,...] [--architecture A] [--keep] ORACLE_DIR TOOLS_DIR MODELS_DIR WHEELS_DIR OUT.json

Installs each wheel in a folder of WHEELS_DIR, runs the directed models and some of MODELS_DIR in each of its modes, compares every op's
output with every built-in profile of a runtime of that architecture, and writes what came of it to OUT.json. `./dev oracle --versions`
runs it by hand; some wheels are large, and each is removed when it was measured (--keep: it stays). --only: these wheels alone; what
OUT.json says of others stays. OUT.json is docs/arithmetic/runtimes.json.
"""
import argparse
import functools
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(HERE, "..", "..", "support")]
from tool import run


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", default="", help="wheels by name: tflite-runtime-2.11.0, tflite-runtime-2.11.0-arm64")
    p.add_argument("--architecture", default="", help="x86 or arm64 alone")
    p.add_argument("--keep", action="store_true", help="leave the wheels where they are installed")
    for position in ("oracles", "tools", "models", "wheels", "out"):
        p.add_argument(position)
    return p.parse_args()


arguments = parse_arguments()
sys.path.insert(0, os.path.abspath(arguments.tools))
from version_map.measure import MODES, Twins, answers, cases, compare
from version_map.wheels import WHEELS, install, name_of, remove


@functools.cache
def the_map():
    """{(package, version, architecture, mode): profile}, what src/sides/runtimes.inc says by now."""
    rows = json.loads(run("profiles", "--runtimes", "--format", "json")[1])
    return {(r["package"], r["version"], r["architecture"], r["mode"]): r["profile"] for r in rows}


def profiles_of(architecture):
    """Built-in profiles of runtimes of that architecture, and what the map names by now."""
    names = [p["name"] for p in json.loads(run("profiles", "--format", "json")[1])]
    names += sorted({p for p in the_map().values() if "{" in p})
    return [n for n in names if n.startswith(("tflite-", "tensorflow-", "litert-")) and ("-" + architecture) in n]


def rank(found, mode, named):
    """The nearest first: fewest tensors that differ, fewest refusals that are not shared, what the map names, the same mode."""
    refused = sum(len(r) for r in found["refused_by"].values())
    name = found["profile"].split("{")[0]
    of_mode = name.endswith("-" + mode) if mode != "default" else not name.endswith(("-builtin", "-ref", "-ruy"))
    return found["different"], refused, found["profile"] != named, not of_mode


def measure(wheel, all_cases, twins):
    python = install(wheel, arguments.wheels, arguments.oracles)
    real = answers(python, all_cases, 3600)
    modes = {}
    for mode in MODES:
        named = the_map().get((wheel.package.replace("-", "_"), wheel.version, wheel.architecture, mode))
        found = sorted((compare(real, mode, p, twins) for p in profiles_of(wheel.architecture)), key=lambda f: rank(f, mode, named))
        modes[mode] = found[0]
        best = modes[mode]
        print("%s %s: %s, %d models, %d tensors, %d different, %s" % (name_of(wheel), mode, best["profile"], best["models"], best["tensors"],
                                                                      best["different"], best["ops"] or "equal"), flush=True)
    if not arguments.keep:
        remove(wheel, arguments.wheels)
    return {"package": wheel.package, "version": wheel.version, "architecture": wheel.architecture, "modes": modes}


def write(measured):
    order = {name_of(w): k for k, w in enumerate(WHEELS)}
    with open(arguments.out + ".part", "w") as f:
        json.dump({n: measured[n] for n in sorted(measured, key=order.get)}, f, indent=1)
        f.write("\n")
    os.replace(arguments.out + ".part", arguments.out)


def main():
    measured = {}
    if os.path.exists(arguments.out):
        with open(arguments.out) as f:
            measured = json.load(f)
    names = arguments.only.split(",") if arguments.only else [name_of(w) for w in WHEELS]
    chosen = [w for w in WHEELS if name_of(w) in names and arguments.architecture in ("", w.architecture)]
    if not chosen:
        sys.exit("no wheel %s; there are %s" % (arguments.only, " ".join(name_of(w) for w in WHEELS)))
    with tempfile.TemporaryDirectory() as folder:
        all_cases, twins = cases(folder, arguments.models), Twins()
        for wheel in chosen:
            measured[name_of(wheel)] = measure(wheel, all_cases, twins)
            write(measured)


main()
