#!/usr/bin/env bash
# DuckDB 1.5.6 on a Parquet file of PyArrow 25.0.1: NaN is between 0 and 10.
#
# PyArrow leaves NaN out of a row group's least and greatest value, as the format says, and writes the two. DuckDB, for which NaN is greater than all
# numbers, decides with those two alone whether a whole row group passes a filter. So a group of 1, 2 and NaN passes "x BETWEEN 0 AND 10" as a whole, and
# "x > 5" or "x = NaN" as little as its greatest number: the same rows in a table, in a file of DuckDB or Polars (which write no such values where there is a
# NaN), or in one of PyArrow without statistics give the right answers. max(x) is 2 for the one file and NaN for the others. No message.
#
# For users: a cleaning query lets NaN through or loses the rows that it looks for, by who wrote the file. Ask isnan(x), which is right everywhere.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==1.5.6 pyarrow==25.0.1 polars==1.44.2

cat > look.py <<'PY'
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

values = pyarrow.table({"id": [0, 1, 2], "x": [1.0, 2.0, float("nan")]})
pyarrow.parquet.write_table(values, "pyarrow.parquet")
pyarrow.parquet.write_table(values, "without-statistics.parquet", write_statistics=False)
polars.from_arrow(values).write_parquet("polars.parquet")
duckdb.sql("CREATE TABLE rows AS SELECT * FROM 'without-statistics.parquet'")
duckdb.sql("COPY rows TO 'duckdb.parquet'")
sources = ["rows", "'duckdb.parquet'", "'polars.parquet'", "'without-statistics.parquet'", "'pyarrow.parquet'"]

failed = False
for condition, right, of_pyarrow in [
    ("x BETWEEN 0 AND 10", [0, 1], [0, 1, 2]),
    ("x < 5", [0, 1], [0, 1, 2]),
    ("x > 5", [2], []),
    ("x = 'NaN'::DOUBLE", [2], []),
    ("isnan(x)", [2], [2]),
]:
    for source in sources:
        seen = [row[0] for row in duckdb.sql(f"SELECT id FROM {source} WHERE {condition} ORDER BY id").fetchall()]
        expected = of_pyarrow if source == "'pyarrow.parquet'" else right
        failed |= seen != expected
        print(f"{condition:20} {source:30} ids {seen}" + ("" if seen == expected else f", expected {expected}: IT HAS CHANGED"))
greatest = {source: str(duckdb.sql(f"SELECT max(x) FROM {source}").fetchone()[0]) for source in sources}
print("max(x)", greatest)
failed |= greatest != {source: "2.0" if source == "'pyarrow.parquet'" else "nan" for source in sources}
sys.exit(failed)
PY
venv/bin/python look.py
