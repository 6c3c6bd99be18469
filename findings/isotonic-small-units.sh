#!/usr/bin/env bash
# scikit-learn 1.9.1: an isotonic regression of float32 scores near 1e-6 is a constant.
#
# IsotonicRegression takes scores that differ by less than a bound for one, and the bound is absolute: 1e-6 for float32, 1e-15 for float64. Scores in [0, 1]
# that are multiplied by 1e-6, which keeps their order, are all "equal" in float32: the fit is the mean label, for every score (AUC 0.500 for 0.845).
# Multiplied by 1e-3 they are merged in part, and predictions are off by up to 0.07. float64 gives the same curve in every unit. No warning.
#
# For users: probabilities of rare events (fraud, clicks, faults) come as float32 from most networks. Calibrated so, they lose their order. Cast to float64
# first, or calibrate their logits.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scikit-learn==1.9.1

cat > look.py <<'PY'
import sys

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(0)
score = random.random(2000)
label = (random.random(2000) < score).astype(float)
exact = None
failed = False
for unit in (1, 2.0**-10, 2.0**-20, 2.0**-30):  # powers of two, so that scaling changes no digit
    for kind in (np.float64, np.float32):
        scaled = (score * unit).astype(kind)
        fit = IsotonicRegression(out_of_bounds="clip").fit(scaled, label).predict(scaled)
        exact = fit if exact is None else exact
        furthest = float(np.abs(fit - exact).max())
        constant = bool(np.ptp(fit) == 0)
        print(f"unit 2^{int(np.log2(unit)):<4} {kind.__name__}: predictions from {fit.min():.3f} to {fit.max():.3f}, "
              f"AUC {roc_auc_score(label, fit):.3f}, at most {furthest:.3f} from those of float64 in unit 1")
        if kind is np.float64:
            failed |= furthest > 1e-9
        elif unit <= 2.0**-20:
            failed |= not constant
            failed |= len(np.unique(scaled)) < 1900  # the scores are there, in float32
        else:
            failed |= constant
if failed:
    print("IT HAS CHANGED")
sys.exit(failed)
PY
venv/bin/python look.py
