package io.retort.distill;

import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Signals.LabelForm;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Batch;
import io.retort.label.SoftLabels;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongToIntFunction;

/**
 * One training: the network, its data and its losses. It travels to every executor once.
 *
 * @param id names the training: the digest of all that its result depends on
 * @param teachers whose soft labels are used: one where some loss needs a teacher, otherwise none (an Optional does not
 *     travel)
 * @param starts where the training begins: one network of this structure, or none for the parameters that the seed
 *     gives
 * @param budgetRows the rows that an epoch of the budget has: the training has as many optimiser steps as the budget's
 *     epochs over so many rows have, however many rows its own data set has
 * @param mask the weights that are 0 at the start and stay so
 * @param outputScaling of numbers that are predicted; start and result are networks that give standardised ones
 * @param viewSeed seeds the augmentations; teacher and student must have the same
 * @param seed orders shards and samples and initialises the parameters
 * @param compute what executors compute with
 */
public record TrainingTask(
        String id,
        Structure structure,
        TrainingSettings training,
        List<LossSettings> losses,
        Dataset dataset,
        long budgetRows,
        ShardStore shards,
        List<SoftLabels> teachers,
        List<Network> starts,
        Mask mask,
        OutputScaling outputScaling,
        long viewSeed,
        long seed,
        Compute compute)
        implements Serializable {
    public TrainingTask {
        losses = List.copyOf(losses);
        teachers = List.copyOf(teachers);
        starts = List.copyOf(starts);
        if (losses.isEmpty()) {
            throw new IllegalArgumentException(
                    "losses must not be empty; without a loss there is nothing to train towards");
        }
        if (losses.stream().noneMatch(loss -> loss.pairs().isEmpty())) {
            throw new IllegalArgumentException(
                    "losses must have one over logits; those of taps alone do not train the last layer");
        }
        for (LossSettings loss : losses) {
            if (loss.source() == LossSettings.Source.TEACHER && teachers.isEmpty()) {
                throw new IllegalArgumentException("loss " + loss + " needs a teacher, and this training has none");
            }
        }
        if (teachers.size() > 1) {
            throw new IllegalArgumentException("a training has at most one teacher, was given " + teachers.size());
        }
        if (starts.size() > 1) {
            throw new IllegalArgumentException("a training begins at one network at most, was given " + starts.size());
        }
        if (starts.stream().anyMatch(start -> !start.structure().equals(structure))) {
            throw new IllegalArgumentException("a training must begin at a network of the structure that is trained");
        }
        if (!mask.isNone() && starts.isEmpty()) {
            throw new IllegalArgumentException("a training that keeps weights at 0 must begin at a network");
        }
        if (structure.classes() != dataset.schema().classes()) {
            throw new IllegalArgumentException("the network gives " + structure.classes() + " logits, the data set has "
                    + dataset.schema().classes() + " classes");
        }
    }

    /** The same towards another budget. */
    TrainingTask with(TrainingSettings other) {
        return with(other, dataset, compute);
    }

    /** The same on another engine. */
    TrainingTask with(Compute other) {
        return with(training, dataset, other);
    }

    private TrainingTask with(TrainingSettings budget, Dataset rows, Compute computing) {
        return new TrainingTask(
                id,
                structure,
                budget,
                losses,
                rows,
                budgetRows,
                shards,
                teachers,
                starts,
                mask,
                outputScaling,
                viewSeed,
                seed,
                computing);
    }

    /**
     * The optimiser steps of the whole training.
     *
     * @param stepsOf so many rows
     */
    int iterations(LongToIntFunction stepsOf) {
        return Math.multiplyExact(training.epochs(), stepsOf.applyAsInt(budgetRows));
    }

    /** How often the training goes through its rows, in steps of a batch; the last time it may be broken off. */
    public int passes() {
        LongToIntFunction steps =
                rows -> StepSizes.of(rows, 1, training.batchSize()).steps();
        int each = steps.applyAsInt(dataset.samples());
        return (iterations(steps) + each - 1) / each;
    }

    /** The task for executors. The list of shards stays with the driver: each task would deserialise all of it. */
    TrainingTask withoutShards() {
        return with(training, dataset.withoutShards(), compute);
    }

    Optional<SoftLabels> softLabels() {
        return teachers.stream().findFirst();
    }

    /** How the signals of a row lie side by side. */
    public SignalLayout signals() {
        return new SignalLayout(
                structure.classes(),
                !teachers.isEmpty(),
                LabelForm.of(dataset.schema().target()));
    }

    /** The losses at taps; empty without a teacher. */
    public List<TappedLoss> tappedLosses() {
        return softLabels()
                .map(labels -> TappedLoss.of(losses, labels.taps(), structure.taps()))
                .orElse(List.of());
    }

    /** The network before its first step. */
    public Network initial() {
        return starts.stream().findFirst().orElseGet(() -> Network.initialised(structure, seed(seed, 0)));
    }

    /** A seed for one purpose, from the training's seed and the numbers that tell the purposes apart. */
    static long seed(long seed, long... purpose) {
        Digest digest = new Digest().add(seed).add(purpose);
        return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
    }

    /** The shards in the order of an epoch. */
    public List<Shard> shards(int epoch) {
        StepSizes sizes = StepSizes.of(dataset.samples(), 1, training.batchSize());
        return EpochPlan.of(dataset.parts(), seed, epoch, sizes).shards().stream()
                .map(Dataset.Part::shard)
                .toList();
    }

    /** Batches of a shard's rows, shuffled, for a trainer with steps of its own; the last may be smaller. */
    public Iterator<Batch> batches(int epoch, Shard shard) {
        RoundData rows = RoundData.read(this, view(epoch), softLabels(), List.of(shard));
        int[] order = rows.shuffled(seed(seed, 1, epoch, shard.key().hashCode()));
        List<Batch> batches = new ArrayList<>();
        int batchSize = training.batchSize();
        for (int from = 0; from < order.length; from += batchSize) {
            batches.add(rows.batch(Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length))));
        }
        return batches.iterator();
    }

    /** How an epoch changes the samples. */
    View view(int epoch) {
        List<View> views = training.views().views(viewSeed, structure.input());
        return views.get(epoch % views.size());
    }
}
