package io.retort.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Networks whose every parameter, statistic and input scale is its own, so that none can be mixed up unnoticed. */
public final class RandomNetworks {
    private RandomNetworks() {}

    /** Weights of He's deviation; all others between 0.5 and 1.5, so that variances are positive. */
    public static Network of(Structure structure, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int channels = structure.input().channels();
        InputScaling scaling = structure.vocabulary().isPresent()
                ? structure.scaling()
                : new InputScaling(uniform(random, channels, 50, 150), uniform(random, channels, 40, 90));
        Network start = Network.initialised(structure.withScaling(scaling), seed);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        start.parameters().forEach((name, tensor) -> {
            float[] values = tensor.values().clone();
            if (!name.endsWith("/weight")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble(0.5, 1.5);
                }
            }
            parameters.put(name, new Tensor(tensor.sizes(), values));
        });
        return new Network(start.structure(), parameters);
    }

    /** Whole numbers from 0 to 255, as pixels are. */
    public static float[] pixels(Shape shape, int samples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[samples * shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(256);
        }
        return values;
    }

    /** Texts of all lengths from none on, one after the other, of ids of a vocabulary. */
    public static float[] texts(Vocabulary vocabulary, int length, int samples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] ids = new float[samples * length];
        for (int sample = 0; sample < samples; sample++) {
            int tokens = sample % (length + 1);
            for (int i = 0; i < tokens; i++) {
                ids[sample * length + i] = 1 + random.nextInt(vocabulary.size() - 1);
            }
        }
        return ids;
    }

    private static List<Double> uniform(SplittableRandom random, int count, double from, double to) {
        return DoubleStream.generate(() -> random.nextDouble(from, to))
                .limit(count)
                .boxed()
                .collect(Collectors.toUnmodifiableList());
    }
}
