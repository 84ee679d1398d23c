#!/usr/bin/env python3
"""Holds what two builds of nputwin say against each other: keys and numbers must be equal, words may differ.

  compare_builds.py BEFORE AFTER [--quick] [--keep FOLDER] [--models FOLDER]...

For every profile its JSON, for every model `inspect`, and `diff` under six pairs of profiles: the corpus of ../shared where that is,
and the directed models. Prints each difference with the command that repeats it, then how many comparisons were equal. Exit code 1
where a key or a number differs.
"""
import argparse
import concurrent.futures
import glob
import gzip
import hashlib
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAIRS = [("tflite-2.9.1-arm64", "vip-v8"), ("tflite-2.14-x86", "litert-2.3-x86"), ("litert-2.1-arm64-builtin", "vip-v7"),
         ("tflite-2.9.1-x86-ref", "tflite-2.9.1-arm64-builtin"), ("litert-2.3-x86", "vx(vip-v8)+tflite-2.9.1-arm64"),
         ("tflite-micro", "cmsis-nn-double")]


def answer(tool, arguments):
    run = subprocess.run([tool, *arguments], cwd=ROOT, capture_output=True, text=True)
    return [run.returncode, json.loads(run.stdout) if run.returncode in (0, 1) else None]


def kept_answer(tool, arguments, folder):
    """The same, from `folder` where an earlier run left it there."""
    if folder is None:
        return answer(tool, arguments)
    path = os.path.join(folder, hashlib.sha256(" ".join(arguments).encode()).hexdigest()[:16] + ".json.gz")
    if not os.path.exists(path):
        with gzip.open(path + ".new", "wt", compresslevel=1) as f:
            json.dump(answer(tool, arguments), f)
        os.rename(path + ".new", path)
    with gzip.open(path, "rt") as f:
        return json.load(f)


def differences(a, b, path=""):
    """(where, why) of keys and numbers that differ; words are counted by the caller."""
    if isinstance(a, dict) and isinstance(b, dict):
        if list(a) != list(b):
            yield path, "keys %s and %s" % (list(a), list(b))
        for key in a.keys() & b.keys():
            yield from differences(a[key], b[key], "%s.%s" % (path, key))
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield path, "%d and %d entries" % (len(a), len(b))
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, "%s[%d]" % (path, i))
    elif isinstance(a, str) and isinstance(b, str):
        return
    elif a != b or type(a) is not type(b):
        yield path, "%r and %r" % (a, b)


def compare(args, arguments):
    (code_a, a), (code_b, b) = kept_answer(args.before, arguments, args.keep), answer(args.after, arguments)
    found = list(differences(a, b))
    if code_a != code_b:
        found.insert(0, ("exit code", "%d and %d" % (code_a, code_b)))
    return arguments, found, code_a, a != b


def comparisons(models):
    yield ["profiles", "--format", "json"]
    for number, model in enumerate(models):
        for a, b in PAIRS:
            yield ["diff", model, "--a", a, "--b", b, "--input", "noise:1", "--format", "json"]
        yield ["inspect", model, "--profile", PAIRS[number % len(PAIRS)][1], "--format", "json"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--quick", action="store_true", help="every 12th comparison")
    parser.add_argument("--keep", help="where BEFORE's answers are kept for the next comparison")
    parser.add_argument("--models", action="append", help="a folder of .tflite files instead of the corpus and the directed models")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    args.before, args.after = os.path.abspath(args.before), os.path.abspath(args.after)
    folders = args.models or ["../shared/corpus/models", "tests/vectors/directed"]
    models = [m for folder in folders for m in sorted(glob.glob(os.path.join(folder, "*.tflite"), root_dir=ROOT))]
    if args.keep:
        os.makedirs(args.keep, exist_ok=True)
    work = list(comparisons(models))
    work = work[::12] if args.quick else work
    equal, refused, words, bad = 0, 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for arguments, found, code, reworded in pool.map(lambda a: compare(args, a), work):
            if found:
                bad += 1
                print("%s %s" % (args.after, " ".join(arguments)))
                for where, why in found[:5]:
                    print("  %s: %s" % (where, why))
            elif code == 2:
                refused += 1
            else:
                equal += 1
                words += reworded
    print("%d comparisons: %d equal in keys and numbers (%d of them in other words), %d refused by both, %d differ"
          % (len(work), equal, words, refused, bad))
    sys.exit(1 if bad or not equal else 0)


main()
