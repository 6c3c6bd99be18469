package io.retort.compress.quantize.code;

/** What of a weight tensor shares one code. */
public enum Granularity {
    /** All of it. */
    PER_TENSOR,
    /** Each output channel by itself: as cheap at inference, and far more exact where channels differ (Krishnamoorthi 2018, arXiv:1806.08342). */
    PER_CHANNEL
}
