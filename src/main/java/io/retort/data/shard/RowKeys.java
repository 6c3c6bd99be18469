package io.retort.data.shard;

import io.retort.data.Labels;

/** The ids and labels of a shard's rows: all that decides which data sets a row is in. */
@SuppressWarnings("ArrayRecordComponent") // columns of thousands of rows, never compared
record RowKeys(long[] ids, Labels labels) {}
