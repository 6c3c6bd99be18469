"""Makes tables and teachers of tasks besides one class of several, of the data sets that scikit-learn brings.

usage: python make.py OUT_FOLDER
needs: scikit-learn, onnx, onnxruntime, numpy

diabetes: 442 patients, ten measurements, the disease's progression a year later (Efron, Hastie, Johnstone, Tibshirani 2004, Annals of Statistics 32(2); scikit-learn's
load_diabetes, BSD licence). digits: 1,797 pictures of 8 x 8 (E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, CC BY 4.0; scikit-learn's load_digits), whose labels
here are what is true of the digit: even, small (below 5), round (it has a loop: 0, 6, 8, 9).
"""
import csv
import gzip
import io
import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import f1_score, r2_score
from sklearn.neural_network import MLPClassifier


def write(path, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    data = text.getvalue().encode()
    with open(path, "wb") as out:
        out.write(gzip.compress(data, 9, mtime=0) if path.endswith(".gz") else data)


def save(graph, path, features, expected):
    made = helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)])
    onnx.checker.check_model(made)
    answers = onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"features": features.astype(np.float32)})[0]
    np.testing.assert_allclose(answers.reshape(expected.shape), expected, rtol=1e-3, atol=1e-3)
    onnx.save(made, path)


def value(name, *sizes):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, *sizes])


def trees(model, width):
    """A gradient-boosted ensemble as ai.onnx.ml writes one."""
    nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")}
    targets = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for number, tree in enumerate(model.estimators_[:, 0]):
        for node in range(tree.tree_.node_count):
            leaf = tree.tree_.children_left[node] < 0
            nodes["treeids"].append(number)
            nodes["nodeids"].append(node)
            nodes["featureids"].append(0 if leaf else int(tree.tree_.feature[node]))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            nodes["values"].append(0.0 if leaf else float(tree.tree_.threshold[node]))
            nodes["truenodeids"].append(0 if leaf else int(tree.tree_.children_left[node]))
            nodes["falsenodeids"].append(0 if leaf else int(tree.tree_.children_right[node]))
            if leaf:
                targets["treeids"].append(number)
                targets["nodeids"].append(node)
                targets["ids"].append(0)
                targets["weights"].append(float(model.learning_rate * tree.tree_.value[node, 0, 0]))
    node = helper.make_node(
        "TreeEnsembleRegressor", ["features"], ["progression"], domain="ai.onnx.ml", n_targets=1,
        base_values=[float(model.init_.constant_[0, 0])],
        **{"nodes_" + key: values for key, values in nodes.items()},
        **{"target_" + key: values for key, values in targets.items()})
    return helper.make_graph([node], "progression", [value("features", width)], [value("progression", 1)])


def perceptron(model, width, outputs):
    """A perceptron whose outputs are sigmoids."""
    names, tensors, nodes, last = [], [], [], "features"
    for i, (weights, biases) in enumerate(zip(model.coefs_, model.intercepts_)):
        tensors += [numpy_helper.from_array(weights.astype(np.float32), f"w{i}"),
                    numpy_helper.from_array(biases.astype(np.float32), f"b{i}")]
        final = i == len(model.coefs_) - 1
        nodes.append(helper.make_node("Gemm", [last, f"w{i}", f"b{i}"], ["logits" if final else f"z{i}"]))
        last = f"a{i}"
        nodes.append(helper.make_node("Sigmoid" if final else "Relu", ["logits" if final else f"z{i}"], ["probabilities" if final else last]))
    return helper.make_graph(nodes, "digits", [value("features", width)],
                             [value("probabilities", outputs), value("logits", outputs)], tensors)


def diabetes(out):
    data = load_diabetes(scaled=False)
    order = np.random.default_rng(3).permutation(len(data.target))
    features, target = data.data[order], data.target[order]
    for name, part in (("diabetes.csv", slice(0, 320)), ("diabetes-test.csv", slice(320, None))):
        write(os.path.join(out, name), data.feature_names + ["progression"],
              [[f"{v:g}" for v in row] + [f"{y:g}"] for row, y in zip(features[part], target[part])])
    model = GradientBoostingRegressor(n_estimators=60, max_depth=2, random_state=0).fit(features[:320], target[:320])
    print("R2 of the trees on diabetes-test.csv:", r2_score(target[320:], model.predict(features[320:])))
    save(trees(model, 10), os.path.join(out, "progression.onnx"), features, model.predict(features))


def digits(out):
    data = load_digits()
    order = np.random.default_rng(4).permutation(len(data.target))
    pixels, digit = data.data[order].astype(int), data.target[order]
    tags = np.stack([digit % 2 == 0, digit < 5, np.isin(digit, [0, 6, 8, 9])], 1).astype(int)
    header = [f"p{i}" for i in range(64)] + ["even", "small", "round"]
    for name, part in (("digits.csv.gz", slice(0, 1200)), ("digits-test.csv.gz", slice(1200, None))):
        write(os.path.join(out, name), header, np.hstack([pixels, tags])[part])
    model = MLPClassifier([32], max_iter=300, random_state=0).fit(pixels[:1200] / 16, tags[:1200])
    answers = model.predict_proba(pixels / 16)
    print("macro-F1 of the perceptron on digits-test.csv.gz:", f1_score(tags[1200:], answers[1200:] > 0.5, average="macro"))
    save(perceptron(model, 64, 3), os.path.join(out, "tags.onnx"), pixels / 16, answers)
    one = MLPClassifier([16], max_iter=300, random_state=0).fit(pixels[:1200] / 16, tags[:1200, 0])
    print("accuracy of the one-output perceptron:", one.score(pixels[1200:] / 16, tags[1200:, 0]))
    save(perceptron(one, 64, 1), os.path.join(out, "even.onnx"), pixels / 16, one.predict_proba(pixels / 16)[:, 1])


if __name__ == "__main__":
    diabetes(sys.argv[1])
    digits(sys.argv[1])
