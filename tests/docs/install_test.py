#!/usr/bin/env python3
"""Installs the build, builds the example against it with find_package(nputwin), runs it; and runs `./dev demo`'s comparison.

  install_test.py BUILD_DIR SOURCE_DIR
"""
import os
import subprocess
import sys
import tempfile

build, source = sys.argv[1:3]
model = os.path.join(source, "models", "digits_embed20_i8.tflite")


def step(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit("%s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    prefix, example = os.path.join(folder, "prefix"), os.path.join(folder, "example")
    step("cmake", "--install", build, "--prefix", prefix)
    step(os.path.join(prefix, "bin", "nputwin"), "profiles")
    step("cmake", "-G", "Ninja", "-S", os.path.join(source, "examples", "embed_distance"), "-B", example, "-DCMAKE_PREFIX_PATH=" + prefix)
    step("cmake", "--build", example)
    program = os.path.join(example, "embed_distance")
    apart = step(program, model, "tflite-2.9.1-arm64", "vip-v8")
    same = step(program, model, "vip-v8", "vip-v8")
    print(apart + same, end="")
    assert same.endswith("0.000000\n") and not apart.endswith("0.000000\n")
    assert subprocess.run([program, model, "nobody", "vip-v8"], capture_output=True).returncode == 2
