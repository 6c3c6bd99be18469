package io.retort.engine.dl4j;

import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.dl4j.Assembly.ParameterLocation;
import io.retort.engine.dl4j.layer.FusedConvolution;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * A structure as a DL4J configuration.
 *
 * @param places of each node's parameters, in the vertex of the node's name
 * @param assembly knows which vertex gives which node's output
 */
record GraphPlan(
        ComputationGraphConfiguration configuration, Map<String, List<ParameterLocation>> places, Assembly assembly) {
    /** The name of the vertex that holds the loss. Not a legal node name, so it cannot clash. */
    private static final String HEAD = "HEAD";

    /** How the parameters are moved. */
    record Training(IUpdater updater, double weightDecay) {
        Training {
            if (!(weightDecay >= 0)) {
                throw new IllegalArgumentException("weight decay must be >= 0, was " + weightDecay);
            }
        }
    }

    /** @param taps further ends of the graph, in the order of their labels; with fused layers only */
    static GraphPlan of(
            Structure structure,
            LayerSet layers,
            Training training,
            org.deeplearning4j.nn.conf.layers.Layer head,
            List<TapHead> taps) {
        NeuralNetConfiguration.Builder common = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .seed(0) // nothing is drawn, but DL4J saves a seed, and takes the time for one otherwise
                .weightInit(WeightInit.ZERO) // overwritten with the network's own
                .updater(training.updater())
                .miniBatch(false) // LogitsHead sends the gradient of the mean
                .cacheMode(CacheMode.NONE)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED);
        ComputationGraphConfiguration.GraphBuilder builder =
                common.graphBuilder().addInputs(Structure.INPUT).setOutputs(outputs(taps));
        Assembly assembly = switch (layers) {
            case STOCK -> new StockAssembly(builder, structure);
            case FUSED ->
                new FusedAssembly(
                        builder, structure, taps.stream().map(TapHead::tap).collect(Collectors.toSet()));
        };
        Map<String, List<ParameterLocation>> places = assembly.assemble();
        builder.addLayer(HEAD, head, assembly.vertex(structure.output().name()));
        if (layers != LayerSet.FUSED && !taps.isEmpty()) {
            throw new IllegalArgumentException("heads at taps need the fused layers, was " + layers);
        }
        for (int i = 0; i < taps.size(); i++) {
            addTap(builder, assembly, structure, taps.get(i), i);
        }
        ComputationGraphConfiguration configuration = builder.build();
        setWeightDecay(configuration, training.weightDecay());
        return new GraphPlan(configuration, places, assembly);
    }

    /** The vertex of a tap's connector. */
    static String connector(int tap) {
        return "CONNECTOR-" + tap;
    }

    private static void addTap(
            ComputationGraphConfiguration.GraphBuilder builder,
            Assembly assembly,
            Structure structure,
            TapHead tap,
            int index) {
        String from = assembly.vertex(tap.tap());
        Shape shape = structure.shapes().get(tap.tap());
        if (tap.connectorOutputs().isPresent()) {
            int outputs = tap.connectorOutputs().getAsInt();
            builder.addLayer(connector(index), connector(shape, outputs), from);
            from = connector(index);
        }
        builder.addLayer(tapHead(index), FeatureHead.of(tap, shape.isImage()), from);
    }

    private static org.deeplearning4j.nn.conf.layers.Layer connector(Shape shape, int outputs) {
        if (shape.isImage()) {
            return FusedConvolution.of(
                    shape.channels(),
                    outputs,
                    FusedConvolution.Channels.ALL_TO_ALL,
                    Window.valid(1, 1),
                    Bias.PER_CHANNEL,
                    FusedConvolution.InputGradient.NEEDED);
        }
        return new DenseLayer.Builder()
                .activation(Activation.IDENTITY)
                .nIn(shape.channels())
                .nOut(outputs)
                .build();
    }

    private static String[] outputs(List<TapHead> taps) {
        return Stream.concat(Stream.of(HEAD), IntStream.range(0, taps.size()).mapToObj(GraphPlan::tapHead))
                .toArray(String[]::new);
    }

    private static String tapHead(int tap) {
        return "TAP-" + tap;
    }

    /** Sets it layer by layer: M2 adds a builder's twice to each layer, so that weights decay twice as fast. */
    private static void setWeightDecay(ComputationGraphConfiguration configuration, double weightDecay) {
        for (GraphVertex vertex : configuration.getVertices().values()) {
            if (vertex instanceof LayerVertex layerVertex
                    && layerVertex.getLayerConf().getLayer() instanceof BaseLayer layer) {
                List<Regularization> regularization = new ArrayList<>();
                if (weightDecay > 0) {
                    regularization.add(new WeightDecay(weightDecay, true));
                }
                layer.setRegularization(regularization);
            }
        }
    }
}
