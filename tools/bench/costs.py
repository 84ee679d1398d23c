"""What else is promised: profiles beside each other, diff in runs of A, samples on several threads, memory and start, layers beside the peak."""
import json
import os
import statistics
import subprocess
import tempfile
import time

from . import sides as s
from .machine import TOO_SHORT
from .speed import PROFILE, geometric_mean

# One for each way in which sums become codes.
PROFILES = ["litert-2.3-x86", "litert-2.3-x86-builtin", "litert-2.3-x86-ref", "litert-2.1-arm64", "tflite-2.9.1-arm64", "tflite-2.14-arm64",
            "tflite-2.14-arm64-ruy", "tflite-2.14-x86-ruy", "vip-v8", "vip-v7", "ethos-u", "rk3588-rocket", "nvdla", "tflite-micro",
            "cmsis-nn-double", "cmsis-nn-single", "tosa-1.0-double"]
PAIR = ["tflite-2.9.1-arm64", "vip-v8"]
SAMPLED = ["cls_mlperf_tiny_resnet8_i8", "kws_arm_dscnn_l_i8"]  # a thousand samples take seconds


def started(machine, path, profiles, isa):
    """({profile: side}, {profile: why it cannot run the model})"""
    sides, refused = {}, {}
    for profile in profiles:
        try:
            sides[profile] = s.twin(machine, path, profile, isa)
        except s.SideError as e:
            refused[profile] = str(e)
    return sides, refused


def profiles(machine, names, options):
    """Each profile's time in times of the first one's, in turns."""
    wanted = PROFILES if options.profiles == "default" else options.profiles.split(",")
    isa = options.isa or "auto"
    result = machine.heading(rounds=options.rounds, asked=isa, base=wanted[0], models={}, means={})
    for name in names:
        sides, _ = started(machine, machine.model(name), wanted, isa)
        try:
            if wanted[0] not in sides or sides[wanted[0]].seconds(3) < TOO_SHORT:
                continue
            times = s.in_turns(sides, options.rounds, options.turn)
        except s.SideError as e:
            print("left out: %s: %s" % (name, e))
            continue
        finally:
            s.closing(sides)
        row = result["models"][name] = {profile: s.ratio(times[profile], times[wanted[0]]) for profile in times}
        slowest = max(row, key=lambda profile: row[profile][0])
        print("%-42s slowest %.3f (%s), fastest %.3f" % (name, row[slowest][0], slowest, min(r for r, _ in row.values())), flush=True)
    for profile in wanted:
        ratios = {name: row[profile][0] for name, row in result["models"].items() if profile in row}
        if not ratios:
            continue
        worst = max(ratios, key=ratios.get)
        mean = result["means"][profile] = {"models": len(ratios), "mean": geometric_mean(list(ratios.values())), "worst": ratios[worst], "worst_model": worst}
        print("%-26s %.3f of %s over %2d models; worst %.3f, %s" % (profile, mean["mean"], wanted[0], mean["models"], mean["worst"], worst))
    return result


def seconds_of(command):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    spent = time.perf_counter() - start
    if done.returncode > 1:
        raise s.SideError((done.stderr.strip().splitlines() or ["exit code %d" % done.returncode])[-1][:200])
    return spent


def diff_command(machine, path, pair, samples, threads, isa):
    return [machine.tool, "diff", path, "--a", pair[0], "--b", pair[1], "-i", "noise:1..%d" % samples, "--threads", str(threads), "--isa", isa, "--quiet",
            "--format", "json"]


