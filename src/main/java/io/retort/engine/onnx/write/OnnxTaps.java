package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.engine.Tap;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.int8.Quantization;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values inside of a network, by ONNX Runtime, as the layers that read them get them. */
public final class OnnxTaps implements AutoCloseable {
    private final OrtSession session;
    private final Shape input;
    private final boolean readsTokens;
    private final List<String> nodes;

    private OnnxTaps(Network network, GraphRewriter wiring, List<String> nodes) {
        this.nodes = List.copyOf(nodes);
        this.input = network.structure().input();
        this.readsTokens = network.structure().vocabulary().isPresent();
        GraphProto graph = TapGraph.beside(network, wiring, nodes);
        this.session = OnnxSession.ortSession(OnnxModel.model(graph).build().toByteArray(), 1);
    }

    /** The values of a network in float32. */
    public static OnnxTaps of(Network network, List<String> nodes) {
        return new OnnxTaps(network, GraphRewriter.DIRECT, nodes);
    }

    /** The values of a quantized network, simulated. */
    public static OnnxTaps of(Network network, Quantization quantization, List<String> nodes) {
        return new OnnxTaps(quantization.rounded(network), new GraphRewriter.Simulation(quantization), nodes);
    }

    /** The values {@code [batch, ...]} of each node for a batch of raw features. */
    public Map<String, float[]> values(float[] rawFeatures, int batch) {
        long[] shape = new long[input.sizes().size() + 1];
        shape[0] = batch;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = input.sizes().get(i - 1);
        }
        try (OnnxTensor tensor = tensor(Arrays.copyOf(rawFeatures, batch * input.elements()), shape);
                OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, tensor))) {
            Map<String, float[]> values = new HashMap<>();
            for (String node : nodes) {
                OnnxTensor value =
                        (OnnxTensor) result.get(TapGraph.output(node)).orElseThrow();
                FloatBuffer buffer = value.getFloatBuffer();
                float[] copy = new float[buffer.remaining()];
                buffer.get(copy);
                values.put(node, copy);
            }
            return values;
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed on a batch of " + batch + ": " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(float[] features, long[] shape) throws OrtException {
        if (readsTokens) {
            long[] ids = new long[features.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (long) features[i];
            }
            return OnnxTensor.createTensor(OnnxRuntime.environment(), LongBuffer.wrap(ids), shape);
        }
        return OnnxTensor.createTensor(OnnxRuntime.environment(), FloatBuffer.wrap(features), shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close a session", e);
        }
    }

    /** The graphs that give values from inside of a network. */
    static final class TapGraph {
        /** Not a legal node name, so it cannot clash. */
        private static final String TAPS = "TAPS";

        private final NetworkWriter network;
        private final OnnxGraph graph;

        private TapGraph(NetworkWriter network) {
            this.network = network;
            this.graph = network.graph();
        }

        /**
         * The network with further outputs, beside its logits: the values of nodes, or of the scaled input, as their
         * readers get them.
         *
         * <p>The whole network is there, so that a runtime runs it as it runs the network itself.
         */
        static GraphProto beside(Network network, GraphRewriter wiring, List<String> nodes) {
            TapGraph taps = new TapGraph(NetworkWriter.whole(network, wiring));
            nodes.forEach(taps::addOutput);
            return taps.graph.build();
        }

        /**
         * What taps make of their nodes' values, side by side, as the only output; nodes that none of them needs are
         * left out.
         */
        static GraphProto alone(Network network, List<Tap> taps) {
            List<String> nodes = taps.stream().map(Tap::node).toList();
            return new TapGraph(NetworkWriter.upTo(nodes, network)).joined(taps);
        }

        /** The name of the output that {@link #beside} has for a node. */
        static String output(String node) {
            return "tap/" + node;
        }

        private void addOutput(String node) {
            String output = graph.node("Identity", output(node), List.of(network.read(node)), List.of());
            graph.output(output, network.shape(node));
        }

        private GraphProto joined(List<Tap> taps) {
            List<String> readings = new ArrayList<>();
            for (Tap tap : taps) {
                readings.add(reading(tap, TAPS + "/" + readings.size() + "/"));
            }
            String joined = graph.node("Concat", TAPS, readings, List.of(OnnxProtos.integer("axis", 1)));
            int width = taps.stream().mapToInt(tap -> tap.shape().elements()).sum();
            graph.output(joined, Shape.vector(width));
            return graph.build();
        }

        /** Adds what a tap makes of its node's output; returns the name of the value, {@code [batch, elements]}. */
        private String reading(Tap tap, String prefix) {
            String value = network.read(tap.node());
            if (tap.reading() == Tap.Reading.ATTENTION) {
                List<AttributeProto> overChannels =
                        List.of(OnnxProtos.integers("axes", 1), OnnxProtos.integer("keepdims", 1));
                String squares = graph.node("Mul", prefix + "squares", List.of(value, value), List.of());
                value = graph.node("ReduceMean", prefix + "map", List.of(squares), overChannels);
            }
            int height = tap.source().height() / tap.shape().height();
            int width = tap.source().width() / tap.shape().width();
            if (height * width > 1) {
                List<AttributeProto> window = List.of(
                        OnnxProtos.integers("kernel_shape", height, width),
                        OnnxProtos.integers("strides", height, width));
                value = graph.node("AveragePool", prefix + "averaged", List.of(value), window);
            }
            value = graph.node("Flatten", prefix + "flat", List.of(value), List.of());
            if (tap.reading() == Tap.Reading.ATTENTION) {
                List<AttributeProto> norm = List.of(OnnxProtos.integer("axis", 1), OnnxProtos.integer("p", 2));
                value = graph.node("LpNormalization", prefix + "unit", List.of(value), norm);
            }
            return value;
        }
    }
}
