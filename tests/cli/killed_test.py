#!/usr/bin/env python3
"""Kills `run --output` at many moments: afterwards there is the whole file, the old one, or none, and nothing beside it."""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import NPUTWIN, model


def main():
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "o.npz")
        command = [NPUTWIN, "run", model("digits_embed20_i8"), "-p", "vip-v8", "-i", "noise:1", "--all", "-o", path, "--threads", "1"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        with open(path, "rb") as f:
            expected = f.read()
        killed = finished = 0
        attempts = 300 if whole < 0.1 else 60  # emulated, or under a sanitizer
        for attempt in range(attempts):
            old = attempt % 2 == 0
            if os.path.exists(path):
                os.remove(path)
            if old:
                with open(path, "wb") as f:
                    f.write(b"old")
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.2, 1.3) * whole)
            process.send_signal(rng.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)))
            killed += process.wait() != 0
            finished += process.returncode == 0
            content = None
            if os.path.exists(path):
                with open(path, "rb") as f:
                    content = f.read()
            allowed = (expected, b"old") if old else (expected, None)
            if content not in allowed:
                sys.exit("attempt %d: a file of %d bytes, expected %d or the one before" % (attempt, len(content or b""), len(expected)))
            beside = [name for name in os.listdir(folder) if name != "o.npz"]
            # Between naming the finished file and renaming it there is a moment in which its other name shows; it is whole.
            for name in beside:
                with zipfile.ZipFile(os.path.join(folder, name)) as z:
                    assert z.testzip() is None
                os.remove(os.path.join(folder, name))
        print("%d killed, %d finished first" % (killed, finished))
        if killed < attempts / 10:
            sys.exit("too few runs were caught in time for the test to mean something")


main()
