#!/usr/bin/env bash
# Polars 1.44.2: one column of 128-bit integers makes a Parquet file that pyarrow 25.0.1 does not open at all, not even for its other columns.
#
# Polars stores Int128 as fixed_len_byte_array(16) under the logical type INTEGER of 128 bits, which the format does not have (it allows 8, 16, 32 and
# 64), and says nothing. Polars reads the file; pyarrow refuses its schema, and with it every other column; fastparquet 2026.9.0 gives raw bytes, their
# trailing zeros cut off. A sum of whole numbers becomes Int128 by one cast, so such a column comes easily.
# Seen: ArrowNotImplementedError: Integers with more than 64 bits not implemented.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  polars==1.44.2 pyarrow==25.0.1 fastparquet==2026.9.0 pandas==3.0.6
cd "$work"
venv/bin/python - <<'PYTHON'
import sys
import fastparquet, polars as pl, pyarrow as pa, pyarrow.parquet as pq

pl.DataFrame({"plain": [1, 2], "wide": pl.Series([1, 2**100], dtype=pl.Int128)}).write_parquet("t.parquet")
print("Polars", pl.__version__, "reads", pl.read_parquet("t.parquet")["wide"].to_list())
try:
    refusal = ""
    pq.read_table("t.parquet", columns=["plain"])
except pa.ArrowNotImplementedError as e:
    refusal = str(e)
print("pyarrow", pa.__version__, "on the column plain:", refusal or "reads it")
raw = fastparquet.ParquetFile("t.parquet").to_pandas()["wide"].tolist()
print("fastparquet", fastparquet.__version__, "reads", raw)
as_found = refusal == "Integers with more than 64 bits not implemented" and raw[0] == b"\x01"
print("as found" if as_found else "CHANGED")
sys.exit(0 if as_found else 1)
PYTHON
