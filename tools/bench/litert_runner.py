#!/usr/bin/env python3
"""The other side of tools/bench: LiteRT, asked as bench/model_runner.cc is.

  litert_runner.py MODEL default|builtin THREADS      (with a Python that has ai_edge_litert and numpy)
"""
import sys
import time

import ai_edge_litert.interpreter as litert
import numpy as np

RESOLVERS = {"default": litert.OpResolverType.AUTO, "builtin": litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}


def peak_kilobytes():
    """As model_runner's."""
    with open("/proc/self/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))


def values_for(detail, random):
    """Of any code, or between -1 and 1; zeros for what may be indices."""
    dtype, shape = detail["dtype"], detail["shape"]
    if dtype in (np.int8, np.uint8, np.int16):
        limits = np.iinfo(dtype)
        return random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    return random.uniform(-1, 1, shape).astype(dtype) if dtype == np.float32 else np.zeros(shape, dtype)


def main():
    model, mode, threads = sys.argv[1:]
    before = peak_kilobytes()
    start = time.perf_counter_ns()
    interpreter = litert.Interpreter(model, num_threads=int(threads), experimental_op_resolver_type=RESOLVERS[mode])
    interpreter.allocate_tensors()
    prepared = time.perf_counter_ns() - start
    random = np.random.default_rng(1)
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], values_for(detail, random))
    interpreter.invoke()
    print(prepared, flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            print(before, peak_kilobytes(), flush=True)
            continue
        count, invoke = int(line), interpreter.invoke
        start, worked = time.perf_counter_ns(), time.process_time_ns()
        for _ in range(count):
            invoke()
        print(time.perf_counter_ns() - start, time.process_time_ns() - worked, flush=True)


main()
