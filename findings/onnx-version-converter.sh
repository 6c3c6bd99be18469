#!/usr/bin/env bash
# onnx 1.23.1: its version converter gives models that are valid and compute something else.
#
# Three operators changed their meaning between opsets while their attributes kept their names, and the converter only changes the number:
# - Resize of opset 10 (what exporters of 2019 and 2020 wrote) reads places as x / scale; from 11 on that is an attribute whose default is (x + 0.5) / scale − 0.5.
#   Converted to 11 or later, the attribute is not set: other pixels.
# - Hardmax to 12 works on all axes from "axis" on at once, from 13 on along that axis. Upwards: other results. (Softmax is mended upwards.)
# - Softmax of 13 with axis 1 on an image, converted to 12 or before, is a softmax over channels and places together: probabilities of a segmentation no longer
#   add up to 1 at each place.
# The checker accepts all of them, shapes are the same, nothing is said.
#
# For users: quantization per channel wants opset 13, so old models are converted first. Compare logits before and after on real inputs, in float32.
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
from onnx import TensorProto, helper, numpy_helper, version_converter

image = np.random.default_rng(0).standard_normal((1, 3, 5, 5)).astype(np.float32)
scales = numpy_helper.from_array(np.array([1, 1, 1.7, 0.6], np.float32), "scales")


def model(opset, node, *initializers):
    graph = helper.make_graph(
        [node], "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, image.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "c", "h", "w"])], list(initializers))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def computed(some):
    return onnxruntime.InferenceSession(some.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": image})[0]


nearest = model(10, helper.make_node("Resize", ["x", "scales"], ["y"], mode="nearest"), scales)
linear = model(10, helper.make_node("Resize", ["x", "scales"], ["y"], mode="linear"), scales)
hardmax = model(11, helper.make_node("Hardmax", ["x"], ["y"], axis=1))
softmax_old = model(11, helper.make_node("Softmax", ["x"], ["y"], axis=1))
softmax_new = model(13, helper.make_node("Softmax", ["x"], ["y"], axis=1))
failed = False
for name, before, opset, changes in [
    ("Resize, nearest", nearest, 11, True),
    ("Resize, nearest", nearest, 17, True),
    ("Resize, linear", linear, 17, True),
    ("Hardmax", hardmax, 13, True),
    ("Softmax, upwards", softmax_old, 13, False),
    ("Softmax, downwards", softmax_new, 12, True),
]:
    after = version_converter.convert_version(before, opset)
    onnx.checker.check_model(after, full_check=True)
    was, is_now = computed(before), computed(after)
    assert was.shape == is_now.shape
    furthest = float(np.abs(was - is_now).max())
    failed |= (furthest > 0.01) != changes
    print(f"{name:20} opset {before.opset_import[0].version} to {opset}: differs by at most {furthest:.4f}"
          + ("" if (furthest > 0.01) == changes else ": IT HAS CHANGED"))
places = computed(version_converter.convert_version(softmax_new, 12)).sum(axis=1)
print(f"softmax over three channels, downwards: adds up to between {places.min():.3f} and {places.max():.3f} at each place")
failed |= bool(np.allclose(places, 1, atol=0.1))
sys.exit(failed)
PY
venv/bin/python look.py
