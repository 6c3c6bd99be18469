package io.retort.distill;

import io.retort.data.Shard;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which shards each replica trains on before the next averaging.
 *
 * @param shards by replica; a replica may have none
 */
record RoundPlan(List<List<Shard>> shards) {
    RoundPlan {
        shards = shards.stream().map(List::copyOf).toList();
    }

    /** What one replica trains on. */
    record Portion(int replica, List<Shard> shards) implements Serializable {}

    /** The replicas that have something to do. */
    List<Portion> portions() {
        return IntStream.range(0, shards.size())
                .filter(replica -> !shards.get(replica).isEmpty())
                .mapToObj(replica -> new Portion(replica, shards.get(replica)))
                .toList();
    }

    /**
     * The rounds of one epoch: all shards once, in an order that depends on seed and epoch only, dealt out in turn.
     *
     * <p>In the last round, where shards run out, the first replicas have more.
     */
    static List<RoundPlan> epoch(List<Shard> shards, long seed, int epoch, int replicas, int shardsPerRound) {
        List<Shard> shuffled = new ArrayList<>(shards);
        Collections.shuffle(shuffled, new Random(seed(seed, epoch)));
        List<RoundPlan> rounds = new ArrayList<>();
        int perRound = replicas * shardsPerRound;
        for (int from = 0; from < shuffled.size(); from += perRound) {
            List<List<Shard>> byReplica = new ArrayList<>();
            for (int replica = 0; replica < replicas; replica++) {
                byReplica.add(new ArrayList<>());
            }
            int to = Math.min(from + perRound, shuffled.size());
            for (int i = from; i < to; i++) {
                byReplica.get((i - from) % replicas).add(shuffled.get(i));
            }
            rounds.add(new RoundPlan(byReplica));
        }
        return rounds;
    }

    /** A seed for one purpose, from the training's seed and the numbers that tell the purposes apart. */
    static long seed(long seed, long... purpose) {
        Digest digest = new Digest().add(seed).add(purpose);
        return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
    }

    long samples() {
        return shards.stream().flatMap(List::stream).mapToLong(Shard::samples).sum();
    }

    /** The optimiser steps of the replica that has most to do. */
    int iterations(int batchSize) {
        return shards.stream()
                .mapToInt(own -> (own.stream().mapToInt(Shard::samples).sum() + batchSize - 1) / batchSize)
                .max()
                .orElse(0);
    }
}
