package io.retort.data.encode;

import io.retort.predict.RowBatch;
import java.io.Serializable;

/** The numbers that a model reads of a row. */
public sealed interface RowNumbers extends Serializable permits NumberPicks, TablePicks {
    /** How many there are. */
    int count();

    /** Copies those of a row. */
    void copy(RowBatch rows, int row, float[] values);
}
