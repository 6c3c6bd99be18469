#!/usr/bin/env bash
# fastparquet 2026.9.0 with pandas 3.0.6: a column of durations in seconds is stored as if it were in microseconds.
#
# pandas 3 gives pd.to_timedelta([...], unit="s") the type timedelta64[s]. fastparquet.write stores the plain numbers of that type in a Parquet
# column of TIME(MICROS): one hour becomes 3.6 milliseconds for other readers, and nothing at all for fastparquet itself, which cuts it to whole seconds,
# without an error or a warning. The same durations in nanoseconds come back as they were.
# Seen: written 0 days 01:00:00; read back 0 days 00:00:00, by pyarrow 00:00:00.003600. Expected: the same duration, as of a file by pyarrow 25.0.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  fastparquet==2026.9.0 pandas==3.0.6 pyarrow==25.0.1
cd "$work"
venv/bin/python - <<'PYTHON'
import sys
import fastparquet, pandas as pd, pyarrow.parquet as pq

hour = pd.DataFrame({"d": pd.to_timedelta([3600, 7200], unit="s")})
fastparquet.write("seconds.parquet", hour)
fastparquet.write("nanoseconds.parquet", hour.astype("timedelta64[ns]"))
hour.to_parquet("pyarrow.parquet", engine="pyarrow")

seconds = fastparquet.ParquetFile("seconds.parquet").to_pandas()["d"][0]
stored = pq.read_table("seconds.parquet").column("d")
nanoseconds = fastparquet.ParquetFile("nanoseconds.parquet").to_pandas()["d"][0]
pyarrow = pd.read_parquet("pyarrow.parquet", engine="pyarrow")["d"][0]
print("fastparquet", fastparquet.__version__, "pandas", pd.__version__, "type", hour["d"].dtype)
print("written:                          ", hour["d"][0])
print("by fastparquet from seconds:      ", seconds)
print("as pyarrow reads that file:       ", stored.type, stored[0])
print("by fastparquet from nanoseconds:  ", nanoseconds)
print("by pyarrow from seconds:          ", pyarrow)
right = hour["d"][0]
as_found = (seconds == pd.Timedelta(0) and stored[0].value == 3600 and nanoseconds == right and pyarrow == right)
print("as found" if as_found else "CHANGED")
sys.exit(0 if as_found else 1)
PYTHON
