package io.retort.compress.prune;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.CompressorSettings;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.ExportFormat;
import io.retort.config.Decimals;
import io.retort.config.SettingException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sets the weights of least magnitude to 0 (Han, Pool, Tran, Dally 2015, arXiv:1506.02626). Biases and BatchNorm stay.
 *
 * <p>In n steps, the sparsity after step t is {@code s · (1 − (1 − t / n)³)}, quickly at first, while there is
 * much to spare (Zhu and Gupta 2017, section 3, arXiv:1710.01878). What was 0 stays 0.
 */
public final class WeightPruning implements Compressor {
    /** Kind {@code prune-weights}. */
    public record Settings(
            double sparsity,
            Scope scope,
            int steps,
            List<String> except,
            TrainingSettings training,
            long seed,
            Optional<List<LossSettings>> losses,
            AccuracyConstraint floor)
            implements CompressorSettings {
        public Settings {
            except = List.copyOf(except);
            losses = losses.map(List::copyOf);
            if (!(sparsity > 0 && sparsity < 1)) {
                throw new SettingException(
                        "sparsity", "must be in (0, 1), was " + sparsity + "; 1 would leave no weight");
            }
            SettingException.requirePositive("steps", steps);
            if (scope == Scope.TWO_OF_FOUR && (sparsity != 0.5 || steps != 1)) {
                throw new SettingException(
                        "scope",
                        "two-of-four must have sparsity 0.5 and steps 1, for two of each four weights go at"
                                + " once, was sparsity "
                                + sparsity + " and steps " + steps);
            }
        }

        @Override
        public Compressor create() {
            return new WeightPruning(this);
        }

        @Override
        public List<String> layers(Structure structure) {
            return WeightPruning.layers(structure);
        }

        @Override
        public Optional<String> constraint() {
            return Optional.of("setting weights to 0, which no other trainer keeps at 0");
        }
    }

    /** The weights that are compared with each other. */
    public enum Scope {
        /** All weights of the network: layers with small weights lose more. */
        GLOBAL,
        /** Those of each layer: each loses the same part. */
        LAYER,
        /**
         * Each four neighbours along the inputs of an output lose two, as sparse tensor cores want it (Mishra et al.
         * 2021, arXiv:2104.08378).
         */
        TWO_OF_FOUR
    }

    private static final int GROUP = 4;
    private static final String WEIGHT = "/weight";

    private final Settings settings;

    private WeightPruning(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network network, Compressor.Context context) {
        List<String> names = prunable(network);
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (String name : names) {
            Tensor tensor = network.parameter(name);
            float[] copy = tensor.values().clone();
            weights.put(name, copy);
            parameters.put(name, new Tensor(tensor.sizes(), copy));
        }
        double sparsity = settings.sparsity() * (1 - Math.pow(1 - context.progress(), 3));
        switch (settings.scope()) {
            case GLOBAL -> zeroLeast(List.copyOf(weights.values()), sparsity);
            case LAYER -> weights.values().forEach(values -> zeroLeast(List.of(values), sparsity));
            case TWO_OF_FOUR ->
                weights.forEach((name, values) ->
                        zeroTwoOfFour(values, network.parameter(name).sizes()));
        }
        Network pruned = new Network(network.structure(), parameters);
        List<LayerChange> changes = names.stream()
                .map(name -> change(name, network.parameter(name), weights.get(name)))
                .toList();
        Mask mask = Mask.ofZeros(
                pruned,
                Stream.concat(names.stream(), context.mask().parameters().stream())
                        .distinct()
                        .toList());
        return new Compressed(pruned, mask, ExportFormat.FLOAT32, changes);
    }

    /** The weights of convolutions and dense layers, but for the layers that the recipe names. */
    private List<String> prunable(Network network) {
        return layers(network.structure()).stream()
                .filter(layer -> !settings.except().contains(layer))
                .map(layer -> layer + WEIGHT)
                .toList();
    }

    private static List<String> layers(Structure structure) {
        return structure.parameterSpecs().keySet().stream()
                .filter(name -> name.endsWith(WEIGHT))
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .toList();
    }

    /**
     * Sets the least of all values to 0, as many as make the given part of them; of equal ones, those that come first.
     */
    private static void zeroLeast(List<float[]> tensors, double part) {
        int total = tensors.stream().mapToInt(values -> values.length).reduce(0, Math::addExact);
        long[] order = new long[total]; // magnitude in the upper half, position in the lower: a stable sort
        int at = 0;
        for (float[] values : tensors) {
            for (float value : values) {
                order[at] = ((long) Float.floatToIntBits(Math.abs(value)) << 32) | at;
                at++;
            }
        }
        Arrays.sort(order);
        int[] starts = new int[tensors.size()];
        for (int t = 1; t < starts.length; t++) {
            starts[t] = starts[t - 1] + tensors.get(t - 1).length;
        }
        int zeros = Decimals.part(part, total);
        for (int i = 0; i < zeros; i++) {
            int position = (int) order[i];
            int tensor = Arrays.binarySearch(starts, position);
            tensor = tensor < 0 ? -tensor - 2 : tensor;
            tensors.get(tensor)[position - starts[tensor]] = 0;
        }
    }

    /** Groups of four run along the inputs of one output at one place of the kernel; inputs that are left over stay. */
    private static void zeroTwoOfFour(float[] values, List<Integer> sizes) {
        int outputs = sizes.get(0);
        int inputs = sizes.get(1);
        int places = values.length / outputs / inputs;
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input + GROUP <= inputs; input += GROUP) {
                for (int place = 0; place < places; place++) {
                    float[] group = new float[GROUP];
                    int start = (output * inputs + input) * places + place;
                    for (int i = 0; i < GROUP; i++) {
                        group[i] = values[start + i * places];
                    }
                    zeroLeast(List.of(group), 0.5);
                    for (int i = 0; i < GROUP; i++) {
                        values[start + i * places] = group[i];
                    }
                }
            }
        }
    }

    private static LayerChange change(String name, Tensor before, float[] after) {
        long zeros = 0;
        for (float weight : after) {
            zeros += weight == 0 ? 1 : 0;
        }
        return LayerChange.of(
                name.substring(0, name.indexOf('/')),
                String.format(Locale.ROOT, "%,d of %,d weights are 0", zeros, after.length),
                before,
                new Tensor(before.sizes(), after));
    }
}
