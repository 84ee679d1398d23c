#!/usr/bin/env python3
"""A few hundred random models in LiteRT: in each mode no disagreement but those with a known cause. And the trial can fail: held
against a wrong profile it finds the op, makes the case small, and its own command shows it again.

The real runtime is .venv (which `./dev test` fills from PyPI) or .oracle; without either the test is skipped.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tool import ROOT, SHARED, SKIPPED, litert

MODELS = 75  # of each type
# Binary32 numbers depend on the machine's vector code; ./dev oracle --random tries them.
TYPES = ("i8", "u8", "i16", "i32")
MODES = {"xnnpack": "litert-2.3-x86", "builtin": "litert-2.3-x86-builtin", "ref": "litert-2.3-x86-ref"}


def trial(python, target, *arguments):
    done = subprocess.run([python, "-m", "random_trial", os.path.join(ROOT, ".oracle"), os.path.join(SHARED, "oracle"), "--runtime", target, *arguments],
                          capture_output=True, text=True, cwd=HERE, check=False)
    return done.returncode, done.stdout + done.stderr


def main():
    python = litert()
    if python is None or not os.path.exists(os.path.join(SHARED, "oracle", "run.py")):
        print("skipped: no LiteRT in .venv or .oracle, or no %s" % os.path.join(SHARED, "oracle"))
        return SKIPPED
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for mode, profile in MODES.items():
            for type_name in TYPES:
                code, text = trial(python, "%s/%s=%s" % (python, mode, profile), "--random", str(MODELS), "--type", type_name, "--seed", "7", "--keep", folder)
                print(text)
                if code != 0:
                    failed.append("disagreements without a known cause in mode %s, %s" % (mode, type_name))
        wrong = "%s/builtin=litert-2.3-x86-builtin{add_method=real}" % python
        code, text = trial(python, wrong, "--random", "40", "--op", "ADD", "--type", "i8", "--keep", folder)
        case = re.search(r"--repeat (ADD/i8/1/\S+)", text)
        if code != 1 or case is None:
            failed.append("a wrong rule for ADD is not found:\n%s" % text)
        elif trial(python, wrong, "--repeat", case[1], "--no-shrink", "--keep", folder)[0] != 1:
            failed.append("%s does not show the disagreement again" % case[1])
        elif trial(python, "%s/builtin=litert-2.3-x86-builtin" % python, "--repeat", case[1], "--keep", folder)[0] != 0:
            failed.append("%s disagrees with the right profile too" % case[1])
    print("\n".join(failed))
    return 1 if failed else 0


sys.exit(main())
