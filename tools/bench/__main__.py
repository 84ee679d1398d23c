#!/usr/bin/env python3
"""How fast nputwin is, beside LiteRT and beside itself, over the models of ../shared.

  ./dev bench [MODEL…] [OPTIONS]

Without an option that names a section: every model in turns with LiteRT's default (XNNPACK) and its built-in kernels, one thread
and one process each; medians of the rounds; above 1 nputwin is faster. The run is added to a history, and models whose ratio
has fallen since by more than the rounds' noise are named (exit code 1 then).
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import performance_page

from bench import costs, history
from bench.machine import Machine
from bench.speed import speed

SECTIONS = {"profiles": costs.profiles, "diff": costs.diff, "threads": costs.samples, "memory": costs.memory, "kernels": costs.kernels}


def parse_arguments():
    p = argparse.ArgumentParser(prog="./dev bench", usage="./dev bench [MODEL…] [OPTIONS]", description=__doc__.split("\n\n", 2)[2],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build", help=argparse.SUPPRESS)
    p.add_argument("corpus", help=argparse.SUPPRESS)
    p.add_argument("models", nargs="*", metavar="MODEL", help="of the corpus, or a .tflite file; else the whole corpus")
    p.add_argument("--isa", help="instruction sets for nputwin, with commas between; LiteRT cannot be told to use fewer. Default: the best")
    p.add_argument("--rounds", type=int, default=7, help="how often each side has its turn (7)")
    p.add_argument("--turn", type=float, default=0.05, help="seconds of a turn (0.05)")
    p.add_argument("--layers", action="store_true", help="with each layer's time in the JSON result")
    p.add_argument("--speed", action="store_true", help="the models beside LiteRT, with another section")
    p.add_argument("--profiles", nargs="?", const="default", metavar="A,B,…", help="profiles beside each other")
    p.add_argument("--diff", nargs="?", const="default", metavar="A,B", help="what a sample of a diff costs, in runs of A")
    p.add_argument("--threads", action="store_true", help="many samples on two threads and on one, by diff and run")
    p.add_argument("--samples", type=int, default=1000, help="how many (1000)")
    p.add_argument("--memory", action="store_true", help="peak memory and load + prepare beside LiteRT's")
    p.add_argument("--kernels", action="store_true", help="layers beside the machine's own peak")
    p.add_argument("--all", action="store_true", help="all of these")
    p.add_argument("--json", default="out/bench/bench.json", help="where the result goes (out/bench/bench.json); the plot stands beside it")
    p.add_argument("--history", default="out/bench/history.json", help="earlier runs (out/bench/history.json)")
    p.add_argument("--record", action="store_true", help="keep the sections that were measured in docs/performance.json, and write its page and picture")
    return p.parse_intermixed_args()


def main():
    options = parse_arguments()
    machine = Machine(options.build, options.corpus, sys.executable)
    wanted = [name for name in SECTIONS if options.all or getattr(options, name)]
    if options.all:
        options.profiles, options.diff = options.profiles or "default", options.diff or "default"
    result, slower = {}, False
    if options.speed or options.all or not wanted:
        result["speed"] = speed(machine, machine.models(options.models), options)
        slower = history.compare_and_add(options.history, result["speed"])
    for name in wanted:
        print("== " + name)
        names = options.models if name == "threads" else machine.models(options.models)
        result[name] = SECTIONS[name](machine, names, options)
    performance_page.write_json(options.json, result)
    if "speed" in result:
        with open(os.path.splitext(options.json)[0] + ".svg", "w", encoding="utf-8") as f:
            f.write(performance_page.picture(result["speed"]))
    if options.record:
        performance_page.record(result)
    print("the result is in " + options.json)
    sys.exit(1 if slower else 0)


main()
