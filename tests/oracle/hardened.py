#!/usr/bin/env python3
"""Hardened files in real runtimes: every tensor beside the twin's.

  hardened.py NPUTWIN MODELS RUNTIMES [--only NAME,…] [--record FILE]

RUNTIMES is a folder with bin/NAME, a Python with each runtime (../shared/oracle/setup.sh makes it). Each model is hardened for the
sets of tools/harden_table.py, then `nputwin selfcheck` runs it in each runtime and compares every op's output with the profile.
Debian's library has no Python package that selfcheck knows: golden.py beside setup.sh runs it, and hashes are compared.
As the profiles are proven equal on the file, runtimes that equal them equal each other.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from harden_table import SETS

# Runtime, mode, and the profile that is its arithmetic; of which sets it is.
RUNTIMES = [
    ("tflite291-arm64", "default", "tflite-2.9.1-arm64", "E"),
    ("litert-arm64", "default", "litert-2.1-arm64", "BE"),
    ("litert-arm64", "builtin", "litert-2.1-arm64-builtin", "E"),
    ("litert", "default", "litert-2.3-x86", "BE"),
    ("debian214-arm64", "hashes", "tflite-2.14-arm64-ruy", "E"),
]
GOLDEN = os.path.join(os.environ.get("NPUTWIN_SHARED", os.path.join("..", "shared")), "oracle", "golden.py")
MODELS = ["emb_mobilefacenet_128d_i8", "cls_mlperf_tiny_resnet8_i8", "cls_tf2_mobilenet_v2_ptq_i8", "det_fomo_mobv2_035_i8", "cls_mobilenet_v1_0.25_128_u8",
          "kws_mlperf_tiny_dscnn_i8", "det_nxp_yolo_face_i8", "cls_vww96_gray_dynshape_i8", "kws_mltk_alexa_i8", "det_openmv_fomo_face_i8",
          "aud_adi_denoiser_int8_1", "det_palm_256_i8"]  # the last two get biases


def harden(tool, path, which, target):
    done = subprocess.run([tool, "harden", path, "-o", target, "--for", ",".join(SETS[which]), "--threads", "2"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit("%s: %s" % (path, done.stderr))


def check(tool, path, python, mode, profile):
    done = subprocess.run([tool, "selfcheck", path, "--runtime", python, "--mode", mode, "--profile", profile, "-i", "noise:1", "--format", "json"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return {"failed": done.stderr.strip()[-300:]}
    found = json.loads(done.stdout)
    return {"equal": done.returncode == 0, "runtime": found["a"], "profile": profile}


def check_hashes(tool, path, runtimes, runtime, profile):
    """The hashes of all ops' outputs that the runtime makes, beside the twin's."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(runtimes, "bin", "litert"), os.path.abspath(GOLDEN), os.path.abspath(runtimes), folder, path],
                       env={**os.environ, "RUNTIMES": runtime, "MODES": "builtin"}, capture_output=True, text=True, check=True)
        with open(os.path.join(folder, os.path.basename(path)[:-len(".tflite")] + ".json")) as f:
            theirs = [r for r in json.load(f)["runs"] if r["input"] == "noise"][0]
    if theirs.get("error"):
        return {"failed": theirs["error"]}
    done = subprocess.run([tool, "run", path, "--profile", profile, "-i", "noise:1", "--hashes", "-"], capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip()[-300:]}
    own = json.loads(done.stdout)
    unlike = sorted(int(t) for t in own if theirs["tensors"].get(t) != own[t])
    return {"equal": bool(own) and not unlike, "runtime": runtime, "profile": profile, "unlike": unlike}


def main():
    parser = argparse.ArgumentParser()
    for name in ("tool", "models", "runtimes"):
        parser.add_argument(name)
    parser.add_argument("--only", default=",".join(MODELS))
    parser.add_argument("--record")
    a = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in a.only.split(","):
            for which in SETS:
                target = os.path.join(folder, "%s.%s.tflite" % (name, which))
                harden(a.tool, os.path.join(a.models, name + ".tflite"), which, target)
                for runtime, mode, profile, sets in RUNTIMES:
                    python = os.path.join(a.runtimes, "bin", runtime)
                    if which not in sets or not os.path.exists(python):
                        continue
                    if mode == "hashes":
                        found = check_hashes(a.tool, target, a.runtimes, runtime, profile)
                    else:
                        found = check(a.tool, target, python, mode, profile)
                    results["%s %s %s/%s" % (name, which, runtime, mode)] = found
                    print(name, which, runtime, mode, json.dumps(found)[:220], flush=True)
                    if a.record:
                        with open(a.record, "w") as f:
                            json.dump(results, f, indent=1, sort_keys=True)
    return 0 if results and all(r.get("equal") for r in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
