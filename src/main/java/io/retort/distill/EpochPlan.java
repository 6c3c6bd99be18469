package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The rows of one epoch, dealt out to lanes: all shards once, in an order that depends on seed and epoch only, cut into one run of rows for each lane. Each
 * optimiser step takes its part of the batch from every lane, so that a batch mixes as many shards as there are lanes.
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
        Collections.shuffle(shuffled, new Random(RoundPlan.seed(seed, epoch)));
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
}
