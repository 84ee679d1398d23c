#!/usr/bin/env python3
"""The twin against the hashes of real runtimes: every golden file, every profile that has a runtime, both inputs.

  golden_table.py [MODEL...]

Prints a table model x profile: equal / first differing op / not supported because … / no golden because …. Models that
must be equal are listed in REQUIRED; what else is not equal must stand in allow_list.json with its words. A line of the
list that is no longer needed fails too: the list may only shrink. Skipped, with the reason, without the shared folder.
"""
import collections
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import PROFILES, SHARED, SKIPPED, run, source

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIRED = ("cls_mlperf_tiny_resnet8_i8 kws_mlperf_tiny_dscnn_i8 cls_vww96_gray_dynshape_i8 det_fomo_mobv2_035_i8 ad_mlperf_tiny_ad01_i8 "
            "cls_mobilenet_v1_0.25_128_u8 cls_person_detect_u8 cls_tf2_mobilenet_v2_ptq_i8 det_ssd_mobilenet_v1_coco_u8 aud_yamnet_spectra_i8").split()


def compare(path, golden, profile, kind, hashes):
    """(words, tensors compared, tensors equal)"""
    found = [r for r in golden["runs"] if r["input"] == kind and PROFILES[profile] in r["runtimes"]]
    if not found or "error" in found[0]:
        return "no golden: " + (found[0]["error"].split(" was ")[0][:60] if found else "not recorded"), 0, 0
    code, _, err = run("run", path, "-p", profile, "-i", source(kind), "--hashes", hashes)
    if code != 0:
        return "not supported: " + err.split(".tflite: ", 1)[-1].strip(), 0, 0
    with open(hashes) as f:
        got = json.load(f)
    expected = found[0]["tensors"]
    missing = [t for t in expected if t not in got]
    different = [t for t in got if t in expected and got[t] != expected[t]]
    if missing:
        return "tensor %s was not made" % missing[0], len(expected), 0
    if different:
        return "tensor %s is the first of %d that differ" % (different[0], len(different)), len(expected), len(expected) - len(different)
    return "equal", len(expected), len(expected)


def shorten(words):
    return "equal" if len(set(words)) == 1 and words[0] == "equal" else " | ".join(sorted(set(words), key=words.index))


def main():
    folder = os.path.join(SHARED, "golden")
    if not os.path.isdir(folder):
        print("skipped: no golden files at %s" % folder)
        sys.exit(SKIPPED)
    with open(os.path.join(HERE, "allow_list.json")) as f:
        allowed = json.load(f)
    names = sys.argv[1:] or sorted(n[:-5] for n in os.listdir(folder) if n.endswith(".json"))
    wrong, used, totals = [], set(), collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        for name in names:
            with open(os.path.join(folder, name + ".json")) as f:
                golden = json.load(f)
            by_words = collections.OrderedDict()
            for profile in PROFILES:
                words = []
                for kind in golden["inputs"]:
                    word, compared, equal = compare(os.path.join(SHARED, "corpus", "models", golden["model"]), golden, profile, kind,
                                                    os.path.join(temporary, "h.json"))
                    totals["compared"] += compared
                    totals["equal"] += equal
                    words.append(word)
                shown = shorten(words)
                by_words.setdefault(shown, []).append(profile)
                if shown == "equal" or shown.startswith("no golden"):
                    continue
                key = "%s %s" % (name, profile)
                if name in REQUIRED or allowed.get(key, allowed.get(name + " *")) != shown:
                    wrong.append("%s: %s" % (key, shown))
                used.add(key if key in allowed else name + " *")
            for shown, profiles in by_words.items():
                print("%-36s %-12s %s" % (name, "all" if len(profiles) == len(PROFILES) else "%d of %d" % (len(profiles), len(PROFILES)), shown))
                if len(by_words) > 1:
                    print("%-36s %-12s   %s" % ("", "", ", ".join(profiles)))
    print("%d of %d tensors equal" % (totals["equal"], totals["compared"]))
    if not sys.argv[1:]:
        wrong += ["allow_list.json: '%s' is no longer needed: take it out" % key for key in allowed if key not in used]
    for line in wrong:
        print("WRONG " + line)
    sys.exit(1 if wrong or not totals["compared"] else 0)


main()
