#!/usr/bin/env python3
"""Over 20 corpus models, the CPU of TFLite 2.9.1 on AArch64 against the i.MX 8M Plus with the VX delegate: every element that differs
in isolation has a cause, and layers with 1,000 such elements or more have as many as `characterise` expects, within 10 %."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import SHARED, run

SIDES = ["--a", "tflite-2.9.1-arm64", "--b", "vx(vip-v8)+tflite-2.9.1-arm64", "-i", "noise:1", "--threads", "1", "--format", "json"]
MODELS = """ad_mlperf_tiny_ad01_i8 aud_yamnet_spectra_i8 cls_fastvit_food101_224_i8 cls_mcunetv2_large_i8 cls_mlperf_tiny_resnet8_i8
cls_mobilenet_v1_0.25_128_u8 cls_mobilenet_v1_0.25_224_u8_meta cls_mobilenet_v1_0.5_160_u8 cls_person_detect_u8 cls_vww96_gray_dynshape_i8
cls_squeezenet_food101_i8 det_blazeface_128_i8 det_emza_ssd_slim_i8 det_nxp_yolo_face_i8 det_openmv_fomo_face_i8
emb_mobilefacenet_128d_i8 gen_dcgan_generator_i8 kws_arm_dscnn_l_i8 seg_deeplabv3_mnv3_i8 seg_yolact_person_i8""".split()
LEAST, WITHIN = 1000, 0.10


def main():
    folder = os.path.join(SHARED, "corpus", "models")
    if not os.path.isdir(folder):
        print("skipped: there is no " + folder)
        sys.exit(77)
    wrong, causes, compared = [], {}, 0
    for name in MODELS:
        path = os.path.join(folder, name + ".tflite")
        code, out, err = run("diff", path, *SIDES)
        if code == 2:
            sys.exit(err)
        differ = 0
        for layer in json.loads(out)["layers"]:
            differ += layer["isolated"]["mismatches"]
            if sum(layer["causes"].values()) != layer["isolated"]["mismatches"] or "unknown" in layer["causes"]:
                wrong.append("%s op %d %s: %d differ, causes %s" % (name, layer["op"], layer["type"], layer["isolated"]["mismatches"], layer["causes"]))
            for cause, count in layer["causes"].items():
                causes[cause] = causes.get(cause, 0) + count
        code, out, err = run("characterise", path, *SIDES)
        if code:
            sys.exit(err)
        worst = 0
        for layer in json.loads(out)["layers"]:
            if layer.get("measured", 0) >= LEAST:
                compared += 1
                off = layer["expected"] / layer["measured"] - 1
                worst = max(worst, abs(off))
                if abs(off) > WITHIN:
                    wrong.append("%s op %d %s: %.0f expected, %d measured" % (name, layer["op"], layer["type"], layer["expected"], layer["measured"]))
        print("%-36s %8d elements differ in isolation; expectation off by %.1f %% at most" % (name, differ, 100 * worst))
    for cause, count in sorted(causes.items(), key=lambda c: -c[1]):
        print("%-18s %9d" % (cause, count))
    print("\n".join(wrong))
    print("%d models, %d layers with %d differing elements or more" % (len(MODELS), compared, LEAST))
    sys.exit(1 if wrong or compared < 15 else 0)


main()
