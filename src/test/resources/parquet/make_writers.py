"""Writes small Parquet files with the types that writers of 2026 have, one row being a value of each.

Every column `x...` holds 1, 2, 3 (lists: [1, 2], [3, 4], [5, 6]) as far as its type can, and `y` the labels 0, 1, 0. Run with pyarrow 25.0.1,
polars 1.44.2, duckdb 1.5.6, pandas 3.0.6, fastparquet 2026.9.0.
"""

import datetime
import decimal
import pathlib
import uuid

import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
N = [1, 2, 3]
Y = [0, 1, 0]
LISTS = [[1, 2], [3, 4], [5, 6]]
DAYS = [datetime.date(2026, 12, day) for day in N]
TIMES = [datetime.datetime(2026, 12, day, 6) for day in N]
DECIMALS = [decimal.Decimal(n) + decimal.Decimal("0.25") for n in N]


def write(name, columns, **options):
    table = pa.table(columns | {"y": pa.array(Y, pa.int32())})
    pq.write_table(table, HERE / f"{name}.parquet", store_schema=True, compression="zstd", **options)


def arrow():
    ints = {f"x{t}": pa.array(N, t) for t in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]}
    lists = {
        "xlist": pa.array(LISTS, pa.list_(pa.float32())),
        "xlarge_list": pa.array(LISTS, pa.large_list(pa.float64())),
        "xlist_view": pa.array(LISTS, pa.list_view(pa.int32())),
        "xfixed_list": pa.array(LISTS, pa.list_(pa.float32(), 2)),
        "xlist_uint8": pa.array(LISTS, pa.list_(pa.uint8())),
        "xlist_uint64": pa.array(LISTS, pa.list_(pa.uint64())),
        "xtensor": pa.FixedShapeTensorArray.from_numpy_ndarray(np.array(LISTS, np.float32)),
    }
    others = {
        "xbool": pa.array([True, False, True]),
        "xdictionary": pa.array(N).dictionary_encode(),
        "xrun_ends": pa.array(N, pa.int64()),
        "xdecimal32": pa.array(DECIMALS, pa.decimal32(9, 2)),
        "xdecimal128": pa.array(DECIMALS, pa.decimal128(38, 2)),
        "xdecimal_int": pa.array(DECIMALS, pa.decimal128(9, 2)),
        "xfixed_bytes": pa.array([b"\x01\x02", b"\x03\x04", b"\x05\x06"], pa.binary(2)),
        "xbinary_view": pa.array([b"\x01\x02", b"\x03\x04", b"\x05\x06"], pa.binary_view()),
        "xlarge_binary": pa.array([b"\x01\x02", b"\x03\x04", b"\x05\x06"], pa.large_binary()),
        "large_text": pa.array(["a", "b", "c"], pa.large_string()),
        "text_view": pa.array(["a", "b", "c"], pa.string_view()),
        "dictionary_text": pa.array(["a", "b", "c"]).dictionary_encode(),
        "day": pa.array(DAYS, pa.date32()),
        "moment": pa.array(TIMES, pa.timestamp("us", "UTC")),
        "local_moment": pa.array(TIMES, pa.timestamp("ms")),
        "duration": pa.array([datetime.timedelta(seconds=n) for n in N], pa.duration("us")),
        "struct": pa.array([{"a": n} for n in N]),
        "map": pa.array([[("a", n)] for n in N], pa.map_(pa.string(), pa.int64())),
    }
    write("pyarrow", ints | lists | others)
    # Layouts of lists and of integers in other encodings and page versions.
    few = {"xint64": ints["xint64"], "xlist": lists["xlist"], "xdecimal32": others["xdecimal32"]}
    write("pyarrow-v1-lists", few, use_compliant_nested_type=False, version="1.0")
    write("pyarrow-v2-pages", few, data_page_version="2.0", use_dictionary=False, column_encoding={"xint64": "DELTA_BINARY_PACKED"},
          store_decimal_as_integer=True)
    # One type each that Spark 3.5 knows nothing of: the footer alone decides.
    write("pyarrow-nanoseconds", {"x": ints["xint64"], "z": pa.array(TIMES, pa.timestamp("ns"))})
    write("pyarrow-time", {"x": ints["xint64"], "z": pa.array([datetime.time(n) for n in N], pa.time64("us"))})
    write("pyarrow-half", {"x": ints["xint64"], "z": pa.array(N, pa.float16())})
    write("pyarrow-decimal256", {"x": ints["xint64"], "z": pa.array(DECIMALS, pa.decimal256(60, 2))})
    write("pyarrow-uuid", {"x": ints["xint64"], "z": pa.array([uuid.UUID(int=n).bytes for n in N], pa.uuid())})
    write("pyarrow-null", {"x": ints["xint64"], "z": pa.nulls(3)})
    write("pyarrow-byte-stream-split", {"x": pa.array(N, pa.int64()), "z": pa.array(N, pa.float32())}, use_dictionary=False,
          column_encoding={"x": "BYTE_STREAM_SPLIT", "z": "BYTE_STREAM_SPLIT"})
    # The same column with a width of its own in each of two files.
    for i, t in enumerate(["int32", "int64"]):
        (HERE / "widths").mkdir(exist_ok=True)
        write(f"widths/{i}", {"x": pa.array(N, t)})


