#!/usr/bin/env python3
"""Makes the models of this folder. Needs requirements.txt in a venv of its own; nothing of it is needed to build or test.

  make_models.py [OUT_DIR]

conv_3x3_same_i8         one Conv2D, 3x3, SAME, 8 -> 16 channels, int8 per channel, random weights
digits_embed20_i8        20 Conv2D layers, trained on scikit-learn's digits, int8 per channel, int8 in and out
digits_embed20_float_io  the same with QUANTIZE and DEQUANTIZE at its ends
digits_embed20_u8        the same network, uint8 throughout, weights asymmetric and per tensor
digits_depthwise_i8      nine depthwise layers, each with a 1x1 convolution behind it, trained on the same, int8 in and out

The last layer is a 32-number embedding; the classifier that it was trained with is cut off. Training is seeded, but
a TensorFlow of another version or on another processor may end with other weights, so the results are committed.
digits_<type>.npy hold 40 digits drawn here (no picture of the data set) as the models take them, digits_labels.npy what
they show.
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema
import flatbuffers
from sklearn.datasets import load_digits

LAYERS, CHANNELS, EMBEDDING = 20, 16, 32
SEPARABLE = 9


# Rows of each digit from top to bottom, five bits a row.
GLYPHS = {0: (14, 17, 17, 17, 17, 17, 14), 1: (4, 12, 4, 4, 4, 4, 14), 2: (14, 17, 1, 2, 4, 8, 31), 3: (30, 1, 1, 14, 1, 1, 30),
          4: (2, 6, 10, 18, 31, 2, 2), 5: (31, 16, 30, 1, 1, 17, 14), 6: (6, 8, 16, 30, 17, 17, 14), 7: (31, 1, 2, 4, 4, 8, 8),
          8: (14, 17, 17, 14, 17, 17, 14), 9: (14, 17, 17, 15, 1, 2, 12)}


def draw_digits(rng, variants=4):
    """8x8 pictures with values of 0 to 1: each glyph at random places, its strokes softened and noisy, as a scan would be."""
    pictures, labels = [], []
    for _ in range(variants):
        for digit, rows in GLYPHS.items():
            ink = np.zeros((10, 10))
            y, x = 1 + rng.integers(0, 2), 1 + rng.integers(1, 3)
            for r, bits in enumerate(rows):
                ink[y + r, x:x + 5] = [bits >> (4 - c) & 1 for c in range(5)]
            soft = 0.75 * ink + 0.15 * (np.roll(ink, 1, 1) + np.roll(ink, -1, 1)) + 0.1 * (np.roll(ink, 1, 0) + np.roll(ink, -1, 0))
            picture = np.clip(soft[1:9, 1:9] + rng.normal(0, 0.05, (8, 8)), 0, 1)
            pictures.append(np.round(picture * 16) / 16)
            labels.append(digit)
    return np.asarray(pictures, np.float32)[..., None], np.asarray(labels, np.int32)


def convert(network, samples, io_type):
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([s[None]] for s in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = io_type
    return converter.convert()


def single_conv():
    rng = np.random.default_rng(20)
    x = tf.keras.Input((16, 16, 8), batch_size=1)
    y = tf.keras.layers.Conv2D(16, 3, padding="same")(x)
    network = tf.keras.Model(x, y)
    network.layers[-1].set_weights([rng.normal(0, 0.2, (3, 3, 8, 16)), rng.normal(0, 0.1, 16)])
    return convert(network, rng.normal(0, 1, (64, 16, 16, 8)).astype(np.float32), tf.int8)


def normalized(y, layer):
    """A layer without bias, batch norm, which folds into it, and RELU."""
    return tf.keras.layers.ReLU()(tf.keras.layers.BatchNormalization()(layer(y)))


def chain(y):
    """A plain chain of convolutions, as in the report that this project answers."""
    for _ in range(LAYERS - 1):
        y = normalized(y, tf.keras.layers.Conv2D(CHANNELS, 3, padding="same", use_bias=False))
    return y


def separable(y):
    """Depthwise layers and convolutions in turns, as in networks for phones."""
    y = normalized(y, tf.keras.layers.Conv2D(CHANNELS, 3, padding="same", use_bias=False))
    for _ in range(SEPARABLE):
        y = normalized(y, tf.keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False))
        y = normalized(y, tf.keras.layers.Conv2D(CHANNELS, 1, use_bias=False))
    return y


def train_embedding(body, images, labels):
    x = tf.keras.Input((8, 8, 1), batch_size=None)
    y = body(x)
    embedding = tf.keras.layers.Conv2D(EMBEDDING, 8, padding="valid")(y)
    logits = tf.keras.layers.Dense(10)(tf.keras.layers.Flatten()(embedding))
    network = tf.keras.Model(x, logits)
    network.compile(tf.keras.optimizers.Adam(2e-3), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                    metrics=["accuracy"])
    network.fit(images[:1437], labels[:1437], batch_size=64, epochs=40, verbose=0)
    print("digits: accuracy on the held-out fifth: %.3f" % network.evaluate(images[1437:], labels[1437:], verbose=0)[1])
    fixed = tf.keras.Input((8, 8, 1), batch_size=1)
    return tf.keras.Model(fixed, tf.keras.Model(x, embedding)(fixed))


def to_uint8(int8_model):
    """The int8 model with uint8 activations (code and zero point + 128) and weights requantized per tensor."""
    model = schema.ModelT.InitFromPackedBuf(bytearray(int8_model), 0)
    graph = model.subgraphs[0]
    data = lambda t, dtype: np.frombuffer(bytes(model.buffers[t.buffer].data), dtype).reshape(t.shape)
    for tensor in graph.tensors:
        if tensor.type == schema.TensorType.INT8 and model.buffers[tensor.buffer].data is None:
            tensor.type = schema.TensorType.UINT8
            tensor.quantization.zeroPoint = [int(tensor.quantization.zeroPoint[0]) + 128]
    for op in graph.operators:
        x, w, b = (graph.tensors[t] for t in op.inputs)
        scale = np.asarray(w.quantization.scale, np.float64)
        real = data(w, np.int8) * scale.reshape(-1, 1, 1, 1)
        low, high = min(real.min(), 0.0), max(real.max(), 0.0)
        step = np.float32((high - low) / 255)
        zero = int(np.clip(np.round(-low / step), 0, 255))
        codes = np.clip(np.round(real / step) + zero, 0, 255).astype(np.uint8)
        bias_scale = np.float32(np.float32(x.quantization.scale[0]) * step)
        bias = np.round(data(b, np.int32) * (np.float64(x.quantization.scale[0]) * scale) / bias_scale).astype(np.int32)
        w.type = schema.TensorType.UINT8
        for tensor, codes, s, z in ((w, codes, step, zero), (b, bias, bias_scale, 0)):
            tensor.quantization.scale, tensor.quantization.zeroPoint = [float(s)], [z]
            tensor.quantization.quantizedDimension = 0
            model.buffers[tensor.buffer].data = np.frombuffer(codes.tobytes(), np.uint8)
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def main(out):
    tf.keras.utils.set_random_seed(210)
    digits = load_digits()
    images = (digits.images / 16.0).astype(np.float32)[..., None]
    network = train_embedding(chain, images, digits.target)
    int8 = convert(network, images[:200], tf.int8)
    files = {"conv_3x3_same_i8": single_conv(), "digits_embed20_i8": int8,
             "digits_embed20_float_io": convert(network, images[:200], tf.float32), "digits_embed20_u8": to_uint8(int8),
             "digits_depthwise_i8": convert(train_embedding(separable, images, digits.target), images[:200], tf.int8)}
    for name, content in files.items():
        with open(os.path.join(out, name + ".tflite"), "wb") as f:
            f.write(content)
        print(name, len(content), "bytes")
    write_digits(out, int8)


def write_digits(out, int8):
    test, labels = draw_digits(np.random.default_rng(8))
    quantization = tf.lite.Interpreter(model_content=int8).get_input_details()[0]["quantization"]
    codes = np.clip(np.round(test / quantization[0]) + quantization[1], -128, 127).astype(np.int8)
    arrays = {"float32": test, "int8": codes, "uint8": (codes.astype(np.int16) + 128).astype(np.uint8),
              "labels": labels}
    for name, array in arrays.items():
        np.save(os.path.join(out, "digits_%s.npy" % name), array)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
