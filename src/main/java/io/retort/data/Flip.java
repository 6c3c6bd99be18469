package io.retort.data;

/** Which mirror images a view may show. */
public enum Flip {
    NONE,
    /** Left and right change places in half of the samples. */
    HORIZONTAL
}
