package io.retort.data.shard;

import io.retort.data.Rows;
import io.retort.data.Schema;
import java.io.Serializable;

/** How the rows of a shard are read: those of a store, or with columns of further stores beside theirs. */
public interface RowReading extends Serializable {
    /** All rows of a shard. */
    Rows rows(Schema schema, Shard shard);

    /** The rows of a shard that a data set has, with the labels that it shows. */
    Rows rows(Dataset dataset, Shard shard);
}
