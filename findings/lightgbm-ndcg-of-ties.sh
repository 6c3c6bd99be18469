#!/usr/bin/env bash
# LightGBM 4.7.0: a ranker that says the same of everything has an NDCG and a MAP of 1, if the rows come sorted by relevance.
#
# LightGBM's metrics ndcg and map sort by score and leave equal scores in the order of the rows. Rows often come from a database with the relevant ones
# first. The same constant scores give 1.0 on rows in falling relevance and almost 0 in rising; scikit-learn's ndcg_score, which averages over the orders
# of ties, gives one value for both. Early stopping looks at the former. No warning.
#
# For users: trees of few leaves and scores rounded to halves have many ties. Shuffle the rows of each group once before they are ranked or compared,
# and measure teacher and student with one implementation.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lightgbm==4.7.0 scikit-learn==1.9.1

cat > look.py <<'PY'
import sys

import lightgbm
import numpy as np
from sklearn.metrics import ndcg_score

GROUPS, ROWS = 10, 20
random = np.random.default_rng(0)
rising = np.sort(random.integers(0, 4, (GROUPS, ROWS)), axis=1)


def of_a_constant(relevance):
    """NDCG@5 and MAP@5 of a model without any split: no leaf may be as small as half of the rows."""
    data = lightgbm.Dataset(
        random.random((GROUPS * ROWS, 2)), relevance.reshape(-1), group=[ROWS] * GROUPS, free_raw_data=False
    )
    settings = {"objective": "lambdarank", "metric": ["ndcg", "map"], "eval_at": [5], "verbosity": -1,
                "min_data_in_leaf": GROUPS * ROWS}
    seen = {}
    model = lightgbm.train(settings, data, 1, valid_sets=[data], valid_names=["rows"],
                           callbacks=[lightgbm.record_evaluation(seen)])
    scores = model.predict(data.get_data(), raw_score=True)
    assert np.ptp(scores) == 0, "the model is no constant"
    ours = {name: float(values[-1]) for name, values in seen["rows"].items()}
    ours["scikit-learn's ndcg@5"] = float(ndcg_score(relevance, scores.reshape(GROUPS, ROWS), k=5))
    return ours


down, up = of_a_constant(rising[:, ::-1]), of_a_constant(rising)
print("rows in falling relevance:", down)
print("rows in rising relevance: ", up)
failed = not (down["ndcg@5"] == 1 and down["map@5"] == 1 and up["ndcg@5"] < 0.1 and up["map@5"] < 0.1)
failed |= abs(down["scikit-learn's ndcg@5"] - up["scikit-learn's ndcg@5"]) > 1e-12
failed |= not 0.3 < down["scikit-learn's ndcg@5"] < 0.7
if failed:
    print("IT HAS CHANGED")
sys.exit(failed)
PY
venv/bin/python look.py 2>&1 | grep -v "Warning"
