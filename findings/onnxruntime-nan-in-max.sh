#!/usr/bin/env bash
# ONNX Runtime 1.30.0 (CPU): whether a maximum tells of a NaN depends on where among the values the NaN stands.
#
# ReduceMax, ReduceMin and ArgMax give NaN (ArgMax: its place) only if it is the first of the values, MaxPool and GlobalMaxPool only if it is the last of its window;
# anywhere else it is left out. Max and Min of two tensors, Relu, Clip, Softmax, means and sums pass it on from every place, as NumPy and PyTorch do for all of these.
# So an image of which one pixel is NaN gets NaN or a confident class from the same convolutional network, by where the pixel is: of the 64 places in an 8x8 image, 48
# are lost in the first 2x2 pool.
#
# For users: a check that a model's answers are finite does not show that its inputs and inner values were. Look for NaN in what goes in, not only in what comes out; and
# expect a network whose weights have become NaN in one channel to go on answering.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnx==1.23.1 onnxruntime==1.30.0

cat > look.py <<'PY'
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HEIGHT = WIDTH = 8
image = np.random.default_rng(0).random((1, 1, HEIGHT, WIDTH), dtype=np.float32)
axes = numpy_helper.from_array(np.array([2, 3]), "axes")
zeros = numpy_helper.from_array(np.zeros_like(image), "zeros")


def session(*nodes, shape="nchw", result=TensorProto.FLOAT, initializers=()):
    graph = helper.make_graph(
        nodes, "graph", [helper.make_tensor_value_info("x", TensorProto.FLOAT, image.shape)],
        [helper.make_tensor_value_info("y", result, list(shape))], list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def seen(model):
    """The places of a NaN at which the answer tells of it."""
    places = []
    for place in range(HEIGHT * WIDTH):
        damaged = image.copy()
        damaged.flat[place] = np.nan
        answer = model.run(None, {"x": damaged})[0]
        if np.issubdtype(answer.dtype, np.integer):
            told = answer.item() == place == np.argmax(damaged)  # NumPy gives the place of the NaN
        else:
            told = bool(np.isnan(answer).any())
        if told:
            places.append(place)
    return places


def pool(kind):
    return session(helper.make_node(kind, ["x"], ["y"], kernel_shape=[2, 2], strides=[2, 2]))


def reduce(kind):
    return session(helper.make_node(kind, ["x", "axes"], ["y"]), initializers=[axes])


last_of_windows = [row * WIDTH + column for row in range(1, HEIGHT, 2) for column in range(1, WIDTH, 2)]
last = [HEIGHT * WIDTH - 1]
everywhere = list(range(HEIGHT * WIDTH))
flat = [helper.make_node("Flatten", ["x"], ["f"])]
weights = np.random.default_rng(1).standard_normal((3, 16)).astype(np.float32)
cases = [
    ("MaxPool 2x2", pool("MaxPool"), last_of_windows),
    ("GlobalMaxPool", session(helper.make_node("GlobalMaxPool", ["x"], ["y"])), last),
    ("ReduceMax", reduce("ReduceMax"), [0]),
    ("ReduceMin", reduce("ReduceMin"), [0]),
    ("ArgMax", session(*flat, helper.make_node("ArgMax", ["f"], ["y"], axis=1), shape="nk", result=TensorProto.INT64), [0]),
    ("AveragePool 2x2", pool("AveragePool"), everywhere),
    ("ReduceMean", reduce("ReduceMean"), everywhere),
    ("Max with zeros", session(helper.make_node("Max", ["x", "zeros"], ["y"]), initializers=[zeros]), everywhere),
    ("Relu", session(helper.make_node("Relu", ["x"], ["y"])), everywhere),
    ("Softmax", session(*flat, helper.make_node("Softmax", ["f"], ["y"], axis=1), shape="nk"), everywhere),
    ("a network: pool, dense, softmax", session(
        helper.make_node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["p"], ["v"]),
        helper.make_node("Gemm", ["v", "w"], ["z"], transB=1),
        helper.make_node("Softmax", ["z"], ["y"], axis=1),
        shape="nk", initializers=[numpy_helper.from_array(weights, "w")]), last_of_windows),
]
failed = False
for name, model, expected in cases:
    places = seen(model)
    failed |= places != expected
    print(f"{name:32} tells of a NaN at {len(places):2} of {HEIGHT * WIDTH} places"
          + ("" if places == expected else ": IT HAS CHANGED"))
sys.exit(failed)
PY
venv/bin/python look.py
