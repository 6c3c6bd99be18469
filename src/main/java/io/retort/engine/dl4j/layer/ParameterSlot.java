package io.retort.engine.dl4j.layer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A parameter of a layer, in the order of DL4J's flat parameter vector.
 *
 * @param shape row-major
 * @param start its value before anybody sets it
 */
record ParameterSlot(String key, Kind kind, List<Long> shape, float start) {
    /** The way a parameter is updated. */
    enum Kind {
        /** By the optimiser, with weight decay. */
        WEIGHT,
        /** By the optimiser, without weight decay. */
        BIAS,
        /** By the data: the layer's "gradient" is subtracted. */
        STATISTIC
    }

    static ParameterSlot weight(Long... shape) {
        return new ParameterSlot("W", Kind.WEIGHT, List.of(shape), 0);
    }

    static ParameterSlot vector(String key, Kind kind, long length, float start) {
        return new ParameterSlot(key, kind, List.of(length), start);
    }

    long length() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    long[] shapeArray() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Cuts DL4J's flat vectors into the slots that a layer's configuration names. */
    static final class SlotInitializer implements ParamInitializer {
        static final SlotInitializer INSTANCE = new SlotInitializer();

        private SlotInitializer() {}

        @Override
        public long numParams(NeuralNetConfiguration configuration) {
            return numParams(configuration.getLayer());
        }

        @Override
        public long numParams(Layer layer) {
            return slots(layer).stream().mapToLong(ParameterSlot::length).sum();
        }

        @Override
        public List<String> paramKeys(Layer layer) {
            return slots(layer).stream().map(ParameterSlot::key).toList();
        }

        @Override
        public List<String> weightKeys(Layer layer) {
            return keys(layer, Kind.WEIGHT);
        }

        @Override
        public List<String> biasKeys(Layer layer) {
            return keys(layer, Kind.BIAS);
        }

        @Override
        public boolean isWeightParam(Layer layer, String key) {
            return weightKeys(layer).contains(key);
        }

        @Override
        public boolean isBiasParam(Layer layer, String key) {
            return biasKeys(layer).contains(key);
        }

        @Override
        public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray flat, boolean initialise) {
            Map<String, INDArray> views = views(configuration.getLayer(), flat);
            for (ParameterSlot slot : slots(configuration.getLayer())) {
                if (initialise) {
                    views.get(slot.key()).assign(slot.start());
                }
                configuration.addVariable(slot.key());
            }
            return views;
        }

        @Override
        public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray flat) {
            return views(configuration.getLayer(), flat);
        }

        private static Map<String, INDArray> views(Layer layer, INDArray flat) {
            Map<String, INDArray> views = new LinkedHashMap<>();
            long from = 0;
            for (ParameterSlot slot : slots(layer)) {
                INDArray part =
                        flat.get(NDArrayIndex.interval(0, 0, true), NDArrayIndex.interval(from, from + slot.length()));
                views.put(slot.key(), part.reshape('c', slot.shapeArray()));
                from += slot.length();
            }
            return views;
        }

        private static List<String> keys(Layer layer, Kind kind) {
            return slots(layer).stream()
                    .filter(slot -> slot.kind() == kind)
                    .map(ParameterSlot::key)
                    .toList();
        }

        private static List<ParameterSlot> slots(Layer layer) {
            return ((FusedConfiguration) layer).slots();
        }
    }
}
