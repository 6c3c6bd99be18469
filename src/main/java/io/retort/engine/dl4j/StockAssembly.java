package io.retort.engine.dl4j;

import io.retort.engine.dl4j.LayerSet.UnsupportedLayerException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
import io.retort.network.Window;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.nd4j.linalg.activations.Activation;

/**
 * Adds a structure to a DL4J graph, one stock layer for each node. Images are {@code [batch, channels, height, width]}.
 */
final class StockAssembly extends Assembly {
    StockAssembly(GraphBuilder graph, Structure structure) {
        super(graph, structure);
    }

    @Override
    int channelAxis() {
        return 1;
    }

    @Override
    public List<ParameterLocation> conv(Layer.Conv layer) {
        Window window = layer.window();
        add(new ConvolutionLayer.Builder(kernel(window), stride(window), padding(window))
                .dilation(window.dilationHeight(), window.dilationWidth())
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.IDENTITY)
                .hasBias(layer.bias() == Bias.PER_CHANNEL)
                .nIn(channels())
                .nOut(layer.outputs())
                .build());
        return weighted(layer.bias(), 0, 1, 2, 3);
    }

    @Override
    public List<ParameterLocation> depthwiseConv(Layer.DepthwiseConv layer) {
        Window window = layer.window();
        if (window.isDilated()) {
            throw unknown("dilated depthwise-conv"); // it has one, whose execution fails
        }
        add(new DepthwiseConvolution2D.Builder(kernel(window), stride(window), padding(window))
                .depthMultiplier(1)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.IDENTITY)
                .hasBias(layer.bias() == Bias.PER_CHANNEL)
                .nIn(channels())
                .nOut(channels())
                .build());
        return weighted(layer.bias(), 2, 3, 0, 1);
    }

    @Override
    public List<ParameterLocation> batchNorm(Layer.BatchNorm layer) {
        add(new BatchNormalization.Builder()
                .useLogStd(false)
                .eps(layer.epsilon())
                .decay(layer.decay())
                .nIn(channels())
                .nOut(channels())
                .build());
        return BATCH_NORM;
    }

    @Override
    public List<ParameterLocation> activate(Layer.Activate layer) {
        add(new ActivationLayer(
                switch (layer.function()) {
                    case RELU -> Activation.RELU;
                    case RELU6 -> Activation.RELU6;
                    case TANH -> Activation.TANH;
                    case SIGMOID -> Activation.SIGMOID;
                }));
        return List.of();
    }

    @Override
    public List<ParameterLocation> pool(Layer.Pool layer) {
        Window window = layer.window();
        PoolingType type = switch (layer.kind()) {
            case MAX -> PoolingType.MAX;
            case AVERAGE -> PoolingType.AVG;
        };
        add(new SubsamplingLayer.Builder(type, kernel(window), stride(window), padding(window))
                .convolutionMode(ConvolutionMode.Truncate)
                .build());
        return List.of();
    }

    @Override
    public List<ParameterLocation> globalAveragePool(Layer.GlobalAveragePool layer) {
        add(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        return List.of();
    }

    @Override
    public List<ParameterLocation> flatten(Layer.Flatten layer) {
        Shape input = inputShape();
        if (input.isImage()) {
            graph.addVertex(
                    node().name(),
                    new PreprocessorVertex(
                            new CnnToFeedForwardPreProcessor(input.height(), input.width(), input.channels())),
                    inputs());
        } else {
            vertices.put(node().name(), inputs()[0]);
        }
        return List.of();
    }

    @Override
    public List<ParameterLocation> add(Layer.Add layer) {
        graph.addVertex(node().name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs());
        return List.of();
    }

    @Override
    public List<ParameterLocation> concat(Layer.Concat layer) {
        graph.addVertex(node().name(), new MergeVertex(), inputs());
        return List.of();
    }

    @Override
    public List<ParameterLocation> gate(Layer.Gate layer) {
        String[] inputs = inputs();
        if (!shapes.get(node().inputs().get(1)).isImage()) {
            String gates = node().name() + "/GATES"; // not a legal node name, so it cannot clash
            graph.addVertex(
                    gates, new PreprocessorVertex(new FeedForwardToCnnPreProcessor(1, 1, channels())), inputs[1]);
            inputs[1] = gates;
        }
        graph.addVertex(node().name(), new ElementWiseVertex(ElementWiseVertex.Op.Product), inputs);
        return List.of();
    }

    @Override
    public List<ParameterLocation> slice(Layer.Slice layer) {
        graph.addVertex(node().name(), new SubsetVertex(layer.first(), layer.first() + layer.channels() - 1), inputs());
        return List.of();
    }

    @Override
    public List<ParameterLocation> groupedConv(Layer.GroupedConv layer) {
        throw unknown("grouped-conv");
    }

    @Override
    public List<ParameterLocation> fakeQuantize(Layer.FakeQuantize layer) {
        throw unknown("fake-quantize");
    }

    @Override
    public List<ParameterLocation> channelShuffle(MovingLayer.ChannelShuffle layer) {
        throw unknown("channel-shuffle");
    }

    @Override
    public List<ParameterLocation> channelShift(MovingLayer.ChannelShift layer) {
        throw unknown("channel-shift");
    }

    @Override
    public List<ParameterLocation> shift(MovingLayer.Shift layer) {
        throw unknown("shift");
    }

    @Override
    public List<ParameterLocation> activeShift(MovingLayer.ActiveShift layer) {
        throw unknown("active-shift");
    }

    @Override
    public List<ParameterLocation> embedding(TokenLayer.Embedding layer) {
        throw unknown("embedding");
    }

    @Override
    public List<ParameterLocation> embeddingBag(TokenLayer.EmbeddingBag layer) {
        throw unknown("embedding-bag");
    }

    private UnsupportedLayerException unknown(String kind) {
        String article = "aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ";
        return new UnsupportedLayerException(
                "node '" + node().name() + "' is " + article + kind + ", which DL4J's own layers cannot compute");
    }

    private static int[] kernel(Window window) {
        return new int[] {window.kernelHeight(), window.kernelWidth()};
    }

    private static int[] stride(Window window) {
        return new int[] {window.strideHeight(), window.strideWidth()};
    }

    private static int[] padding(Window window) {
        return new int[] {window.paddingHeight(), window.paddingWidth()};
    }
}
