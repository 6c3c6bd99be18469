"""Values that CalibrationFitTest expects: the least mean negative log-likelihood of logits / T + b, by scipy (1.11 or later), and the biases that give some
classes the teacher's mean probability. Run: python make_calibrations.py"""
import numpy as np
from scipy.optimize import minimize, root
from scipy.special import log_softmax, softmax

# The logits of row i and class j, and labels, as in the test: nothing drawn.
ROWS, CLASSES = 60, 4
i, j = np.meshgrid(np.arange(ROWS), np.arange(CLASSES), indexing="ij")
logits = (3 * np.sin(1.7 * i + 2.3 * j) + 0.5 * j).astype(np.float32).astype(np.float64)
teacher = (2 * np.cos(0.9 * i * (j + 1))).astype(np.float32).astype(np.float64)
labels = np.where(np.arange(ROWS) % 3 == 0, np.arange(ROWS) % CLASSES, logits.argmax(1))


def likelihood(inverse, biases):
    return -log_softmax(inverse * logits + biases, axis=1)[np.arange(ROWS), labels].mean()


options = {"gtol": 1e-12, "maxiter": 10_000}
one = minimize(lambda x: likelihood(x[0], 0), [1.0], method="BFGS", options=options)
print("temperature", 1 / one.x[0], "likelihood", one.fun)
both = minimize(lambda x: likelihood(x[0], x[1:] - x[1:].mean()), np.r_[1.0, np.zeros(CLASSES)], method="BFGS", options=options)
print("temperature", 1 / both.x[0], "biases", both.x[1:] - both.x[1:].mean(), "likelihood", both.fun)
wanted = softmax(teacher, axis=1).mean(0)


def surplus(b):
    return (softmax(logits + np.array([0, b[0], 0, b[1]]), axis=1).mean(0) - wanted)[[1, 3]]


found = root(surplus, [0.0, 0.0], tol=1e-14)
print("biases of 1 and 3", found.x, "mean probabilities", wanted)
