package io.retort.compress.prune;

import io.retort.compress.Calibration;
import io.retort.compress.Compressor;
import io.retort.data.LabelColumns;
import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Samples;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.shard.RowCounts.LabelMoments;
import io.retort.distill.Engine;
import io.retort.distill.Optimizer;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Losses;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.schedule.LearningRate;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.OutputScaling;
import io.retort.network.Structure.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Judges a channel by how much the loss would change, to first order, if it were not there:
 * {@code (Σ w · ∂L/∂w)²}, summed over batches of training samples, with L the {@linkplain Losses.OfLabels usual loss} of the labels (Molchanov et al.
 * 2019, equation 8, arXiv:1906.10771).
 *
 * <p>The sum runs over the scale and shift of the BatchNorms that the channel goes through, and over the filter and its
 * bias where it goes through none: a filter that is normalised can be scaled without any effect, so that its own sum is
 * 0.
 */
final class TaylorImportance implements Importance {
    private static final int SAMPLES = 1024;

    @Override
    public Map<Integer, Double> scores(Network network, ChannelDependencies layout, Compressor.Context context) {
        Engine engine = context.engine().of(network.structure()); // the driver decides, for all executors
        List<double[]> shares = context.calibration()
                .labelled()
                .perPortion(network, SAMPLES, (whole, samples) -> share(whole, samples, engine));
        Map<Integer, Double> scores = new HashMap<>();
        for (ChannelDependencies.Group group : layout.groups()) {
            for (int unit : group.units()) {
                scores.put(
                        unit, shares.stream().mapToDouble(share -> share[unit]).sum());
            }
        }
        return scores;
    }

    /** The sum over the batches of one portion, by unit. */
    private static double[] share(Network whole, Samples samples, Engine engine) {
        OutputScaling outputs = samples.schema().target().kind() == LabelColumns.Kind.NUMBERS
                ? OutputScaling.of(LabelMoments.of(samples.labels()).moments())
                : OutputScaling.NONE;
        Network network = outputs.standardised(whole);
        ChannelDependencies channels = ChannelDependencies.of(network.structure());
        Target target = samples.schema().target();
        List<LossSettings> losses =
                List.of(new Losses.OfLabels(Schedule.of(1)).fitted(new LabelCounts(target, 0, List.of())));
        SignalLayout layout = SignalLayout.of(target, losses);
        // One step of plain descent at rate 1 takes the gradient away from the parameters, which is how it is read off.
        IUpdater descent =
                new Optimizer.Sgd().create(new LearningRate(1, 0, new LearningRate.Decay.Constant()).over(1));
        double[] squares = new double[channels.atoms()];
        try (TrainableNetwork trainable = engine.begin(network, descent, 0, new Objective(losses, layout), List.of())) {
            TrainingState start = trainable.state();
            samples.forEachBatch(View.plain(), Calibration.BATCH, (rows, from, count) -> {
                network.structure().scaling().apply(rows, network.structure().input());
                Labels labels = samples.labels()
                        .rows(IntStream.range(from, from + count).toArray());
                outputs.standardise(labels.values());
                trainable.restore(start);
                trainable.step(new Batch(rows, layout.packed(labels, Optional.empty()), count));
                double[] sums = sums(network, trainable.network(), channels);
                for (int unit = 0; unit < sums.length; unit++) {
                    squares[unit] += sums[unit] * sums[unit];
                }
            });
        }
        return squares;
    }

    private static double[] sums(Network before, Network after, ChannelDependencies layout) {
        double[] ofFilters = new double[layout.atoms()];
        double[] ofNorms = new double[layout.atoms()];
        boolean[] normalised = new boolean[layout.atoms()];
        for (Node node : before.structure().nodes()) {
            int[] units = layout.units(node.name());
            if (node.layer() instanceof Layer.BatchNorm) {
                Arrays.stream(units).forEach(unit -> normalised[unit] = true);
                add(before, after, node.parameter("scale"), units, ofNorms);
                add(before, after, node.parameter("shift"), units, ofNorms);
            } else {
                add(before, after, node.parameter("weight"), units, ofFilters);
                add(before, after, node.parameter("bias"), units, ofFilters);
            }
        }
        for (int unit = 0; unit < ofNorms.length; unit++) {
            ofFilters[unit] = normalised[unit] ? ofNorms[unit] : ofFilters[unit];
        }
        return ofFilters;
    }

    private static void add(Network before, Network after, String parameter, int[] units, double[] sums) {
        if (before.parameters().containsKey(parameter)) {
            float[] old = before.parameter(parameter).values();
            float[] moved = after.parameter(parameter).values();
            int each = old.length / units.length;
            for (int i = 0; i < old.length; i++) {
                sums[units[i / each]] += (double) old[i] * (old[i] - moved[i]);
            }
        }
    }
}
