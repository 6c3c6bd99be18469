package io.retort.network;

import io.retort.network.ParameterSpec.Start;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A structure with a tensor for each of its parameters.
 *
 * @param parameters by full name ({@code node/parameter}), in the structure's order
 */
public record Network(Structure structure, Map<String, Tensor> parameters) implements Serializable {
    public Network {
        Map<String, ParameterSpec> specs = structure.parameterSpecs();
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        for (Map.Entry<String, ParameterSpec> entry : specs.entrySet()) {
            Tensor tensor = parameters.get(entry.getKey());
            if (tensor == null) {
                throw new ShapeException("parameter '" + entry.getKey() + "' is missing");
            }
            if (!tensor.sizes().equals(entry.getValue().sizes())) {
                throw new ShapeException("parameter '" + entry.getKey() + "' has shape " + tensor.sizes()
                        + ", the structure needs " + entry.getValue().sizes());
            }
            ordered.put(entry.getKey(), tensor);
        }
        for (String name : parameters.keySet()) {
            if (!specs.containsKey(name)) {
                throw new ShapeException("parameter '" + name + "' belongs to no layer of the structure");
            }
        }
        parameters = Collections.unmodifiableMap(ordered);
    }

    /** The network before training; the same seed gives the same bytes. */
    public static Network initialised(Structure structure, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        structure.parameterSpecs().forEach((name, spec) -> parameters.put(name, drawn(spec, random.split())));
        return new Network(structure, parameters);
    }

    public Tensor parameter(String fullName) {
        Tensor tensor = parameters.get(fullName);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter '" + fullName + "'; there are " + parameters.keySet());
        }
        return tensor;
    }

    /** What a parameter begins as. */
    public static Tensor drawn(ParameterSpec spec, SplittableRandom random) {
        float[] values = new float[spec.elements()];
        if (spec.start() == Start.ONE) {
            java.util.Arrays.fill(values, 1);
        } else if (spec.start() == Start.HE_NORMAL) {
            double deviation = Math.sqrt(2.0 * spec.sizes().get(0) / values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
        } else if (spec.start() == Start.UNIFORM) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-1, 1);
            }
        } else if (spec.start() == Start.TABLE) {
            for (int i = spec.sizes().get(1); i < values.length; i++) {
                values[i] = (float) random.nextDouble(-0.25, 0.25);
            }
        }
        return new Tensor(spec.sizes(), values);
    }
}
