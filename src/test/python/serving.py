"""Serves what asked.json holds, with the code of docs/SERVING.md, which lies beside this as serving.py, and writes answers.json."""

import json

import numpy as np
import serving

with open("asked.json", encoding="utf-8") as file:
    asked = json.load(file)
answers = {}


def serve(file, samples, to_batch):
    student = serving.Student(file)
    batch = to_batch(samples, student)
    answers[file] = {
        "logits": student.logits(batch).tolist(),
        "alone": [student.logits(to_batch([sample], student))[0].tolist() for sample in samples],
        "labels": student.labels(batch),
        "probabilities": student.probabilities(batch).tolist(),
    }
    return student, batch


def refused(to_batch, samples, student):
    try:
        to_batch(samples, student)
        return "nothing"
    except (KeyError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


grey = [np.array(picture, dtype=np.uint8) for picture in asked["grey"]]
coloured = [np.array(picture, dtype=np.uint8) for picture in asked["coloured"]]
for kind in ("image", "int8", "float16"):
    image_student, _ = serve(f"{kind}-student.onnx", grey, serving.from_pictures)
serve("coloured-student.onnx", coloured, serving.from_pictures)
table_student, _ = serve("table-student.onnx", asked["rows"], serving.from_rows)
serve("mixed-student.onnx", asked["mixed"], serving.from_columns)
_, ids = serve("text-student.onnx", asked["texts"], lambda texts, student: serving.from_texts(texts, student, serving.tokenizer))
answers["ids"] = ids.tolist()

row = asked["rows"][0]
answers["refused"] = [
    refused(serving.from_rows, [{name: value for name, value in row.items() if name != "weight"}], table_student),
    refused(serving.from_rows, [row | {"weight": float("nan")}], table_student),
    refused(serving.from_pictures, [grey[0][:5, :5]], image_student),
]
with open("answers.json", "w", encoding="utf-8") as file:
    json.dump(answers, file)
