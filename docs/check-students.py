"""Asks the exported students of a run for all held-out rows in Python's ONNX Runtime, and holds the score against report.json.

    python docs/check-students.py retort-root/runs/NAME/RUN

It needs numpy and onnxruntime, for texts tokenizers, and for folders of pictures Pillow. The held-out files must be where the run found
them on this machine. It reads the kinds idx, images, csv and text; for other sources write rows(), the rest stays. It exits with 1 where
a score differs by more than the rounding of another ONNX Runtime explains.
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


def rows(test, classes):
    """The held-out rows by column, or an array of pictures; and their labels, indices of classes or numbers."""
    kind = test["kind"]
    if kind == "idx":
        images = np.concatenate([idx(path) for path in test["images"]])
        labels = np.concatenate([idx(path) for path in test["labels"]]).astype(int)
        return images.reshape(len(images), -1, *images.shape[-2:]), labels
    if kind == "images":
        return pictures(test, classes)
    if kind not in ("csv", "text") or test.get("dates"):
        sys.exit(f"the held-out rows are of kind {kind}{' with dates' if test.get('dates') else ''}, which this script does not read")
    table = []
    for path in files(test["paths"]):
        with (gzip.open if path.name.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as file:
            table += csv.DictReader(file, delimiter=test["delimiter"])
    columns = {name: [row[name] for row in table] for name in table[0]}
    if test["target"] in ("numbers", "several-classes"):
        names = test["labels"] or [test["label"]]
        return columns, np.array([columns[name] for name in names], dtype=np.float64).T
    index = {name: i for i, name in enumerate(test["class-names"])}
    return columns, np.array([index.get(label, -1) if index else int(label) for label in columns[test["label"]]])


def inputs(session, data, test, tokenizer):
    """What a session takes, raw: pictures as they are, columns by name, and the ids of texts."""
    about = session.get_modelmeta().custom_metadata_map
    missing = set(test.get("missing") or []) | {""}

    def numbers(name):
        return np.array([np.nan if value in missing else float(value) for value in data[name]], dtype=np.float32)

    if isinstance(data, np.ndarray):
        shape = session.get_inputs()[0].shape[1:]
        return {"input": data.reshape(len(data), *shape).astype(np.float32)}
    if tokenizer.exists():
        import tokenizers

        texts = tokenizers.Tokenizer.from_file(str(tokenizer)).encode_batch(data[test["text"]])
        return {"input": np.array([text.ids for text in texts], dtype=np.int64)}
    if [given.name for given in session.get_inputs()] == ["input"]:
        table = np.stack([numbers(name) for name in json.loads(about["columns"])], axis=1)
        return {"input": table.reshape(len(table), *session.get_inputs()[0].shape[1:])}
    batch = {}
    for given in session.get_inputs():
        name = given.name.removeprefix("column/")
        if given.type == "tensor(string)":
            values = np.array(["" if value in missing else value for value in data[name]], dtype=object)
        else:
            values = numbers(name)
        batch[given.name] = values[:, None]
    return batch


def answers(session, batch, size=1024):
    count = len(next(iter(batch.values())))
    parts = [{name: values[i : i + size] for name, values in batch.items()} for i in range(0, count, size)]
    return np.concatenate([session.run(["logits"], part)[0] for part in parts]).astype(np.float64)


def score(kind, logits, labels):
    if kind == "accuracy":
        return (logits.argmax(axis=1) == labels).mean()
    if kind == "r2":
        return (1 - ((logits - labels) ** 2).sum(axis=0) / ((labels - labels.mean(axis=0)) ** 2).sum(axis=0)).mean()
    if kind == "macro-f1":
        said, true = logits > 0, labels > 0
        return (2 * (said & true).sum(axis=0) / np.maximum(said.sum(axis=0) + true.sum(axis=0), 1)).mean()
    sys.exit(f"the score of this run is {kind}; this script knows accuracy, r2 and macro-f1")


def main(run):
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    dataset, test = report["dataset"], report["recipe"]["data"]["test"]
    data, labels = rows(test, dataset["classes"])
    if len(labels) < dataset["testSamples"]:
        sys.exit(f"{len(labels)} held-out rows are there, of {dataset['testSamples']}")
    labels = labels[: dataset["testSamples"]]  # a limit takes the first
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
