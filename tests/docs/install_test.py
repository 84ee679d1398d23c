#!/usr/bin/env python3
"""Installs the build with its man pages, completions and documents; builds the examples against it with find_package(nputwin), runs it; and runs `./dev demo`'s comparison.

  install_test.py BUILD_DIR SOURCE_DIR
"""
import glob
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
    nputwin = os.path.join(prefix, "bin", "nputwin")
    step(nputwin, "profiles")
    for file in ("man/man1/nputwin.1", "man/man1/nputwin-diff.1", "bash-completion/completions/nputwin", "zsh/site-functions/_nputwin",
                 "fish/vendor_completions.d/nputwin.fish", "doc/nputwin/LICENSE", "doc/nputwin/docs/captures.md"):
        assert os.path.getsize(os.path.join(prefix, "share", file)) > 0, file
    # What is installed depends on nothing of the build's folder.
    for folder_of, _, names in os.walk(os.path.join(prefix, "share")):
        for name in names:
            with open(os.path.join(folder_of, name), "rb") as f:
                assert os.path.realpath(build).encode() not in f.read(), name
    drawn = subprocess.run([nputwin, "report", model, "--a", "vip-v7", "--b", "vip-v8", "-i", "noise:1", "--format", "svg", "-o", os.path.join(folder, "svg")],
                           capture_output=True, text=True, env=dict(os.environ, PATH="/nonexistent"))
    assert drawn.returncode == 2 and "python3" in drawn.stderr and "plots/bin" not in drawn.stderr, drawn.stderr
    # Called by its name alone, it suggests commands by its name alone.
    pair = [model, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "--input", "noise:1"]
    found = subprocess.run(["nputwin", "diff", *pair], capture_output=True, text=True, env=dict(os.environ, PATH=os.path.dirname(nputwin) + ":" + os.environ["PATH"]))
    assert found.stdout.splitlines()[-1].startswith("nputwin explain "), found.stdout
    # The library is what is installed; whoever links it needs nothing else.
    for name in ("embed_distance", "sums_in_c"):
        built = os.path.join(example, name)
        step("cmake", "-G", "Ninja", "-S", os.path.join(source, "examples", name), "-B", built, "-DCMAKE_PREFIX_PATH=" + prefix)
        step("cmake", "--build", built)
    sums = os.path.join(example, "sums_in_c", "sums_in_c")
    assert step(sums, model, "vip-v8", "0").count(" -> ") == 4
    refused = subprocess.run([sums, model, "vip-v8", "20"], capture_output=True, text=True)
    assert (refused.returncode, refused.stderr) == (2, "op 20: expected an index below 20\n"), refused.stderr
    program = os.path.join(example, "embed_distance", "embed_distance")
    apart = step(program, model, "tflite-2.9.1-arm64", "vip-v8")
    same = step(program, model, "vip-v8", "vip-v8")
    print(apart + same, end="")
    assert same.endswith("0.000000\n") and not apart.endswith("0.000000\n")
    assert subprocess.run([program, model, "nobody", "vip-v8"], capture_output=True).returncode == 2
    # A program that loads a runtime and the delegate by their paths; without a runtime it says so.
    host = os.path.join(folder, "delegate_host")
    step("cmake", "-G", "Ninja", "-S", os.path.join(source, "examples", "delegate_host"), "-B", host)
    step("cmake", "--build", host)
    delegate, = glob.glob(os.path.join(prefix, "lib*", "**", "libnputwin_delegate.so"), recursive=True)
    told = subprocess.run([os.path.join(host, "delegate_host"), "/nonexistent.so", delegate, model], capture_output=True, text=True)
    assert told.returncode == 2 and "/nonexistent.so" in told.stderr, told.stderr
