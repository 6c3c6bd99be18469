package io.retort.engine.dl4j;

import io.retort.engine.dl4j.kernel.Nonlinearity;
import io.retort.engine.dl4j.layer.FusedActivation;
import io.retort.engine.dl4j.layer.FusedBatchNorm;
import io.retort.engine.dl4j.layer.FusedChannelMap;
import io.retort.engine.dl4j.layer.FusedConvolution;
import io.retort.engine.dl4j.layer.FusedConvolution.Channels;
import io.retort.engine.dl4j.layer.FusedConvolution.InputGradient;
import io.retort.engine.dl4j.layer.FusedEmbedding;
import io.retort.engine.dl4j.layer.FusedFakeQuantize;
import io.retort.engine.dl4j.layer.FusedPool;
import io.retort.engine.dl4j.layer.FusedShift;
import io.retort.engine.dl4j.layer.ImageLayout;
import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.TokenLayer;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** Adds a structure to a DL4J graph with Retort's own layers. Images are {@code [batch, H, W, channels]} inside. */
final class FusedAssembly extends Assembly {
    /** The vertex with the network's input, channels last, for those that are no layers. */
    private static final String TURNED_INPUT = "INPUT";

    private static final List<ParameterLocation> TABLE =
            List.of(ParameterLocation.permuted(TokenLayer.TABLE, TokenLayer.TABLE, 0, 1));

    private final Set<String> tapped;

    /** @param tapped nodes whose own output must be that of a vertex */
    FusedAssembly(GraphBuilder graph, Structure structure, Set<String> tapped) {
        super(graph, structure);
        this.tapped = Set.copyOf(tapped);
    }

    @Override
    int channelAxis() {
        return 3;
    }

    @Override
    public List<ParameterLocation> conv(Layer.Conv layer) {
        add(FusedConvolution.of(
                channels(), layer.outputs(), Channels.ALL_TO_ALL, layer.window(), layer.bias(), inputGradient()));
        return weighted(layer.bias(), 0, 1, 2, 3);
    }

    @Override
    public List<ParameterLocation> depthwiseConv(Layer.DepthwiseConv layer) {
        add(FusedConvolution.of(
                channels(), channels(), Channels.EACH_BY_ITSELF, layer.window(), layer.bias(), inputGradient()));
        return weighted(layer.bias(), 2, 3, 0, 1);
    }

    @Override
    public List<ParameterLocation> batchNorm(Layer.BatchNorm layer) {
        Nonlinearity function = Nonlinearity.IDENTITY;
        List<Node> readers = structure.nodes().stream()
                .filter(reader -> reader.inputs().contains(node().name()))
                .toList();
        if (readers.size() == 1
                && !tapped.contains(node().name())
                && readers.get(0).layer() instanceof Layer.Activate activate) {
            function = nonlinearity(activate);
            vertices.put(readers.get(0).name(), node().name());
        }
        add(FusedBatchNorm.of(channels(), layer.epsilon(), layer.decay(), function));
        return BATCH_NORM;
    }

    @Override
    public List<ParameterLocation> activate(Layer.Activate layer) {
        if (vertices.get(node().name()).equals(node().name())) {
            add(FusedActivation.of(channels(), nonlinearity(layer)));
        }
        return List.of();
    }

    @Override
    public List<ParameterLocation> pool(Layer.Pool layer) {
        add(FusedPool.of(channels(), layer.kind(), layer.window()));
        return List.of();
    }

    @Override
    public List<ParameterLocation> globalAveragePool(Layer.GlobalAveragePool layer) {
        add(new GlobalPoolingLayer.Builder(PoolingType.AVG)
                .poolingDimensions(1, 2)
                .build());
        return List.of();
    }

    @Override
    public List<ParameterLocation> flatten(Layer.Flatten layer) {
        Shape input = inputShape();
        if (input.isImage()) {
            InputPreProcessor flatten = readsInput()
                    ? new CnnToFeedForwardPreProcessor(input.height(), input.width(), input.channels())
                    : ImageLayout.flattened(input.channels(), input.height(), input.width());
            graph.addVertex(node().name(), new PreprocessorVertex(flatten), inputs());
        } else {
            vertices.put(node().name(), inputs()[0]);
        }
        return List.of();
    }

