package io.retort.distill;

import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.ParameterSpec.Role;
import io.retort.network.Tensor;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BatchNorm's statistics as one replica estimated them.
 *
 * @param values by full parameter name
 */
record StatisticsShare(Map<String, float[]> values, long samples) implements Serializable {
    StatisticsShare {
        values = new LinkedHashMap<>(values);
    }

    static StatisticsShare of(Network network, long samples) {
        Map<String, float[]> values = new LinkedHashMap<>();
        network.structure().parameterSpecs().forEach((name, spec) -> {
            if (spec.role() == Role.STATISTIC) {
                values.put(name, network.parameter(name).values());
            }
        });
        return new StatisticsShare(values, samples);
    }

    /**
     * The network with the pooled statistics: {@code mean = Σ w·meanᵢ} and {@code variance = Σ w·(varianceᵢ + meanᵢ²) − mean²}, where w
     * is a share's part of the samples.
     */
    static Network pool(Network network, List<StatisticsShare> shares) {
        double total = shares.stream().mapToLong(StatisticsShare::samples).sum();
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        for (Node node : network.structure().nodes()) {
            String meanName = node.parameter("mean");
            String varianceName = node.parameter("variance");
            if (!parameters.containsKey(meanName)) {
                continue;
            }
            Tensor before = network.parameter(meanName);
            int channels = before.values().length;
            double[] means = new double[channels];
            double[] squares = new double[channels];
            for (StatisticsShare share : shares) {
                double weight = share.samples() / total;
                float[] mean = share.values().get(meanName);
                float[] variance = share.values().get(varianceName);
                for (int c = 0; c < channels; c++) {
                    means[c] += weight * mean[c];
                    squares[c] += weight * (variance[c] + (double) mean[c] * mean[c]);
                }
            }
            float[] mean = new float[channels];
            float[] variance = new float[channels];
            for (int c = 0; c < channels; c++) {
                mean[c] = (float) means[c];
                variance[c] = (float) Math.max(0, squares[c] - means[c] * means[c]);
            }
            parameters.put(meanName, new Tensor(before.sizes(), mean));
            parameters.put(varianceName, new Tensor(before.sizes(), variance));
        }
        return new Network(network.structure(), parameters);
    }
}
