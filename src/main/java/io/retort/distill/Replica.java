package io.retort.distill;

import io.retort.data.Samples;
import io.retort.data.shard.RowSample;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.allreduce.AllReduce;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** One copy of the network, at work on an executor. */
final class Replica {
    private final TrainingTask task;
    private final TrainableNetwork network;

    /** The fingerprint of the state in which a chunk left it; nothing where something else came after. */
    private OptionalLong left = OptionalLong.empty();

    Replica(TrainingTask task, TrainableNetwork network) {
        this.task = task;
        this.network = network;
    }

    /** This copy for a training of the same name whose data may lie elsewhere. */
    Replica of(TrainingTask same) {
        Replica other = new Replica(same, network);
        other.left = left;
        return other;
    }

    /** Frees the native memory of the network, which those for the same training share. */
    void close() {
        network.close();
    }

    /** The length of a lane's vector at each step: its gradient, and its part of the batch's mean loss. */
    int vectorLength() {
        return network.gradientLength() + 1;
    }

    /**
     * Makes the steps of a chunk, together with the other ranks.
     *
     * @param start read only where this replica is not in that state already
     * @param sums of the lanes' gradients; the last element of a vector is the loss
     * @param alive throws where the task was ended
     */
    Chunk.Result train(Chunk chunk, Supplier<TrainingState> start, AllReduce sums, Runnable alive) {
        if (left.isEmpty() || left.getAsLong() != chunk.start()) {
            network.restore(start.get());
        }
        left = OptionalLong.empty();
        int length = network.gradientLength();
        float[] vector = new float[length + 1];
        float loss = 0;
        long forRows = 0;
        long forOthers = 0;
        long began = System.nanoTime();
        List<List<Double>> lossSums = new ArrayList<>();
        try (BatchesAhead batches = new BatchesAhead(task, chunk)) {
            for (Chunk.Part part : chunk.parts()) {
                double[] own = part.lossSums().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                for (int step = part.fromStep(); step < part.toStep() && Float.isFinite(loss); step++) {
                    float rows = chunk.sizes().at(step);
                    for (int lane = 0; lane < own.length; lane++) {
                        long asked = System.nanoTime();
                        Batch batch = batches.take(alive);
                        forRows += System.nanoTime() - asked;
                        double mean = network.gradient(batch, batch.size() / rows, vector);
                        vector[length] = (float) (mean * (batch.size() / rows));
                        own[lane] += mean * batch.size();
                        long computed = System.nanoTime();
                        sums.add(chunk.lanes().first() + lane, vector);
                        forOthers += System.nanoTime() - computed;
                    }
                    long added = System.nanoTime();
                    float[] sum = sums.sum();
                    forOthers += System.nanoTime() - added;
                    loss = sum[length];
                    if (Float.isFinite(loss)) {
                        network.update(sum);
                    }
                }
                lossSums.add(Arrays.stream(own).boxed().toList());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for samples", e);
        }
        long computing = System.nanoTime() - began - forRows - forOthers;
        TrainingState state = network.state();
        left = OptionalLong.of(state.fingerprint());
        return new Chunk.Result(
                chunk.rank() == 0 ? List.of(state) : List.of(),
                lossSums,
                loss,
                left.getAsLong(),
                new StepTimes(computing, forRows, forOthers));
    }

    /**
     * Trains on its own lane, from the given state.
     *
     * @param alive throws where the task was ended
     */
    RoundResult train(TrainingState state, Chunk chunk, Runnable alive) {
        left = OptionalLong.empty();
        network.restore(state);
        double lossSum = 0;
        long seen = 0;
        try (BatchesAhead batches = new BatchesAhead(task, chunk)) {
            for (int i = 0; i < chunk.microBatches(); i++) {
                Batch batch = batches.take(alive);
                double loss = network.step(batch);
                if (!Double.isFinite(loss)) {
                    return new RoundResult(chunk.rank(), 0, 0, loss, network.state());
                }
                lossSum += loss * batch.size();
                seen += batch.size();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for samples", e);
        }
        return new RoundResult(chunk.rank(), seen, lossSum, 0, network.state());
    }

    /** Feeds rows, as the evaluation sees them, to the network to re-estimate BatchNorm's statistics. */
    BatchNormStatistics.Share statistics(TrainingState state, Samples rows, RowSample.Portion portion) {
        left = OptionalLong.empty();
        network.restore(state);
        network.beginStatistics();
        RoundData share = RoundData.of(task, rows);
        int[] order = share.inOrder();
        for (int i = 0; i < portion.batches(); i++) {
            int[] batch = Arrays.copyOfRange(order, portion.start(i), portion.start(i + 1));
            network.observe(share.features(batch), batch.length);
        }
        return new BatchNormStatistics.Share(network.statistics());
    }
}
