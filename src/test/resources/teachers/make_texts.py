"""Makes reviews.csv, reviews-test.csv and reviews.onnx: a classifier of several inputs, as a pipeline of scikit-learn becomes in ONNX.

usage: python make_texts.py OUT_FOLDER
needs: scikit-learn, onnx, onnxruntime, numpy

The topic of a review follows from its words, but for two topics that only the city tells apart. The model is scikit-learn's: counts of words (CountVectorizer), one-hot
cities (OneHotEncoder) and a standardised age (StandardScaler) into a logistic regression. Its ONNX form has the operators that such pipelines are converted to (StringSplit,
TfIdfVectorizer, OneHotEncoder, Scaler, LinearClassifier with classlabels_strings), written here with onnx.helper.
"""
import csv
import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

WORDS = {
    "books": "novel chapter author page story plot print cover library reader",
    "films": "screen actor scene director camera cast cinema sequel trailer score",
    "meals": "soup bread spice kitchen waiter table plate sauce dessert menu",
    "trips": "soup bread spice kitchen waiter table plate sauce dessert menu",
}
COMMON = "the a and with very quite some more less good bad long short new old".split()
CITIES = ["Ghent", "Lyon", "Porto", "Turin"]


def rows(count, random):
    names = sorted(WORDS)
    for i in range(count):
        topic = names[random.integers(len(names))]
        words = [random.choice(WORDS[topic].split()) for _ in range(4)] + list(random.choice(COMMON, 6))
        random.shuffle(words)
        at = {"meals": 2, "trips": 0}.get(topic, 0)  # meals are reviewed in Porto and Turin, trips in Ghent and Lyon
        width = 2 if topic in ("meals", "trips") else 4
        yield {"text": " ".join(words), "city": CITIES[at + random.integers(width)],
               "age": int(random.integers(18, 90)), "topic": topic}


def write(path, table):
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, ["text", "city", "age", "topic"])
        writer.writeheader()
        writer.writerows(table)


def model(table):
    counts = CountVectorizer(token_pattern=r"\S+", lowercase=False)
    cities = OneHotEncoder(categories=[CITIES])
    ages = StandardScaler()
    features = np.hstack([
        counts.fit_transform([row["text"] for row in table]).toarray(),
        cities.fit_transform([[row["city"]] for row in table]).toarray(),
        ages.fit_transform([[row["age"]] for row in table])])
    regression = LogisticRegression(C=3, max_iter=1000).fit(features, [row["topic"] for row in table])
    vocabulary = list(counts.get_feature_names_out())
    nodes = [
        helper.make_node("StringSplit", ["text"], ["split", "lengths"], delimiter=" "),
        helper.make_node("Squeeze", ["split", "one"], ["tokens"]),
        helper.make_node("TfIdfVectorizer", ["tokens"], ["counts"], mode="TF", min_gram_length=1, max_gram_length=1,
                         max_skip_count=0, ngram_counts=[0], ngram_indexes=list(range(len(vocabulary))),
                         pool_strings=vocabulary),
        helper.make_node("OneHotEncoder", ["city"], ["hot"], domain="ai.onnx.ml", cats_strings=CITIES, zeros=1),
        helper.make_node("Squeeze", ["hot", "one"], ["cities"]),
        helper.make_node("Scaler", ["age"], ["ages"], domain="ai.onnx.ml", offset=[float(ages.mean_[0])],
                         scale=[float(1 / ages.scale_[0])]),
        helper.make_node("Concat", ["counts", "cities", "ages"], ["features"], axis=1),
        helper.make_node("LinearClassifier", ["features"], ["label", "scores"], domain="ai.onnx.ml",
                         coefficients=regression.coef_.astype(np.float32).ravel().tolist(),
                         intercepts=regression.intercept_.astype(np.float32).tolist(),
                         classlabels_strings=list(regression.classes_), multi_class=1, post_transform="SOFTMAX"),
        helper.make_node("Identity", ["scores"], ["probabilities"])]
    graph = helper.make_graph(
        nodes, "reviews",
        [helper.make_tensor_value_info("text", TensorProto.STRING, [None, 1]),
         helper.make_tensor_value_info("city", TensorProto.STRING, [None, 1]),
         helper.make_tensor_value_info("age", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
         helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(regression.classes_)])],
        [helper.make_tensor("one", TensorProto.INT64, [1], [1])])
    made = helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)])
    onnx.checker.check_model(made)
    return made, regression, features


def main(out):
    random = np.random.default_rng(11)
    train, test = list(rows(320, random)), list(rows(160, random))
    made, regression, features = model(train)
    session = onnxruntime.InferenceSession(made.SerializeToString())

    def answers(table):
        return session.run(["label", "probabilities"], {
            "text": np.array([[row["text"]] for row in table], dtype=object),
            "city": np.array([[row["city"]] for row in table], dtype=object),
            "age": np.array([[row["age"]] for row in table], dtype=np.float32)})

    np.testing.assert_allclose(answers(train)[1], regression.predict_proba(features), atol=1e-5)
    labels, probabilities = answers(test)
    print("accuracy on reviews-test.csv:", np.mean(labels == np.array([row["topic"] for row in test])))
    print("first row:", test[0], np.log(probabilities[0]))
    write(os.path.join(out, "reviews.csv"), train)
    write(os.path.join(out, "reviews-test.csv"), test)
    onnx.save(made, os.path.join(out, "reviews.onnx"))


if __name__ == "__main__":
    main(sys.argv[1])
