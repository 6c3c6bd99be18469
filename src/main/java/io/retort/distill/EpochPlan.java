package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.distill.allreduce.Lanes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The rows of one epoch, dealt out to lanes: all shards once, in an order that depends on seed and epoch only, cut into
 * one run of rows for each lane. Each optimiser step takes its part of the batch from every lane, so that a batch mixes
 * as many shards as there are lanes.
 *
 * @param shards in the order of this epoch
 */
record EpochPlan(List<Dataset.Part> shards, StepSizes sizes) {
    /**
     * Some of the data set's rows of a shard, which are numbered in the order in which the epoch shuffles them.
     *
     * @param number of the shard in the epoch, which seeds its shuffling
     * @param from the first row
     * @param to after the last row
     */
    record Piece(Shard shard, int number, int from, int to) implements Serializable {
        int rows() {
            return to - from;
        }
    }

    static EpochPlan of(List<Dataset.Part> shards, long seed, int epoch, StepSizes sizes) {
        List<Dataset.Part> shuffled = new ArrayList<>(shards);
        Collections.shuffle(shuffled, new Random(TrainingTask.seed(seed, epoch)));
        return new EpochPlan(shuffled, sizes);
    }

    /** The rows of a lane in some steps of the epoch, from one (inclusive) to another (exclusive). */
    List<Piece> pieces(int lane, int fromStep, int toStep) {
        long from = sizes.before(lane) + sizes.before(lane, fromStep);
        long to = sizes.before(lane) + sizes.before(lane, toStep);
        List<Piece> pieces = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < shards.size(); i++) {
            Dataset.Part part = shards.get(i);
            long end = start + part.rows();
            if (Math.max(from, start) < Math.min(to, end)) {
                pieces.add(new Piece(
                        part.shard(),
                        i,
                        Math.toIntExact(Math.max(from, start) - start),
                        Math.toIntExact(Math.min(to, end) - start)));
            }
            start = end;
        }
        return pieces;
    }

    /**
     * The rounds of the epoch, or of its first steps, for trainers that average.
     *
     * @param interval optimiser steps of a round; the last has the rest
     */
    List<Round> rounds(int epoch, int interval, int steps) {
        List<Round> rounds = new ArrayList<>();
        for (int from = 0; from < steps; from += interval) {
            rounds.add(round(epoch, from, Math.min(steps, from + interval)));
        }
        return rounds;
    }

    private Round round(int epoch, int from, int to) {
        List<Chunk> chunks = new ArrayList<>();
        for (int replica = 0; replica < sizes.lanes(); replica++) {
            List<Piece> pieces = pieces(replica, from, to);
            if (!pieces.isEmpty()) {
                Chunk.Part part = new Chunk.Part(epoch, from, to, List.of(pieces), List.of(0.0));
                chunks.add(new Chunk(replica, new Lanes(sizes.lanes(), replica, 1), sizes, 0, List.of(part)));
            }
        }
        return new Round(chunks);
    }

    /**
     * The rows that the replicas train on before the next averaging.
     *
     * @param chunks one for each replica that has rows, which are those of the lane with the replica's number
     */
    record Round(List<Chunk> chunks) {
        Round {
            chunks = List.copyOf(chunks);
        }

        long samples() {
            return chunks.stream()
                    .flatMap(chunk -> chunk.parts().stream())
                    .flatMap(part -> part.pieces().stream())
                    .flatMap(List::stream)
                    .mapToLong(Piece::rows)
                    .sum();
        }
    }

    /**
     * How many rows of an epoch each lane has, and how many of them each optimiser step takes: equal parts, one row
     * more or less, so that no batch is small.
     *
     * @param rows of the epoch
     * @param steps of the epoch
     */
    record StepSizes(long rows, int lanes, int steps) implements Serializable {
        /** As few steps as batches of at most this size allow. */
        static StepSizes of(long rows, int lanes, int batchSize) {
            return new StepSizes(rows, lanes, Math.toIntExact((rows + batchSize - 1) / batchSize));
        }

        /** The rows of all lanes before this one. */
        long before(int lane) {
            return rows * lane / lanes;
        }

        /** The rows of a lane that are used up before a step of the epoch. */
        long before(int lane, int step) {
            return (before(lane + 1) - before(lane)) * step / steps;
        }

        /** The rows that a step takes of a lane: its micro-batch; there may be none. */
        int at(int lane, int step) {
            return Math.toIntExact(before(lane, step + 1) - before(lane, step));
        }

        /** The rows of a step's whole batch. */
        int at(int step) {
            int batch = 0;
            for (int lane = 0; lane < lanes; lane++) {
                batch += at(lane, step);
            }
            return batch;
        }
    }
}
