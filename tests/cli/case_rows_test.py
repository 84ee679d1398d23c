#!/usr/bin/env python3
"""Public reports, rebuilt in ../shared/cases/reports or published in ../shared/cases/models: each row of its README asks for one right answer.

What the real runtimes compute for these files is compared in golden/cases.py; here stands what people see.
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import SHARED, run

CASES = os.path.join(SHARED, "cases")


def file(name, folder="reports"):
    return os.path.join(CASES, folder, name)


# Of one report each: the model, the words of the command around it, the exit status, what it prints.
ROWS = [
    # Wrong numbers under a strong label.
    ("tfpr58400_fc_q4_i16", "run {} -p litert-2.3-x86 -i {in}/tfpr58400_fc.npy", 0, ["[0] 15240 (762)"]),
    ("b32_conv_q0_i16", "run {} -p litert-2.3-x86 -i noise:1", 2, ["is int32 and quantized_bias_type is not set", "reads it as int64"]),
    ("ort25512_add1_i8", "run {} -p ort-mlas -i a={in}/ort25512_add1_i8_0.npy -i b={in}/ort25512_add1_i8_1.npy", 0, ["[0] -112 "]),
    ("LiteRT-static_w8_a16_quantized_q_einsum-09df", "run {} -p litert-2.3-x86 -i noise:1", 0,
     ["scales, and the kernel reads one of the tensor, which is 0: every output is its zero point"]),
    ("nnid-LSTM_16x8bit-1467", "diff {} --a litert-2.3-x86 --b litert-2.3-x86-ref -i noise:1 --format json", 0, ['"notes"', "wraps, so that the function has jumps"]),
    # Causes and explanations.
    ("tf40781_hardswish_u8", "explain {} --layer 0 --a litert-2.3-x86 --b vip-v8 -i {in}/tf40781_hardswish_u8.npy --index 0,128", 1,
     ["A and B diverge at: second rounding", "over 2^15, cut toward zero", "before the rounding",
      "clamped to 0..255: the quantized value                               45", "clamped to 0..255: the quantized value                               46"]),
    ("litert7441_mean5_i8", "explain {} --layer 0 -p litert-2.3-x86 -i noise:1 --index 0,0", 0, ["quantized value 120", "sum of the 5 quantized values", "multiplier"]),
    ("cmsisnn184_conv_i8", "explain {} --layer 0 -p litert-2.3-x86-ref -i noise:1 --index 0,0,0,0 --format json", 0, ['"multipliers"', '"mantissa"', '"shift"']),
    ("cmsisnn184_conv_i8", "explain {} --layer 0 -p litert-2.3-x86-ref -i noise:1 --index 0,0,0,0 --as python", 0, ["print("]),
    # Will it run there?
    ("espnn34_fc_perchannel_i8", "run {} -p tflite-2.14-x86 -i noise:1", 2, ["the model asks for its version 12, tflite-2.14 has 1 to 10"]),
    ("espnn34_fc_perchannel_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, []),
    ("tn_convdil_nobias", "run {} -p litert-2.3-x86 -i noise:1", 2, ["no bias, which litert-2.3 demands"]),
    ("tn_svdf8", "run {} -p tflite-micro -i noise:1", 0, []),
    ("pack1d", "inspect {} -p vx-lf-5.15.71(vip-v8)+litert-2.3-x86", 0, ["the delegate rejects it"]),
    ("pack1d", "inspect {} -p vx-2025-01(vip-v8)+litert-2.3-x86", 0, ["the NPU         1 ops"]),
    ("vx_cast", "inspect {} -p vx-lf-5.15.71(vip-v8)+litert-2.3-x86", 0, ["the VX delegate of NXP lf-5.15.71_2.2.0 does not support CAST"]),
    ("vx_gelu", "inspect {} -p vx-lf-5.15.71(vip-v8)+litert-2.3-x86", 0, ["the VX delegate of NXP lf-5.15.71_2.2.0 does not support GELU"]),
    ("pinto352_logistic_i8", "run {} -p litert-2.3-x86-builtin -i noise:1", 2, ["expected 1/256 and -128"]),
    ("pinto352_logistic_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, []),
    ("pinto352_logistic_i8", "run {} -p vip-v8 -i noise:1", 0, []),
    ("tf101973_resize_i8", "run {} -p litert-2.3-x86-builtin -i noise:1", 0, []),
    ("tf101973_resize_i8", "run {} -p litert-2.3-x86 -i noise:1", 2, ["must share their quantization"]),
    ("mot771_tconv_dim3_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, []),
    # Tools that stop.
    ("tf44905_tconv_dynshape_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, ["y int8 [1,8,8,2]"]),
    ("LiteRT-simple_group_norm_op-c10a", "inspect {}", 2, ["STABLEHLO_COMPOSITE"]),
    ("zeroscale_fc_i8", "run {} -p litert-2.3-x86 -i noise:1", 2, ["output 'y' has scale 0 or none, expected one above 0"]),
    ("tf68474_topk_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, []),
    ("logsoftmax_i8", "run {} -p litert-2.3-x86 -i noise:1", 0, []),
]


def path_of(name):
    return next((p for p in (file(name + ".tflite"), file(name + ".tflite", "models")) if os.path.exists(p)), None)


class Rows(unittest.TestCase):
    def setUp(self):
        if not os.path.isdir(CASES):
            self.skipTest("there is no " + CASES)

    def test_each_report(self):
        for name, command, status, says in ROWS:
            words = [w.replace("{in}", file("").rstrip("/")).replace("{}", path_of(name) or name) for w in command.split(" ")]
            with self.subTest(command=command.replace("{}", name)):
                code, out, err = run(*words)
                self.assertEqual(code, status, err)
                for text in says:
                    self.assertIn(text, out + err)


unittest.main()
