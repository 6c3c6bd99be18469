"""Makes vectors.json: principal components, neighbours and cosines of some vectors, as numpy computes them.

usage: python make_vectors.py OUT_FOLDER
needs: numpy
"""
import json
import os
import sys

import numpy as np

ROWS, WIDTH, DIMENSION, K = 30, 6, 3, 10


def units(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nearest(vectors):
    cosines = units(vectors) @ units(vectors).T
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :K]


def accuracy(vectors, classes):
    right = 0
    for row, others in enumerate(nearest(vectors)):
        votes = np.bincount(classes[others])
        best = next(c for c in classes[others] if votes[c] == votes.max())
        right += best == classes[row]
    return right / len(vectors)


def main(out):
    random = np.random.default_rng(7)
    classes = np.arange(ROWS) % 3
    centres = random.normal(size=(3, WIDTH))
    teacher = np.round(centres[classes] + random.normal(size=(ROWS, WIDTH)) * [2, 1, 1, 0.5, 0.5, 0.2], 3)
    student = np.round(teacher + 0.7 * random.normal(size=(ROWS, WIDTH)), 3)
    values, directions = np.linalg.eigh(np.cov(teacher.T, bias=True))
    order = np.argsort(-values)[:DIMENSION]
    directions = directions[:, order].T
    directions *= np.sign(directions[np.arange(DIMENSION), np.abs(directions).argmax(axis=1)])[:, None]
    mine, theirs = nearest(student), nearest(teacher)
    expected = {
        "dimension": DIMENSION,
        "classes": classes.tolist(),
        "teacher": teacher.tolist(),
        "student": student.tolist(),
        "kept": values[order].sum() / values.sum(),
        "reduced": (teacher @ directions.T).tolist(),
        "cosine": float((units(student) * units(teacher)).sum(axis=1).mean()),
        "mean-squared-error": float(((student - teacher) ** 2).mean()),
        "recall-at-10": float(np.mean([len(set(a) & set(b)) / K for a, b in zip(mine, theirs)])),
        "neighbour-accuracy": accuracy(student, classes),
        "constant-cosine": float(np.linalg.norm(units(teacher).mean(axis=0))),
    }
    with open(os.path.join(out, "vectors.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file)


main(sys.argv[1])
