#!/usr/bin/env bash
# DuckDB 1.5.6: SELECT "a" gives the column A, where a Parquet file has both.
#
# Names in DuckDB do not depend on case, quoted or not. A Parquet file with the columns A and a (valid; PyArrow and Polars keep them apart) is read as A and a_1, so
# a query for a gets the values of A. With the columns the other way round it gets a's. Two files, one with A and one with a, become one column by
# union_by_name. No warning.
#
# For users: feature names that differ by case only (units such as mW and MW, encoded words, hashed names) end in each other's place. Look at the names that
# a query's result has before training on it, or rename where the file is written.
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

failed = False


def seen(what, value, expected):
    global failed
    failed |= value != expected
    print(f"{what}: {value}" + ("" if value == expected else f", expected {expected}: IT HAS CHANGED"))


def column(query):
    return [row[0] for row in duckdb.sql(query).fetchall()]


pyarrow.parquet.write_table(pyarrow.table({"MW": [1, 2], "mW": [1000, 2000]}), "both.parquet")
pyarrow.parquet.write_table(pyarrow.table({"mW": [1000, 2000], "MW": [1, 2]}), "other-order.parquet")
seen("PyArrow's mW", pyarrow.parquet.read_table("both.parquet")["mW"].to_pylist(), [1000, 2000])
seen("Polars' mW", polars.read_parquet("both.parquet")["mW"].to_list(), [1000, 2000])
seen("DuckDB's mW", column("""SELECT "mW" FROM 'both.parquet'"""), [1, 2])
seen("DuckDB's mW, columns the other way round", column("""SELECT "mW" FROM 'other-order.parquet'"""), [1000, 2000])
seen("DuckDB's columns", duckdb.sql("FROM 'both.parquet'").columns, ["MW", "mW_1"])
pyarrow.parquet.write_table(pyarrow.table({"MW": [1, 2]}), "one.parquet")
pyarrow.parquet.write_table(pyarrow.table({"mW": [1000, 2000]}), "two.parquet")
together = "FROM read_parquet(['one.parquet', 'two.parquet'], union_by_name = true)"
seen("columns of both files together", duckdb.sql(together).columns, ["MW"])
seen("their values", sorted(column(together)), [1, 2, 1000, 2000])
sys.exit(failed)
PY
venv/bin/python look.py
