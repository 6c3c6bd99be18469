#!/usr/bin/env bash
# fastparquet 2026.9.0: a column of lists of lists is read as nothing but nulls.
#
# The file is ordinary: PyArrow 25.0.1 writes it, and PyArrow and Polars 1.44.2 read the values. fastparquet gives a column of the right name and length,
# every cell None, without an error or a warning, so that rows look as if they had no value. A list of numbers beside it is right.
# Seen: [[[1.0], [2.0, 3.0]], [[4.0]]] read as [None, None].
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  fastparquet==2026.9.0 pandas==3.0.6 pyarrow==25.0.1 polars==1.44.2
cd "$work"
venv/bin/python - <<'PYTHON'
import sys
import fastparquet, polars, pyarrow as pa, pyarrow.parquet as pq

nested = [[[1.0], [2.0, 3.0]], [[4.0]]]
lists = [[1.0, 2.0], [3.0]]
pq.write_table(pa.table({
    "nested": pa.array(nested, pa.list_(pa.list_(pa.float32()))),
    "lists": pa.array(lists, pa.list_(pa.float32())),
}), "t.parquet")
found = fastparquet.ParquetFile("t.parquet").to_pandas()
read = {"nested": found["nested"].tolist(), "lists": [[float(v) for v in cell] for cell in found["lists"]]}
print("fastparquet", fastparquet.__version__)
for name, written in (("nested", nested), ("lists", lists)):
    print(f"{name}: written {written}, read {read[name]}")
others = polars.read_parquet("t.parquet")
right = all(others[n].to_list() == w and pq.read_table("t.parquet")[n].to_pylist() == w
            for n, w in (("nested", nested), ("lists", lists)))
as_found = right and read["nested"] == [None, None] and read["lists"] == lists
print("as found; Polars and PyArrow read what was written" if as_found else "CHANGED")
sys.exit(0 if as_found else 1)
PYTHON
