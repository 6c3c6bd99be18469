package io.retort.distill;

import io.retort.distill.EpochPlan.Piece;
import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.allreduce.Lanes;
import io.retort.engine.TrainableNetwork.TrainingState;
import java.io.Serializable;
import java.util.List;

/**
 * The work of one rank in one Spark job: its lanes' part of some consecutive optimiser steps.
 *
 * @param lanes of the rank
 * @param start the fingerprint of the state before
 * @param parts one for each epoch that the steps touch
 */
record Chunk(int rank, Lanes lanes, StepSizes sizes, long start, List<Part> parts) implements Serializable {
    Chunk {
        parts = List.copyOf(parts);
    }

    /** The rows of its rank. */
    long rows() {
        return parts.stream()
                .flatMap(part -> part.pieces().stream())
                .flatMap(List::stream)
                .mapToLong(Piece::rows)
                .sum();
    }

    /** The number of batches of its rank: one for each step and each of its lanes that has rows in it. */
    int microBatches() {
        int count = 0;
        for (Part part : parts) {
            for (int step = part.fromStep(); step < part.toStep(); step++) {
                for (int lane = lanes.first(); lane < lanes.first() + lanes.own(); lane++) {
                    count += sizes.at(lane, step) > 0 ? 1 : 0;
                }
            }
        }
        return count;
    }

    /**
     * The steps of one epoch.
     *
     * @param fromStep the first, from 0 in each epoch
     * @param toStep after the last
     * @param pieces the rows of each of the rank's lanes
     * @param lossSums of the rows of each of the rank's lanes in the epoch's steps before
     */
    record Part(int epoch, int fromStep, int toStep, List<List<Piece>> pieces, List<Double> lossSums)
            implements Serializable {
        Part {
            pieces = pieces.stream().map(List::copyOf).toList();
            lossSums = List.copyOf(lossSums);
        }

        /** The same steps of some of the lanes, from one (inclusive) to another (exclusive). */
        Part ofLanes(int from, int to) {
            return new Part(epoch, fromStep, toStep, pieces.subList(from, to), lossSums.subList(from, to));
        }
    }

    /**
     * The result of a chunk.
     *
     * @param states the state after the last step from the first rank; none from the others, whose state is the same
     * @param lossSums for each part, the sum of the losses of each lane's rows from the epoch's first step to the
     *     part's last
     * @param lastLoss of the last batch, the same for all ranks; not finite where the training diverged and the chunk
     *     was left
     * @param end the fingerprint of the state after it
     * @param times of this rank
     */
    record Result(List<TrainingState> states, List<List<Double>> lossSums, double lastLoss, long end, StepTimes times)
            implements Serializable {
        Result {
            states = List.copyOf(states);
            lossSums = lossSums.stream().map(List::copyOf).toList();
        }

        boolean diverged() {
            return !Double.isFinite(lastLoss);
        }
    }
}
