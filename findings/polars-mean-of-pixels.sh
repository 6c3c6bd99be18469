#!/usr/bin/env bash
# Polars 1.44.2: the mean of 200 and 100 is 22, where both are columns of bytes.
#
# mean_horizontal adds its columns in their own type before it divides. Bytes (UInt8, which is how pixels are kept) wrap at 256: 200 + 100 = 44, and half of
# that is 22. The same numbers below each other have the mean 150 and the sum 300, for there the type is widened first; sum_horizontal gives 44, and the
# scalar product wraps each product but not their sum (444 for 700). No error, no warning, and the result is a Float64.
#
# For users: brightness from pixel columns, grey from R, G and B, or the mean of several scores as Int8 come out wrong. Cast to a wider type first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==1.44.2

cat > look.py <<'PY'
import sys

import polars as pl

failed = False


def seen(what, value, expected):
    global failed
    failed |= value != expected
    print(f"{what}: {value}" + ("" if value == expected else f", expected {expected}: IT HAS CHANGED"))


pixels = pl.DataFrame({"first": [200], "second": [100]}, schema={"first": pl.UInt8, "second": pl.UInt8})
across = pl.mean_horizontal("first", "second")
seen("mean_horizontal of the bytes 200 and 100", pixels.select(across).item(), 22.0)
seen("its type", str(pixels.select(across).to_series().dtype), "Float64")
seen("mean_horizontal of the same as Int32", pixels.cast(pl.Int32).select(across).item(), 150.0)
seen("sum_horizontal of the bytes", pixels.select(pl.sum_horizontal("first", "second")).item(), 44)
below = pl.Series([200, 100], dtype=pl.UInt8)
seen("mean of a column of the bytes", below.mean(), 150.0)
seen("sum of a column of the bytes", below.sum(), 300)
signed = pl.DataFrame({"first": [100], "second": [100]}, schema={"first": pl.Int8, "second": pl.Int8})
seen("mean_horizontal of 100 and 100 as Int8", signed.select(across).item(), -28.0)
left, right = pl.Series([100, 200, 50], dtype=pl.UInt8), pl.Series([2, 2, 2], dtype=pl.UInt8)
seen("scalar product of (100, 200, 50) and (2, 2, 2), which is 700", left.dot(right), 444)
sys.exit(failed)
PY
venv/bin/python look.py