def diff(machine, names, options):
    """A sample of a diff in runs of A: by the difference of two lengths, so that the start does not count."""
    pair, isa = options.diff.split(",") if options.diff != "default" else PAIR, options.isa or "auto"
    result = machine.heading(rounds=options.rounds, a=pair[0], b=pair[1], asked=isa, models={})
    for name in names:
        path, sides = machine.model(name), {}
        try:
            sides = {"a": s.twin(machine, path, pair[0], isa)}
            run = sides["a"].seconds(3)
            if run < TOO_SHORT:
                continue
            few = 1
            many = few + max(2, int(options.turn / run))  # as long as ten turns, where a sample costs ten runs
            rounds = []
            for _ in range(options.rounds):
                longer, shorter = (seconds_of(diff_command(machine, path, pair, count, 1, isa)) for count in (many, few))
                rounds.append((longer - shorter) / (many - few) / sides["a"].seconds(max(1, int(options.turn / run))))
        except s.SideError as e:
            print("left out: %s: %s" % (name, e))
            continue
        finally:
            s.closing(sides)
        result["models"][name] = {"run_ms": run * 1e3, "runs_of_a": statistics.median(rounds), "least": min(rounds), "most": max(rounds)}
        print("%-42s %5.1f runs of A (%.1f to %.1f), A %.3f ms" % (name, statistics.median(rounds), min(rounds), max(rounds), run * 1e3), flush=True)
    result["mean"] = geometric_mean([row["runs_of_a"] for row in result["models"].values()])
    if result["models"]:
        print("geometric mean %.2f runs of %s over %d models" % (result["mean"], pair[0], len(result["models"])))
    return result


def samples(machine, names, options):
    """Many samples on one thread and on two, in turns, as whole commands."""
    isa = options.isa or "auto"
    result = machine.heading(rounds=options.rounds, samples=options.samples, asked=isa, cores=os.cpu_count(), models={})
    for name in names or SAMPLED:
        path = machine.model(name)
        commands = {"diff": lambda threads: diff_command(machine, path, PAIR, options.samples, threads, isa),
                    "run": lambda threads: [machine.tool, "run", path, "-p", PAIR[0], "-i", "noise:1..%d" % options.samples, "--threads", str(threads),
                                            "--isa", isa, "--quiet"]}
        for verb, command in commands.items():
            times = {1: [], 2: []}
            for k in range(options.rounds):
                for threads in (1, 2) if k % 2 else (2, 1):
                    times[threads].append(seconds_of(command(threads)))
            gain, noise = s.ratio(times[1], times[2])
            result["models"].setdefault(name, {})[verb] = {"one_s": statistics.median(times[1]), "two_s": statistics.median(times[2]), "gain": gain, "noise": noise}
            print("%-42s %-5s %d samples: %.2f s, on two threads %.2f s: %.2f x" % (name, verb, options.samples, *(statistics.median(times[n]) for n in (1, 2)), gain),
                  flush=True)
    return result


def memory(machine, names, options):
    """Peak memory and load + prepare beside LiteRT's default: fresh processes, in turns."""
    starts = {"xnnpack": lambda path: s.litert(machine, path, "default"), "twin": lambda path: s.twin(machine, path, PROFILE, options.isa or "auto")}
    result = machine.heading(rounds=options.rounds, models={})
    for name in names:
        found = {side: [] for side in starts}
        try:
            for _ in range(options.rounds):
                for side, start in starts.items():
                    process = start(machine.model(name))
                    try:
                        found[side].append((process.kilobytes(), process.prepared * 1e3))
                    finally:
                        process.close()
        except s.SideError as e:
            print("left out: %s: %s" % (name, e))
            continue
        row = result["models"][name] = {side: {"kilobytes": statistics.median(k for k, _ in values), "prepare_ms": statistics.median(ms for _, ms in values)}
                                        for side, values in found.items()}
        print("%-42s memory %8d kB, xnnpack %8d kB; load + prepare %8.2f ms, xnnpack %8.2f ms"
              % (name, row["twin"]["kilobytes"], row["xnnpack"]["kilobytes"], row["twin"]["prepare_ms"], row["xnnpack"]["prepare_ms"]), flush=True)
    for key in ("kilobytes", "prepare_ms"):
        above = [name for name, row in result["models"].items() if row["twin"][key] > row["xnnpack"][key]]
        print("more %s than xnnpack: %s" % (key, ", ".join(above) or "none"))
    return result


def kernels(machine, _, options):
    """Layers beside the machine's own peak."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kernels.json")
        subprocess.run([machine.kernel_bench, "--json", path, "--rounds", str(options.rounds), *(["--isa", options.isa] if options.isa else [])], check=True)
        with open(path, encoding="utf-8") as f:
            return machine.heading(**json.load(f))
