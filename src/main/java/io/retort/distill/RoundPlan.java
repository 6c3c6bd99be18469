package io.retort.distill;

import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * What the replicas train on before the next averaging.
 *
 * @param chunks one for each replica that has rows, which are those of the lane with the replica's number
 */
record RoundPlan(List<Chunk> chunks) {
    RoundPlan {
        chunks = List.copyOf(chunks);
    }

    /** The rounds of one epoch, or of its first steps, each of as many optimiser steps, the last of the rest. */
    static List<RoundPlan> epoch(EpochPlan plan, int epoch, int interval, int steps) {
        List<RoundPlan> rounds = new ArrayList<>();
        for (int from = 0; from < steps; from += interval) {
            rounds.add(round(plan, epoch, from, Math.min(steps, from + interval)));
        }
        return rounds;
    }

    private static RoundPlan round(EpochPlan plan, int epoch, int from, int to) {
        List<Chunk> chunks = new ArrayList<>();
        for (int replica = 0; replica < plan.sizes().lanes(); replica++) {
            List<EpochPlan.Piece> pieces = plan.pieces(replica, from, to);
            if (!pieces.isEmpty()) {
                Chunk.Part part = new Chunk.Part(epoch, from, to, List.of(pieces), List.of(0.0));
                chunks.add(new Chunk(replica, replica, 1, plan.sizes(), 0, List.of(part)));
            }
        }
        return new RoundPlan(chunks);
    }

    /** A seed for one purpose, from the training's seed and the numbers that tell the purposes apart. */
    static long seed(long seed, long... purpose) {
        Digest digest = new Digest().add(seed).add(purpose);
        return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
    }

    long samples() {
        return chunks.stream()
                .flatMap(chunk -> chunk.parts().stream())
                .flatMap(part -> part.pieces().stream())
                .flatMap(List::stream)
                .mapToLong(EpochPlan.Piece::rows)
                .sum();
    }
}
