package io.retort.compress.prune;

import io.retort.compress.Compressed.Sensitivity;
import io.retort.compress.Compressor;
import io.retort.config.Decimals;
import io.retort.config.SettingException;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.evaluate.Task;
import io.retort.network.Network;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures how many channels each group can spare: the accuracy when the least important part of that group alone is
 * cut, and nothing is trained after it (Li et al. 2017, arXiv:1608.08710, who do it layer by layer).
 *
 * <p>Each pair of a group and a part is a task. Network and samples travel to each executor once. The samples are those
 * of the validation split or, where there is none, training samples: held-out samples have no say in what a student
 * becomes.
 */
public final class SensitivityScan {
    private static final int BATCH = 64;

    /**
     * The resolution of the scan.
     *
     * @param samples on which accuracy is measured; they pass through the driver
     * @param ratios parts of a group that are cut, ascending; the greatest possible part is cut besides
     */
    public record Settings(int samples, List<Double> ratios) implements Serializable {
        public Settings {
            ratios = List.copyOf(ratios);
            SettingException.requirePositive("samples", samples);
            double before = 0;
            for (double ratio : ratios) {
                if (!(ratio > before && ratio < 1)) {
                    throw new SettingException("ratios", "must ascend within (0, 1), was " + ratios);
                }
                before = ratio;
            }
        }
    }

    private final ChannelPruning.Settings settings;
    private final List<ChannelDependencies.Group> groups;
    private final Map<Integer, Double> scores;

    /** @param scores of every unit of the groups */
    SensitivityScan(
            ChannelPruning.Settings settings, List<ChannelDependencies.Group> groups, Map<Integer, Double> scores) {
        this.settings = settings;
        this.groups = groups;
        this.scores = scores;
    }

    /** The cut of one task. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Trial(int[] cut) implements Serializable {
        static Trial of(List<Integer> units) {
            return new Trial(units.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** The curve of each group. */
    List<Curve> curves(Network network, Compressor.Context context) {
        List<List<Integer>> orders = groups.stream().map(this::leastFirst).toList();
        List<int[]> removals =
                orders.stream().map(order -> removals(order.size())).toList();
        List<Trial> trials = new ArrayList<>(List.of(new Trial(new int[0])));
        for (int g = 0; g < groups.size(); g++) {
            for (int removed : removals.get(g)) {
                trials.add(Trial.of(orders.get(g).subList(0, removed)));
            }
        }
        int samples = settings.scan().samples();
        List<Double> scores = context.calibration()
                .choosing()
                .labelled()
                .perInput(network, trials, samples, (whole, trial, some) -> score(whole, trial.cut(), some));
        List<Curve> curves = new ArrayList<>();
        int at = 1;
        for (int g = 0; g < groups.size(); g++) {
            int tried = removals.get(g).length;
            List<Double> own = new ArrayList<>(List.of(scores.get(0)));
            own.addAll(scores.subList(at, at + tried));
            curves.add(new Curve(groups.get(g), orders.get(g), removals.get(g), own));
            at += tried;
        }
        return curves;
    }

    private List<Integer> leastFirst(ChannelDependencies.Group group) {
        return group.units().stream()
                .sorted(Comparator.<Integer>comparingDouble(scores::get).thenComparingInt(unit -> unit))
                .toList();
    }

    /** Numbers of channels to try without, of so many; none twice. */
    private int[] removals(int channels) {
        List<Double> ratios = new ArrayList<>(settings.scan().ratios());
        ratios.add(1.0); // as far as the least number of channels
        return ratios.stream()
                .mapToInt(ratio -> channels - settings.allowed(channels - Decimals.part(ratio, channels), channels))
                .filter(removed -> removed > 0)
                .distinct()
                .toArray();
    }

    /** Where no row has a label, the cut network is held against the whole one. */
    private static Double score(Network whole, int[] cut, Samples samples) {
        ChannelDependencies layout = ChannelDependencies.of(whole.structure());
        Set<Integer> units = new HashSet<>();
        Arrays.stream(cut).forEach(units::add);
        Network narrow = new ChannelSurgery(whole.structure(), layout, units).network(whole);
        Task task = Task.of(samples.schema().target());
        float[] reference = task.needsLabels() ? new float[0] : outputs(whole, samples);
        return task.score(outputs(narrow, samples), reference, samples.labels());
    }

    private static float[] outputs(Network network, Samples samples) {
        int classes = samples.schema().classes();
        float[] outputs = new float[samples.count() * classes];
        byte[] onnx = OnnxModel.bytes(network, samples.schema().classNames(), Map.of());
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            samples.forEachBatch(View.plain(), BATCH, (rows, from, count) -> {
                System.arraycopy(session.logits(rows, count), 0, outputs, from * classes, count * classes);
            });
        }
        return outputs;
    }

    /**
     * The accuracy of a network without the least important channels of one group.
     *
     * @param order the group's units, the least important first
     * @param removed numbers of channels that were tried without, ascending
     * @param accuracies of the whole network, then without so many
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Curve(ChannelDependencies.Group group, List<Integer> order, int[] removed, List<Double> accuracies) {
        /** The most channels that can go. */
        int most() {
            return removed.length == 0 ? 0 : removed[removed.length - 1];
        }

        /**
         * The loss of accuracy at which this number of channels goes: interpolated linearly between two measurements,
         * and never less than for fewer channels, for a gain in between is chance.
         */
        double drop(int channels) {
            double whole = accuracies.get(0);
            int before = 0;
            double dropBefore = 0;
            for (int i = 0; i < removed.length; i++) {
                double drop = Math.max(dropBefore, whole - accuracies.get(i + 1));
                if (channels <= removed[i]) {
                    return dropBefore + (drop - dropBefore) * (channels - before) / (removed[i] - before);
                }
                before = removed[i];
                dropBefore = drop;
            }
            throw new IllegalArgumentException(
                    channels + " channels of " + group.name() + " cannot go, only " + most());
        }

        /**
         * For the report.
         *
         * @param cut units of this and of other groups that go
         */
        Sensitivity chosen(Set<Integer> cut) {
            long gone = order.stream().filter(cut::contains).count();
            List<Sensitivity.Point> points = new ArrayList<>(List.of(new Sensitivity.Point(0, accuracies.get(0))));
            for (int i = 0; i < removed.length; i++) {
                points.add(new Sensitivity.Point((double) removed[i] / order.size(), accuracies.get(i + 1)));
            }
            return new Sensitivity(group.name(), order.size(), points, (double) gone / order.size());
        }
    }
}
