#!/usr/bin/env bash
# ONNX Runtime 1.30.0: what a dynamically quantized model says of a row depends on the other rows of its batch.
#
# quantize_dynamic computes one scale of a layer's input at run time, over the whole batch. One row with large values makes the steps of all others coarse.
# The same file, row and machine: of 500 rows, 10 get other labels in one batch of all than each alone, and 57 beside one row that is 30 times as large. Float32
# and statically quantized (QDQ) models give a row the same bits in every batch.
#
# For users: the accuracy that is measured at batch 1 is not that which is served by dynamic batching, results cannot be repeated, cached or compared, and
# one client's row changes another's. Serve such models with batches of 1, or quantize statically.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnx==1.23.1 onnxruntime==1.30.0

cat > look.py <<'PY'
import logging
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, quantize_dynamic, quantize_static

logging.disable(logging.WARNING)
ROWS, FEATURES, HIDDEN, CLASSES = 500, 32, 64, 10
random = np.random.default_rng(0)


def weights(name, rows, columns):
    return numpy_helper.from_array((random.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32), name)


graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "first"], ["a"]), helper.make_node("Relu", ["a"], ["b"]),
     helper.make_node("MatMul", ["b", "second"], ["y"])],
    "graph",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", FEATURES])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", CLASSES])],
    [weights("first", FEATURES, HIDDEN), weights("second", HIDDEN, CLASSES)])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), "float32.onnx")
rows = random.standard_normal((ROWS, FEATURES)).astype(np.float32)


class Calibration(CalibrationDataReader):
    def __init__(self):
        self.batches = iter([{"x": rows}])

    def get_next(self):
        return next(self.batches, None)


quantize_dynamic("float32.onnx", "dynamic.onnx")
quantize_static("float32.onnx", "static.onnx", Calibration())
large = 30 * rows[:1]
failed = False
for name in ("float32", "static", "dynamic"):
    session = onnxruntime.InferenceSession(f"{name}.onnx", providers=["CPUExecutionProvider"])

    def logits(batch):
        return session.run(None, {"x": batch})[0]

    alone = np.concatenate([logits(row[np.newaxis]) for row in rows])
    together, beside = logits(rows), logits(np.concatenate([rows, large]))[:ROWS]
    flips = [int((alone.argmax(1) != other.argmax(1)).sum()) for other in (together, beside)]
    furthest = [float(np.abs(alone - other).max() / np.abs(alone).max()) for other in (together, beside)]
    print(f"{name}: other labels than alone: {flips[0]} of {ROWS} in one batch, {flips[1]} beside a row 30 times as large; "
          f"logits differ by up to {furthest[0]:.1e} and {furthest[1]:.1e} of the largest")
    failed |= (flips[0] < 1 or flips[1] < 20) if name == "dynamic" else (max(flips) > 0 or max(furthest) > 1e-5)
if failed:
    print("IT HAS CHANGED")
sys.exit(failed)
PY
venv/bin/python look.py
