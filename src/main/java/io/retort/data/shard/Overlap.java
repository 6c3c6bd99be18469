package io.retort.data.shard;

import java.io.Serializable;

/**
 * How many held-out samples are among the training samples, as counted on a part of the held-out ones.
 *
 * @param samples held-out samples that were looked for
 * @param ids those whose id a training sample has
 * @param features those whose features a training sample has
 */
public record Overlap(long samples, long ids, long features) implements Serializable {}
