package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.layer.ParameterSlot.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Cuts DL4J's flat vectors into the slots that a layer's configuration names. */
final class SlotInitializer implements ParamInitializer {
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
