package io.retort.compress;

import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.data.ViewSettings;
import io.retort.distill.Optimizer;
import io.retort.distill.TrainingSettings;
import io.retort.distill.schedule.LearningRate;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Tensor;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** What the tests of compressors need besides their own settings. */
public final class Stages {
    public static final AccuracyConstraint NO_FLOOR =
            new AccuracyConstraint(Optional.empty(), Optional.empty(), AccuracyConstraint.OnBreak.STOP);

    private Stages() {}

    public static TrainingSettings training() {
        return new TrainingSettings(
                1,
                32,
                new Optimizer.Sgd(),
                new LearningRate(0.1, 0, new LearningRate.Decay.Constant()),
                0,
                0,
                ViewSettings.plain());
    }

    /** The only step of a stage without samples. */
    public static Compressor.Context context(Network network) {
        return step(network, Mask.none(), 1, 1);
    }

    public static Compressor.Context step(Network original, Mask mask, int step, int steps) {
        return new Compressor.Context(original, mask, step, steps, 7, new NoSamples());
    }

    /** The network with normal weights, biases and shifts, and scales and variances in [0.5, 1.5]. */
    public static Network trained(Network network, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        network.parameters().forEach((name, tensor) -> {
            float[] values = tensor.values().clone();
            boolean positive = name.endsWith("/scale") || name.endsWith("/variance");
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (positive ? 0.5 + random.nextDouble() : 0.5 * random.nextGaussian());
            }
            parameters.put(name, new Tensor(tensor.sizes(), values));
        });
        return new Network(network.structure(), parameters);
    }

    public static Network with(Network network, String parameter, float[] values) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        parameters.put(parameter, new Tensor(network.parameter(parameter).sizes(), values));
        return new Network(network.structure(), parameters);
    }

    private static final class NoSamples implements Calibration {
        @Override
        public <S extends Serializable, R extends Serializable> List<R> perPortion(
                S shared, int samples, Work<S, R> work) {
            throw new AssertionError("this compressor has no use for samples");
        }

        @Override
        public long available() {
            return 0;
        }
    }
}
