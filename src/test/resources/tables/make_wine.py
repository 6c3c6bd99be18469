"""Writes wine.csv and wine-test.csv: 13 amounts measured in wines of three cultivars, and the scores of a gradient-boosted model.

Wine, UCI Machine Learning Repository (Aeberhard, Forina 1991, doi:10.24432/C5PC7J, CC BY 4.0), out of scikit-learn.
Training rows are scored out of fold, held-out rows by a model of all training rows. Run with scikit-learn 1.7.
"""

import csv
import pathlib

import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import cross_val_predict, train_test_split

HERE = pathlib.Path(__file__).parent
NAMES = ["barolo", "grignolino", "barbera"]
ORDER = [2, 0, 1]  # of the scores: not that of the classes

wine = load_wine()
columns = [name.replace("od280/od315_of_diluted_wines", "od_ratio") for name in wine.feature_names]
x, x_test, y, y_test = train_test_split(wine.data, wine.target, test_size=58, random_state=1, stratify=wine.target)
model = GradientBoostingClassifier(n_estimators=20, random_state=1)
scores = cross_val_predict(model, x, y, cv=5, method="predict_proba")
scores_test = model.fit(x, y).predict_proba(x_test)

for file, rows, labels, given in [("wine.csv", x, y, scores), ("wine-test.csv", x_test, y_test, scores_test)]:
    with open(HERE / file, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns + ["cultivar"] + ["p_" + NAMES[c] for c in ORDER] + ["said"])
        for row, label, score in zip(rows, labels, given):
            row = [f"{value:g}" for value in row]
            written = [f"{score[c]:.6f}" for c in ORDER]
            writer.writerow(row + [NAMES[label]] + written + [NAMES[np.argmax(score)]])