def polars():
    types = [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Float32, pl.Float64]
    columns = {f"x{t.__name__.lower()}": pl.Series(N, dtype=t) for t in types}
    columns |= {
        "xboolean": pl.Series([True, False, True]),
        "xdecimal": pl.Series(DECIMALS, dtype=pl.Decimal(20, 2)),
        "xlist": pl.Series(LISTS, dtype=pl.List(pl.Float32)),
        "xarray": pl.Series(LISTS, dtype=pl.Array(pl.Float32, 2)),
        "xlist_uint16": pl.Series(LISTS, dtype=pl.List(pl.UInt16)),
        "category": pl.Series(["a", "b", "c"], dtype=pl.Categorical),
        "enum": pl.Series(["a", "b", "c"], dtype=pl.Enum(["a", "b", "c"])),
        "text": pl.Series(["a", "b", "c"]),
        "day": pl.Series(DAYS),
        "moment": pl.Series(TIMES, dtype=pl.Datetime("us")),
        "duration": pl.Series([datetime.timedelta(seconds=n) for n in N]),
        "y": pl.Series(Y, dtype=pl.Int32),
    }
    pl.DataFrame(columns).write_parquet(HERE / "polars.parquet")
    for name, series in {"int128": pl.Series(N, dtype=pl.Int128), "time": pl.Series([datetime.time(n) for n in N])}.items():
        pl.DataFrame({"x": N, "z": series, "y": Y}).write_parquet(HERE / f"polars-{name}.parquet")


def duck():
    types = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE",
             "DECIMAL(9,2)", "DECIMAL(18,2)", "DECIMAL(38,2)"]
    columns = [f"(n{' + 0.25' if 'DEC' in t else ''})::{t} AS \"x{t.lower()}\"" for t in types]
    columns += ["(n <> 2)::BOOLEAN AS xboolean", "[2 * n - 1, 2 * n]::FLOAT[] AS xlist", "[2 * n - 1, 2 * n]::FLOAT[2] AS xarray",
                "chr(96 + n::INT) AS text", "chr(96 + n::INT)::ENUM ('a', 'b', 'c') AS enum", "DATE '2026-12-01' + (n::INT - 1) AS day",
                "TIMESTAMP '2026-12-01 06:00:00' + INTERVAL 1 DAY * (n - 1) AS moment", "{'a': n} AS struct",
                "((n + 1) % 2)::INTEGER AS y"]
    def copy(name, select):
        duckdb.sql(f"COPY (SELECT {select} FROM range(1, 4) AS t(n) ORDER BY n) TO '{HERE / name}.parquet' (FORMAT parquet, CODEC 'zstd')")
    copy("duckdb", ", ".join(columns))
    for name, value in {"nanoseconds": "TIMESTAMP_NS '2026-12-01 06:00:00'", "time": "TIME '06:00:00'", "interval": "INTERVAL 1 DAY",
                        "bit": "'101'::BIT"}.items():
        copy(f"duckdb-{name}", f"n AS x, {value} AS z, ((n + 1) % 2)::INTEGER AS y")


def pandas():
    frame = pd.DataFrame({"xint64": N, "xfloat32": np.array(N, np.float32), "xnullable": pd.array([1, None, 3], "Int16"),
                          "xuint8": np.array(N, np.uint8), "category": pd.Categorical(["a", "b", "c"]), "text": ["a", "b", "c"],
                          "day": pd.to_datetime(DAYS).as_unit("us"), "y": Y}, index=[10, 20, 30])
    frame.to_parquet(HERE / "pandas.parquet")
    fastparquet.write(str(HERE / "fastparquet.parquet"), pd.DataFrame({"xint64": N, "xlist": LISTS, "y": Y}), object_encoding={"xlist": "json"})


arrow()
polars()
duck()
pandas()
