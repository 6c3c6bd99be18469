package io.retort.engine.onednn;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.LogitsLoss;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.dl4j.RoundedWeights;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A network in training, as its formulas say, in doubles, one number after the other: what steps of engines are
 * compared with. Each layer states its values ({@link NaiveLayers}); gradients follow from them.
 */
final class NaiveNetwork {
    private final Structure structure;
    private final Map<String, Shape> shapes;
    private final LogitsLoss loss;
    private final List<TapHead> taps;

    NaiveNetwork(Structure structure, LogitsLoss loss, List<TapHead> taps) {
        this.structure = structure;
        this.shapes = structure.shapes();
        this.loss = loss;
        this.taps = taps;
    }

    /** The parameters of a network, those of the taps' connectors among them. */
    Map<String, double[]> parameters(Network network) {
        Map<String, double[]> parameters = new LinkedHashMap<>();
        network.parameters().forEach((name, tensor) -> parameters.put(name, doubles(tensor.values())));
        for (int i = 0; i < taps.size(); i++) {
            TapHead tap = taps.get(i);
            if (tap.connectorOutputs().isPresent()) {
                int inputs = shapes.get(tap.tap()).channels();
                int outputs = tap.connectorOutputs().getAsInt();
                double[] drawn = doubles(tap.connectorWeights(inputs));
                // a dense layer's are drawn input by input
                double[] weights = shapes.get(tap.tap()).isImage()
                        ? drawn
                        : IntStream.range(0, drawn.length)
                                .mapToDouble(at -> drawn[at % inputs * outputs + at / inputs])
                                .toArray();
                parameters.put(ProgramWriter.connector(i) + "/weight", weights);
                parameters.put(ProgramWriter.connector(i) + "/bias", new double[outputs]);
            }
        }
        return parameters;
    }

    /**
     * A step without an update.
     *
     * @param objective the loss, and the penalties that are not part of it
     * @param gradients by parameter; of a running statistic, the value to subtract
     */
    record Step(double loss, double objective, Map<String, double[]> gradients) {}

    Step step(Map<String, double[]> parameters, Batch batch) {
        Scalars scalars = new Scalars();
        Map<String, int[]> leaves = new HashMap<>();
        parameters.forEach((name, numbers) -> leaves.put(name, leaves(scalars, numbers)));
        RoundedWeights.bits(structure).forEach((node, bits) -> {
            double[] weights = parameters.get(node + "/weight");
            leaves.put(
                    node + "/weight",
                    leaves(scalars, rounded(weights, shapes.get(node).channels(), bits)));
        });
        NaiveLayers layers = new NaiveLayers(scalars, batch.size(), shapes, leaves);
        layers.values().put(Structure.INPUT, leaves(scalars, doubles(batch.features())));
        structure.nodes().forEach(layers::compute);
        int[] output = layers.values().get(structure.output().name());
        double[] logits = scalars.values(output);
        List<int[]> tapped =
                IntStream.range(0, taps.size()).mapToObj(i -> tapped(layers, i)).toList();

        double[] derivatives = new double[scalars.count()];
        double[] byLogits = new double[logits.length];
        double sum = loss.evaluate(batch.size(), logits, doubles(batch.targets()), byLogits, 0);
        add(byLogits, output, derivatives);
        for (int i = 0; i < taps.size(); i++) {
            double[] student = scalars.values(tapped.get(i));
            double[] byTap = new double[student.length];
            sum += taps.get(i)
                    .objective()
                    .evaluate(batch.size(), student, doubles(batch.taps().get(i)), byTap);
            add(byTap, tapped.get(i), derivatives);
        }
        layers.penalties().forEach(penalty -> derivatives[penalty]++);
        scalars.accumulate(derivatives);
        Map<String, double[]> gradients = new LinkedHashMap<>();
        parameters
                .keySet()
                .forEach(name -> gradients.put(
                        name,
                        Arrays.stream(leaves.get(name))
                                .mapToDouble(leaf -> derivatives[leaf])
                                .toArray()));
        gradients.putAll(layers.statistics());
        double penalty = layers.penalties().stream().mapToDouble(scalars::value).sum();
        return new Step(sum, sum + penalty, gradients);
    }

    private int[] tapped(NaiveLayers layers, int tap) {
        TapHead head = taps.get(tap);
        return head.connectorOutputs().isPresent()
                ? layers.connected(
                        ProgramWriter.connector(tap),
                        head.tap(),
                        head.connectorOutputs().getAsInt())
                : layers.values().get(head.tap());
    }

    private static int[] leaves(Scalars scalars, double[] numbers) {
        return Arrays.stream(numbers).mapToInt(scalars::of).toArray();
    }

    private static void add(double[] gradient, int[] of, double[] derivatives) {
        for (int i = 0; i < of.length; i++) {
            derivatives[of[i]] += gradient[i];
        }
    }

    /** Each output's weights in whole steps. */
    private static double[] rounded(double[] weights, int outputs, int bits) {
        int each = weights.length / outputs;
        double[] rounded = weights.clone();
        for (int from = 0; from < weights.length; from += each) {
            double greatest = Arrays.stream(weights, from, from + each)
                    .map(Math::abs)
                    .max()
                    .orElseThrow();
            float step = (float) (greatest / ((1 << (bits - 1)) - 1));
            for (int i = from; i < from + each; i++) {
                rounded[i] = step * Math.rint((float) weights[i] / step);
            }
        }
        return rounded;
    }

    static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
