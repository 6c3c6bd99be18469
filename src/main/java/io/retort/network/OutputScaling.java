package io.retort.network;

import io.retort.network.Structure.Node;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Standardises the numbers that networks predict, {@code (y − mean) / deviation} each, while they are trained: so that
 * neither their units nor their places matter. The last layer, which is linear, takes the scaling in: outside of
 * trainings a network gives its labels' units.
 *
 * @param means by number; none where outputs are left as they are
 * @param deviations likewise, above 0
 */
public record OutputScaling(List<Double> means, List<Double> deviations) implements Serializable {
    /** Leaves outputs as they are. */
    public static final OutputScaling NONE = new OutputScaling(List.of(), List.of());

    public OutputScaling {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
    }

    /** To mean 0 and deviation 1; a number that never changes is only centred. */
    public static OutputScaling of(ChannelMoments moments) {
        List<Integer> numbers =
                IntStream.range(0, moments.mean().length).boxed().toList();
        return new OutputScaling(
                numbers.stream().map(i -> moments.mean()[i]).toList(),
                numbers.stream()
                        .map(i -> moments.count() > 0 && moments.variance(i) > 0 ? Math.sqrt(moments.variance(i)) : 1.0)
                        .toList());
    }

    /** The reason why the outputs of a network cannot be scaled; nothing where they can. */
    public static Optional<String> obstacle(Structure structure) {
        return structure.output().layer() instanceof Layer.Dense dense && dense.bias() == Layer.Bias.PER_CHANNEL
                ? Optional.empty()
                : Optional.of("a network that predicts numbers must end in a dense layer with a bias, but ends in '"
                        + structure.output().name() + "'");
    }

    private boolean isNone() {
        return means.isEmpty();
    }

    /** Standardises rows of numbers, in place. */
    public void standardise(float[] values) {
        for (int i = 0; !isNone() && i < values.length; i++) {
            int number = i % means.size();
            values[i] = (float) ((values[i] - means.get(number)) / deviations.get(number));
        }
    }

    /** The network that gives the standardised numbers of one that gives them in units. */
    public Network standardised(Network network) {
        return scaled(network, (bias, i) -> (bias - means.get(i)) / deviations.get(i), i -> 1 / deviations.get(i));
    }

    /** The network that gives in units what one gives standardised. */
    public Network inUnits(Network network) {
        return scaled(network, (bias, i) -> bias * deviations.get(i) + means.get(i), deviations::get);
    }

    private interface OfBias {
        double of(double bias, int number);
    }

    private interface Factor {
        double of(int number);
    }

    private Network scaled(Network network, OfBias ofBias, Factor factor) {
        if (isNone()) {
            return network;
        }
        Node last = network.structure().output();
        Tensor weight = network.parameter(last.parameter("weight"));
        float[] weights = weight.values().clone();
        float[] biases = network.parameter(last.parameter("bias")).values().clone();
        int inputs = weights.length / biases.length;
        for (int i = 0; i < biases.length; i++) {
            biases[i] = (float) ofBias.of(biases[i], i);
            for (int j = i * inputs; j < (i + 1) * inputs; j++) {
                weights[j] = (float) (weights[j] * factor.of(i));
            }
        }
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        parameters.put(last.parameter("weight"), new Tensor(weight.sizes(), weights));
        parameters.put(last.parameter("bias"), new Tensor(List.of(biases.length), biases));
        return new Network(network.structure(), parameters);
    }
}
