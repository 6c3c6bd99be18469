#!/usr/bin/env bash
# TorchMetrics 1.9.0 (PyTorch 2.13.0): metrics of logits depend on how the rows are cut into batches, and on the size of the logits.
#
# Metrics of classification take probabilities or logits: where a value lies outside [0, 1], all are taken for logits and get a sigmoid. That is decided anew in every call of update(), so a batch
# whose logits all happen to lie in [0, 1] stays as it is, and is then ranked against rows of other batches, which were squashed. Here a logistic regression with an AUROC of 0.945 and an accuracy of
# 0.931 has 0.942 and 0.917 where its rows come one by one; with logits of a tenth, as of a network in its first steps, in the same order, it has 0.934 in batches of eight, 0.655 in
# twos and 0.350 one by one. With all rows in one batch both are right. And the sigmoid has the type of the scores: in float32 all logits above 17 become equal, and naive Bayes with log odds up to 119
# has an average precision of 0.565 for 0.657, in one batch. No warning. The same scores as probabilities are right in any batches.
#
# For users: give probabilities, made by one rule for all rows; where log odds are large, in float64. Look twice where a last batch is small.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 torchmetrics==1.9.0 scikit-learn==1.9.1 2> pip.log || { cat pip.log; exit 1; }
cat > look.py <<'PY'
import numpy as np
import torch
import torchmetrics
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from torchmetrics.classification import BinaryAccuracy, BinaryAUROC, BinaryAveragePrecision

print("TorchMetrics", torchmetrics.__version__, "PyTorch", torch.__version__)

def of(metric, scores, labels, batch):
    scores, labels = torch.tensor(scores), torch.tensor(labels)
    for at in range(0, len(scores), batch):
        metric.update(scores[at : at + batch], labels[at : at + batch])
    return metric.compute().item()

X, y = make_classification(6000, 20, n_informative=6, n_clusters_per_class=1, flip_y=0.1, random_state=1)
model = LogisticRegression().fit(X[:2000], y[:2000])
y = y[2000:]
logits = model.decision_function(X[2000:])
small = 0.1 * logits
truth = roc_auc_score(y, logits)
print(f"logistic regression: AUROC {truth:.4f}, accuracy {accuracy_score(y, logits > 0):.4f} (scikit-learn)")
area = {}
for name, scores in {"logits": logits, "a tenth of them": small, "probabilities": 1 / (1 + np.exp(-logits))}.items():
    for batch in (4000, 8, 2, 1):
        area[name, batch] = of(BinaryAUROC(), scores, y, batch)
        print(f"  {name:16} in batches of {batch:4}: AUROC {area[name, batch]:.4f}, accuracy {of(BinaryAccuracy(), scores, y, batch):.4f}")

X, y = make_classification(40000, 100, n_informative=10, n_redundant=90, n_clusters_per_class=1, weights=[0.95], flip_y=0.01, random_state=0)
bayes = GaussianNB().fit(X[:20000], y[:20000])
y = y[20000:]
joint = bayes.predict_joint_log_proba(X[20000:])
odds = joint[:, 1] - joint[:, 0]
right = average_precision_score(y, odds)
got = of(BinaryAveragePrecision(), odds, y, len(y))
got32 = of(BinaryAveragePrecision(), odds.astype(np.float32), y, len(y))
print(f"naive Bayes, log odds up to {odds.max():.0f}: average precision {right:.4f} (scikit-learn), {got:.4f} and in float32 {got32:.4f} (TorchMetrics)")

same = all(abs(area[name, 4000] - truth) < 1e-4 for name in ("logits", "a tenth of them"))
same &= all(abs(area["probabilities", batch] - truth) < 1e-4 for batch in (4000, 8, 2, 1))
same &= area["logits", 1] < truth - 0.002 and area["a tenth of them", 8] < truth - 0.005 and area["a tenth of them", 1] < 0.45
same &= abs(got - right) < 0.01 and got32 < right - 0.05
print("AS DESCRIBED" if same else "IT HAS CHANGED")
raise SystemExit(0 if same else 1)
PY
venv/bin/python look.py
