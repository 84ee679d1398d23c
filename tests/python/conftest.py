"""What the tests of the Python package share. `./dev test --python` runs them, with what they need in .venv."""
import os
import sys

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(os.environ.get("NPUTWIN_SHARED", os.path.join(os.path.dirname(ROOT), "shared")), "corpus", "models")
MODELS = os.path.join(ROOT, "models")
DIGITS = os.path.join(MODELS, "digits_embed20_i8.tflite")
CONV = os.path.join(MODELS, "conv_3x3_same_i8.tflite")
CPU, NPU = "tflite-2.9.1-arm64", "vip-v8"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(scope="session")
def digits():
    """Forty digits as the model takes them: int8 [40,8,8,1]."""
    return np.load(os.path.join(MODELS, "digits_int8.npy"))
