#!/usr/bin/env python3
"""Times nputwin against LiteRT, model by model, alternating in one run on one thread.

  bench.py RUNNER CORPUS_DIR [MODEL...]       (with a Python that has ai_edge_litert and numpy)

RUNNER is nputwin_model_runner. Each model is run in turns by both sides until each has had ROUNDS turns of about
TURN seconds; the medians are compared. Prints one line a model, LiteRT's time divided by nputwin's (above 1: nputwin is
faster), against LiteRT's built-in kernels and against what Interpreter(model) gives (XNNPACK), and the geometric means.
"""
import glob
import math
import os
import statistics
import subprocess
import sys
import time

import ai_edge_litert.interpreter as litert

ROUNDS, TURN = int(os.environ.get("ROUNDS", "7")), float(os.environ.get("TURN", "0.05"))
PEERS = {"builtin": (litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, "litert-2.3-x86-builtin"),
         "xnnpack": (litert.OpResolverType.AUTO, "litert-2.3-x86")}


class Peer:
    def __init__(self, model, resolver):
        self.interpreter = litert.Interpreter(model, num_threads=1, experimental_op_resolver_type=resolver)
        self.interpreter.allocate_tensors()
        self.interpreter.invoke()

    def seconds(self, count):
        start = time.perf_counter()
        for _ in range(count):
            self.interpreter.invoke()
        return (time.perf_counter() - start) / count


class Twin:
    def __init__(self, runner, model, profile):
        self.process = subprocess.Popen([runner, model, profile, os.environ.get("NPUTWIN_ISA", "auto"), "1"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def seconds(self, count):
        try:
            self.process.stdin.write("%d\n" % count)
            self.process.stdin.flush()
            return int(self.process.stdout.readline()) / 1e9 / count
        except (ValueError, BrokenPipeError):
            raise RuntimeError(self.process.stderr.read().strip().splitlines()[-1])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def ratio(runner, model, peer_name):
    resolver, profile = PEERS[peer_name]
    twin = Twin(runner, model, profile)
    try:
        twin.seconds(1)
        peer = Peer(model, resolver)
        sides = [peer, twin]
        counts = [max(1, int(TURN / max(side.seconds(1), 1e-7))) for side in sides]
        times = [[], []]
        for _ in range(ROUNDS):
            for k, side in enumerate(sides):
                times[k].append(side.seconds(counts[k]))
        return statistics.median(times[0]) / statistics.median(times[1]), statistics.median(times[1])
    finally:
        twin.close()


def main():
    runner, corpus = sys.argv[1:3]
    models = sys.argv[3:] or sorted(os.path.basename(p)[:-7] for p in glob.glob(os.path.join(corpus, "*.tflite")))
    with open("/proc/cpuinfo") as f:
        flags = next((line.split() for line in f if line.startswith("flags")), [])
    print("processor: " + " ".join(x for x in ("avx2", "avx512bw", "avx512_vnni", "avx_vnni") if x in flags))
    print("%-40s %10s %10s %12s" % ("model", "x builtin", "x xnnpack", "nputwin ms"))
    ratios, left_out = {name: [] for name in PEERS}, []
    for name in models:
        row, spent = [], 0
        try:
            for peer in PEERS:
                r, spent = ratio(runner, os.path.join(corpus, name + ".tflite"), peer)
                row.append(r)
        except Exception as e:
            left_out.append((name, str(e)[:120]))
            continue
        for peer, r in zip(PEERS, row):
            ratios[peer].append(r)
        print("%-40s %10.2f %10.2f %12.3f" % (name, row[0], row[1], spent * 1e3), flush=True)
    if not ratios["builtin"]:
        sys.exit("no model ran on both sides")
    print("%-40s %10.2f %10.2f   over %d models" % ("geometric mean", *(math.exp(statistics.fmean(map(math.log, ratios[p]))) for p in PEERS),
                                                   len(ratios["builtin"])))
    for name, why in left_out:
        print("left out: %s: %s" % (name, why))


main()