    @Override
    public List<ParameterLocation> add(Layer.Add layer) {
        graph.addVertex(node().name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), inputsWithChannelsLast());
        return List.of();
    }

    @Override
    public List<ParameterLocation> groupedConv(Layer.GroupedConv layer) {
        add(FusedConvolution.grouped(
                channels(), layer.outputs(), layer.groups(), layer.window(), layer.bias(), inputGradient()));
        return weighted(layer.bias(), 0, 1, 2, 3);
    }

    @Override
    public List<ParameterLocation> concat(Layer.Concat layer) {
        MergeVertex joined = new MergeVertex();
        joined.setMergeAxis(inputShape().isImage() ? channelAxis() : 1);
        graph.addVertex(node().name(), joined, inputsWithChannelsLast());
        return List.of();
    }

    @Override
    public List<ParameterLocation> gate(Layer.Gate layer) {
        String[] inputs = inputsWithChannelsLast();
        if (!shapes.get(node().inputs().get(1)).isImage()) {
            String gates = node().name() + "/GATES"; // not a legal node name, so it cannot clash
            graph.addVertex(gates, new ReshapeVertex(-1, 1, 1, channels()), inputs[1]);
            inputs[1] = gates;
        }
        graph.addVertex(node().name(), new ElementWiseVertex(ElementWiseVertex.Op.Product), inputs);
        return List.of();
    }

    @Override
    public List<ParameterLocation> slice(Layer.Slice layer) {
        add(FusedChannelMap.of(channels(), layer.channels(), channel -> layer.first() + channel));
        return List.of();
    }

    @Override
    public List<ParameterLocation> fakeQuantize(Layer.FakeQuantize layer) {
        add(FusedFakeQuantize.of(channels(), layer));
        return List.of(ParameterLocation.vector("log-scale", FusedFakeQuantize.LOG_SCALE));
    }

    @Override
    public List<ParameterLocation> channelShuffle(MovingLayer.ChannelShuffle layer) {
        int channels = channels();
        add(FusedChannelMap.of(channels, channels, channel -> layer.source(channel, channels)));
        return List.of();
    }

    @Override
    public List<ParameterLocation> channelShift(MovingLayer.ChannelShift layer) {
        int channels = channels();
        add(FusedChannelMap.of(channels, channels, channel -> layer.source(channel, channels)));
        return List.of();
    }

    @Override
    public List<ParameterLocation> shift(MovingLayer.Shift layer) {
        add(FusedShift.of(channels(), layer));
        return List.of();
    }

    @Override
    public List<ParameterLocation> activeShift(MovingLayer.ActiveShift layer) {
        add(FusedShift.of(channels(), layer));
        return List.of(ParameterLocation.permuted("displacement", FusedShift.DISPLACEMENT, 0, 1));
    }

    @Override
    public List<ParameterLocation> embedding(TokenLayer.Embedding layer) {
        add(FusedEmbedding.of(layer));
        return TABLE;
    }

    @Override
    public List<ParameterLocation> embeddingBag(TokenLayer.EmbeddingBag layer) {
        add(FusedEmbedding.of(layer));
        return TABLE;
    }

    @Override
    void add(org.deeplearning4j.nn.conf.layers.Layer layer) {
        if (readsInput() && structure.input().isImage()) {
            graph.addLayer(node().name(), layer, ImageLayout.channelsLast(), inputs());
        } else {
            super.add(layer);
        }
    }

    private String[] inputsWithChannelsLast() {
        return node().inputs().stream()
                .map(name -> name.equals(Structure.INPUT) && structure.input().isImage()
                        ? turnedInput()
                        : vertices.get(name))
                .toArray(String[]::new);
    }

    private String turnedInput() {
        if (vertices.putIfAbsent(TURNED_INPUT, TURNED_INPUT) == null) {
            graph.addVertex(TURNED_INPUT, new PreprocessorVertex(ImageLayout.channelsLast()), Structure.INPUT);
        }
        return TURNED_INPUT;
    }

    private InputGradient inputGradient() {
        return readsInput() ? InputGradient.UNUSED : InputGradient.NEEDED;
    }

    private boolean readsInput() {
        return inputs()[0].equals(Structure.INPUT);
    }

    private static Nonlinearity nonlinearity(Layer.Activate layer) {
        return switch (layer.function()) {
            case RELU -> Nonlinearity.RELU;
            case RELU6 -> Nonlinearity.RELU6;
            case TANH -> Nonlinearity.TANH;
            case SIGMOID -> Nonlinearity.SIGMOID;
        };
    }
}
