"""Asks the exported students of a run for all held-out rows in Python's ONNX Runtime, and holds the score against report.json.

    python docs/check-students.py retort-root/runs/NAME/RUN

It needs numpy and onnxruntime, for texts tokenizers, for folders of pictures Pillow, and for rows of kind spark a PySpark of the same
version. The held-out files must be where the run found them on this machine, and so must the model of a teacher of embeddings, which is
asked for its vectors. It reads the kinds idx, images, csv, text and spark; for other sources write rows(), the rest stays. It exits with
1 where a score differs by more than the rounding of another ONNX Runtime explains.
"""

import csv
import gzip
import json
import pathlib
import sys

import numpy as np
import onnxruntime

TOLERANCE = 1e-3  # another ONNX Runtime may decide otherwise where two classes are as good as equal


def idx(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    sizes = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def files(paths):
    found = []
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            found += sorted(child for child in path.iterdir() if child.name[0] not in "._")
        else:
            found += sorted(path.parent.glob(path.name)) or sys.exit(f"{path} is not there")
    return found


def pictures(test, classes):
    from PIL import Image

    images, labels = [], []
    for index, name in enumerate(classes):
        for path in sorted((pathlib.Path(test["path"]) / name).iterdir()):
            picture = Image.open(path).convert("L" if test["channels"] == 1 else "RGB")
            if picture.size != (test["width"], test["height"]):
                sys.exit(f"{path} would have to be resized as Retort does it (docs/DATA.md); this script does not")
            values = np.asarray(picture)
            images.append(values[None] if values.ndim == 2 else values.transpose(2, 0, 1))
            labels.append(index)
    return np.stack(images), np.array(labels)


def frame(test):
    """The rows of a DataFrame, as the run's own session loads them."""
    from pyspark.sql import SparkSession

    settings = {"spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false",
                "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    if test["format"] == "jdbc" or test.get("image") or test.get("limit") or test["bad-rows"] == "drop":
        sys.exit("this script does not read a database, pictures in columns, a limit or bad rows that are dropped")
    if test.get("table"):
        found = spark.table(test["table"])
    elif test.get("query"):
        found = spark.sql(test["query"])
    else:
        reader = spark.read.format(test["format"]).options(**test["options"])
        reader = reader.schema(test["schema"]) if test.get("schema") else reader
        found = reader.load(test["path"] or test["paths"])
    found = found.where(test["where"]) if test.get("where") else found
    found = found.selectExpr(*test["select"]) if test["select"] else found
    table = found.collect()
    return {name: [row[i] for row in table] for i, name in enumerate(found.columns)}


def rows(test, classes):
    """The held-out rows by column, or an array of pictures; and their labels, indices of classes or numbers."""
    kind = test["kind"]
    if kind == "idx":
        images = np.concatenate([idx(path) for path in test["images"]])
        labels = np.concatenate([idx(path) for path in test["labels"]]).astype(int)
        return images.reshape(len(images), -1, *images.shape[-2:]), labels
    if kind == "images":
        return pictures(test, classes)
    if kind not in ("csv", "text", "spark") or test.get("dates"):
        sys.exit(f"the held-out rows are of kind {kind}{' with dates' if test.get('dates') else ''}, which this script does not read")
    if kind == "spark":
        columns = frame(test)
    else:
        table = []
        for path in files(test["paths"]):
            with (gzip.open if path.name.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as file:
                table += csv.DictReader(file, delimiter=test["delimiter"])
        columns = {name: [row[name] for row in table] for name in table[0]}
    if not (test["label"] or test["labels"]):
        return columns, np.full(len(next(iter(columns.values()))), -1)
    if test["target"] in ("numbers", "several-classes"):
        names = test["labels"] or [test["label"]]
        return columns, np.array([columns[name] for name in names], dtype=np.float64).T
    index = {name: i for i, name in enumerate(test["class-names"])}
    return columns, np.array([index.get(str(label), -1) if index else int(label) for label in columns[test["label"]]])


def texts(data, text):
    return data[text if isinstance(text, str) else text["column"]]


def vectors(teacher, data, size=64):
    """What a model of embeddings says of texts, or what a column has."""
    if teacher["kind"] == "column":
        return np.array([data[name] for name in teacher["columns"]], dtype=np.float64).squeeze(0)
    features = teacher["features"]
    if not features.get("tokenizer"):
        sys.exit("this script asks teachers of embeddings about texts alone")
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(features["tokenizer"]["path"])
    tokenizer.enable_truncation(features["tokenizer"]["max-length"])
    tokenizer.enable_padding(**{key: (tokenizer.padding or {}).get(key, value) for key, value in {"pad_id": 0, "pad_token": "[PAD]"}.items()})
    session = onnxruntime.InferenceSession(features["path"], providers=["CPUExecutionProvider"])
    found = []
    given = texts(data, features["tokenizer"]["column"])
    order = np.argsort([len(text) for text in given])
    for start in range(0, len(given), size):
        encoded = tokenizer.encode_batch([given[i] for i in order[start : start + size]])
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        inputs = {"input_ids": np.array([one.ids for one in encoded]), "attention_mask": mask, "token_type_ids": np.zeros_like(mask)}
        answer = session.run([features["output"]] if features.get("output") else None, {one.name: inputs[one.name] for one in session.get_inputs()})[0]
        if features.get("pooling") == "mean":
            answer = (answer * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        elif features.get("pooling") == "first":
            answer = answer[:, 0]
        found.append(answer.astype(np.float64))
    answers = np.concatenate(found)[np.argsort(order)]
    return answers / np.linalg.norm(answers, axis=1, keepdims=True) if features.get("scale") == "unit" else answers


def inputs(session, data, test, tokenizer):
    """What a session takes, raw: pictures as they are, columns by name, and the ids of texts."""
    about = session.get_modelmeta().custom_metadata_map
    written = test.get("missing")
    missing = {"", None} | set(written if isinstance(written, list) else [])

    def numbers(name):
        return np.array([np.nan if value in missing else float(value) for value in data[name]], dtype=np.float32)

    if isinstance(data, np.ndarray):
        shape = session.get_inputs()[0].shape[1:]
        return {"input": data.reshape(len(data), *shape).astype(np.float32)}
    if tokenizer.exists():
        import tokenizers

        encoded = tokenizers.Tokenizer.from_file(str(tokenizer)).encode_batch(texts(data, test["text"]))
        return {"input": np.array([text.ids for text in encoded], dtype=np.int64)}
    if [given.name for given in session.get_inputs()] == ["input"] and "columns" not in about:
        lists = [np.asarray(value, dtype=np.float32) for value in data[test["features"][0]]]
        return {"input": np.stack(lists).reshape(len(lists), *session.get_inputs()[0].shape[1:])}
    if [given.name for given in session.get_inputs()] == ["input"]:
        table = np.stack([numbers(name) for name in json.loads(about["columns"])], axis=1)
        return {"input": table.reshape(len(table), *session.get_inputs()[0].shape[1:])}
    batch = {}
    for given in session.get_inputs():
        name = given.name.removeprefix("column/")
        if given.type == "tensor(string)":
            values = np.array(["" if value in missing else str(value) for value in data[name]], dtype=object)
        else:
            values = numbers(name)
        batch[given.name] = values[:, None]
    return batch


def answers(session, batch, size=1024):
    count = len(next(iter(batch.values())))
    parts = [{name: values[i : i + size] for name, values in batch.items()} for i in range(0, count, size)]
    output = session.get_outputs()[0].name  # logits, or embedding
    return np.concatenate([session.run([output], part)[0] for part in parts]).astype(np.float64)


def score(kind, logits, labels):
    if kind == "accuracy":
        return (logits.argmax(axis=1) == labels).mean()
    if kind == "r2":
        return (1 - ((logits - labels) ** 2).sum(axis=0) / ((labels - labels.mean(axis=0)) ** 2).sum(axis=0)).mean()
    if kind == "macro-f1":
        said, true = logits > 0, labels > 0
        return (2 * (said & true).sum(axis=0) / np.maximum(said.sum(axis=0) + true.sum(axis=0), 1)).mean()
    if kind == "cosine":
        if logits.shape != labels.shape:
            sys.exit(f"students give {logits.shape[1]} values, the first components of the teacher's {labels.shape[1]}, which this script does not have")
        lengths = np.linalg.norm(logits, axis=1) * np.linalg.norm(labels, axis=1)
        return ((logits * labels).sum(axis=1) / lengths).mean()
    sys.exit(f"the score of this run is {kind}; this script knows accuracy, r2, macro-f1 and cosine")


def main(run):
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    dataset, test = report["dataset"], report["recipe"]["data"]["test"]
    data, labels = rows(test, dataset["classes"])
    if len(labels) < dataset["testSamples"]:
        sys.exit(f"{len(labels)} held-out rows are there, of {dataset['testSamples']}")
    labels = labels[: dataset["testSamples"]]  # a limit takes the first
    if dataset["score"] == "cosine":
        teacher = report["recipe"]["teacher"]
        labels = vectors(teacher, {name: values[: len(labels)] for name, values in data.items()})
    differ = 0
    for student in report["students"]:
        path = run / student["export"]["path"]
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        batch = inputs(session, data, test, path.with_suffix(".tokenizer.json"))
        batch = {name: values[: len(labels)] for name, values in batch.items()}
        here = score(dataset["score"], answers(session, batch), labels)
        kept = [s for s in student["stages"] if all(c["outcome"] == "KEPT" for c in s.get("compression", []))]
        there = kept[-1]["figures"]["accuracy"]
        verdict = "as reported" if abs(here - there) <= TOLERANCE else "DIFFERS"
        differ += verdict == "DIFFERS"
        print(f"{path.name}: {dataset['score']} {here:.5f} over {len(labels)} rows, report.json {there:.5f}: {verdict}")
    return 1 if differ else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1])))
