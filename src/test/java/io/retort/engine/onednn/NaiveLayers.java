package io.retort.engine.onednn;

import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure.Node;
import io.retort.network.TokenLayer;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The layers of a network in training, each by its formula: its values as sums of products of earlier ones. All arrays
 * of scalars are row-major, {@code [batch, channels, height, width]}.
 */
final class NaiveLayers implements Layer.Visitor<int[]> {
    private final Scalars scalars;
    private final int batch;
    private final Map<String, Shape> shapes;
    private final Map<String, int[]> parameters;
    private final Map<String, int[]> values = new HashMap<>();
    private final List<Integer> penalties = new ArrayList<>();
    private final Map<String, double[]> statistics = new HashMap<>();
    private String owner = "";
    private List<int[]> inputs = List.of();
    private int[] x = {};
    private Shape from = Shape.vector(1);
    private Shape to = from;

    /**
     * @param batch how many samples
     * @param shapes by node
     * @param parameters by name
     */
    NaiveLayers(Scalars scalars, int batch, Map<String, Shape> shapes, Map<String, int[]> parameters) {
        this.scalars = scalars;
        this.batch = batch;
        this.shapes = shapes;
        this.parameters = parameters;
    }

    /** Values of nodes and of the input, by name. */
    Map<String, int[]> values() {
        return values;
    }

    /** What is minimised beside the loss. */
    List<Integer> penalties() {
        return penalties;
    }

    /** What to subtract from running statistics, by name. */
    Map<String, double[]> statistics() {
        return statistics;
    }

    void compute(Node node) {
        owner = node.name();
        inputs = node.inputs().stream().map(values::get).toList();
        x = inputs.get(0);
        from = shapes.get(node.inputs().get(0));
        to = shapes.get(node.name());
        values.put(node.name(), node.layer().accept(this));
    }

    /** A 1×1 convolution of a node's output. */
    int[] connected(String connector, String node, int outputs) {
        owner = connector;
        x = values.get(node);
        from = Shape.image(
                shapes.get(node).channels(),
                shapes.get(node).height(),
                shapes.get(node).width());
        to = Shape.image(outputs, from.height(), from.width());
        return convolve(Window.valid(1, 1), Bias.PER_CHANNEL, 1);
    }

    /** Says of one output what is added to it, which is the newest scalar. */
    private interface Terms {
        void add(int sample, int channel, int row, int column);
    }

    private int[] outputs(Terms terms) {
        int[] outputs = new int[batch * to.elements()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = scalars.of(0);
            int channel = i / (to.height() * to.width());
            terms.add(channel / to.channels(), channel % to.channels(), i / to.width() % to.height(), i % to.width());
        }
        return outputs;
    }

    private String parameterName(String name) {
        return owner + "/" + name;
    }

    private int[] parameter(String name) {
        return parameters.get(parameterName(name));
    }

    private boolean inside(int row, int column) {
        return row >= 0 && row < from.height() && column >= 0 && column < from.width();
    }

    private int at(int sample, int channel, int row, int column) {
        return x[((sample * from.channels() + channel) * from.height() + row) * from.width() + column];
    }

    /** Adds a pixel of the input; those outside are 0. */
    private void addPixel(double factor, int sample, int channel, int row, int column) {
        if (inside(row, column)) {
            scalars.add(factor, at(sample, channel, row, column));
        }
    }

    private double pixel(int sample, int channel, int row, int column) {
        return inside(row, column) ? scalars.value(at(sample, channel, row, column)) : 0;
    }

    private int[] convolve(Window window, Bias bias, int groups) {
        int[] weight = parameter("weight");
        int perGroup = from.channels() / groups;
        return outputs((sample, output, row, column) -> {
            for (int k = 0; k < perGroup * window.kernelHeight() * window.kernelWidth(); k++) {
                int cell = k % (window.kernelHeight() * window.kernelWidth());
                int channel = output / (to.channels() / groups) * perGroup
                        + k / (window.kernelHeight() * window.kernelWidth());
                int y = row * window.strideHeight()
                        - window.paddingHeight()
                        + cell / window.kernelWidth() * window.dilationHeight();
                int z = column * window.strideWidth()
                        - window.paddingWidth()
                        + cell % window.kernelWidth() * window.dilationWidth();
                if (inside(y, z)) {
                    scalars.addProduct(
                            1,
                            weight[output * perGroup * window.kernelHeight() * window.kernelWidth() + k],
                            at(sample, channel, y, z));
                }
            }
            if (bias == Bias.PER_CHANNEL) {
                scalars.add(1, parameter("bias")[output]);
            }
        });
    }

    @Override
    public int[] conv(Layer.Conv layer) {
        return convolve(layer.window(), layer.bias(), 1);
    }

    @Override
    public int[] depthwiseConv(Layer.DepthwiseConv layer) {
        return convolve(layer.window(), layer.bias(), from.channels());
    }

    @Override
    public int[] groupedConv(Layer.GroupedConv layer) {
        return convolve(layer.window(), layer.bias(), layer.groups());
    }

    @Override
    public int[] dense(Layer.Dense layer) {
        return convolve(Window.valid(1, 1), layer.bias(), 1);
    }

    @Override
    public int[] batchNorm(Layer.BatchNorm layer) {
        double share = 1.0 / (batch * from.height() * from.width());
        int[] mean = perChannel(pixel -> scalars.add(share, pixel));
        x = outputs((sample, channel, row, column) -> {
            scalars.add(1, at(sample, channel, row, column));
            scalars.add(-1, mean[channel]);
        });
        int[] variance = perChannel(pixel -> scalars.addProduct(share, pixel, pixel));
        int[] factor = new int[variance.length];
        for (int channel = 0; channel < factor.length; channel++) {
            double moved = scalars.value(variance[channel]) + layer.epsilon();
            factor[channel] = scalars.of(1 / Math.sqrt(moved));
            scalars.depends(variance[channel], -0.5 / (moved * Math.sqrt(moved)));
        }
        x = outputs((sample, channel, row, column) ->
                scalars.addProduct(1, at(sample, channel, row, column), factor[channel]));
        moved("mean", mean, layer.decay());
        moved("variance", variance, layer.decay());
        return outputs((sample, channel, row, column) -> {
            scalars.addProduct(1, at(sample, channel, row, column), parameter("scale")[channel]);
            scalars.add(1, parameter("shift")[channel]);
        });
    }

    /** A scalar for each channel, to which each pixel of it is added. */
    private int[] perChannel(IntConsumer adding) {
        int places = from.height() * from.width();
        int[] sums = new int[from.channels()];
        for (int channel = 0; channel < sums.length; channel++) {
            sums[channel] = scalars.of(0);
            for (int i = 0; i < x.length; i++) {
                if (i / places % sums.length == channel) {
                    adding.accept(x[i]);
                }
            }
        }
        return sums;
    }

    private void moved(String name, int[] towards, double decay) {
        double[] running = scalars.values(parameter(name));
        statistics.put(
                parameterName(name),
                IntStream.range(0, running.length)
                        .mapToDouble(c -> (1 - decay) * (running[c] - scalars.value(towards[c])))
                        .toArray());
    }

    @Override
    public int[] activate(Layer.Activate layer) {
        return Arrays.stream(x)
                .map(before -> {
                    double in = scalars.value(before);
                    double sigmoid = 1 / (1 + Math.exp(-in));
                    int after = scalars.of(
                            switch (layer.function()) {
                                case RELU -> Math.max(0, in);
                                case RELU6 -> Math.min(6, Math.max(0, in));
                                case TANH -> Math.tanh(in);
                                case SIGMOID -> sigmoid;
                            });
                    scalars.depends(
                            before,
                            switch (layer.function()) {
                                case RELU -> in > 0 ? 1 : 0;
                                case RELU6 -> in > 0 && in < 6 ? 1 : 0;
                                case TANH -> 1 - Math.tanh(in) * Math.tanh(in);
                                case SIGMOID -> sigmoid * (1 - sigmoid);
                            });
                    return after;
                })
                .toArray();
    }

    @Override
    public int[] pool(Layer.Pool layer) {
        Window window = layer.window();
        return outputs((sample, channel, row, column) -> {
            List<Integer> seen = new ArrayList<>();
            for (int k = 0; k < window.kernelHeight() * window.kernelWidth(); k++) {
                int y = row * window.strideHeight() - window.paddingHeight() + k / window.kernelWidth();
                int z = column * window.strideWidth() - window.paddingWidth() + k % window.kernelWidth();
                if (inside(y, z)) {
                    seen.add(at(sample, channel, y, z));
                }
            }
            if (layer.kind() == Layer.Pool.Kind.MAX) {
                scalars.add(
                        1,
                        seen.stream()
                                .reduce((a, b) -> scalars.value(b) > scalars.value(a) ? b : a)
                                .orElseThrow());
            } else {
                seen.forEach(pixel -> scalars.add(1.0 / seen.size(), pixel));
            }
        });
    }

    @Override
    public int[] globalAveragePool(Layer.GlobalAveragePool layer) {
        return pool(new Layer.Pool(Layer.Pool.Kind.AVERAGE, new Window(from.height(), from.width(), 1, 1, 0, 0)));
    }

    @Override
    public int[] flatten(Layer.Flatten layer) {
        return x;
    }

    @Override
    public int[] add(Layer.Add layer) {
        return IntStream.range(0, x.length)
                .map(i -> {
                    int sum = scalars.of(0);
                    inputs.forEach(input -> scalars.add(1, input[i]));
                    return sum;
                })
                .toArray();
    }

    @Override
    public int[] concat(Layer.Concat layer) {
        return IntStream.range(0, batch)
                .boxed()
                .flatMap(sample -> inputs.stream().map(input -> {
                    int each = input.length / batch;
                    return Arrays.copyOfRange(input, sample * each, (sample + 1) * each);
                }))
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    @Override
    public int[] gate(Layer.Gate layer) {
        int[] gates = inputs.get(1);
        return outputs((sample, channel, row, column) ->
                scalars.addProduct(1, at(sample, channel, row, column), gates[sample * from.channels() + channel]));
    }

    @Override
    public int[] slice(Layer.Slice layer) {
        return outputs((sample, channel, row, column) -> addPixel(1, sample, layer.first() + channel, row, column));
    }

    @Override
    public int[] fakeQuantize(Layer.FakeQuantize layer) {
        int logScale = parameter("log-scale")[0];
        float scale = Layer.FakeQuantize.scale((float) scalars.value(logScale));
        return Arrays.stream(x)
                .map(before -> {
                    double steps = (float) scalars.value(before) / scale;
                    double clipped = Math.max(layer.least(), Math.min(layer.greatest(), steps));
                    double whole = Math.rint(clipped);
                    int after = scalars.of(scale * whole);
                    scalars.depends(before, clipped == steps ? 1 : 0);
                    scalars.depends(logScale, scale * (clipped == steps ? whole - steps : whole));
                    return after;
                })
                .toArray();
    }

    @Override
    public int[] channelShuffle(MovingLayer.ChannelShuffle layer) {
        int each = from.channels() / layer.groups();
        return outputs((sample, channel, row, column) ->
                addPixel(1, sample, channel % layer.groups() * each + channel / layer.groups(), row, column));
    }

    @Override
    public int[] channelShift(MovingLayer.ChannelShift layer) {
        return outputs((sample, channel, row, column) ->
                addPixel(1, sample, Math.floorMod(channel - layer.by(), from.channels()), row, column));
    }

    @Override
    public int[] shift(MovingLayer.Shift layer) {
        return outputs((sample, channel, row, column) -> {
            MovingLayer.Shift.Offset offset = layer.offset(channel, from.channels());
            addPixel(1, sample, channel, row + offset.down(), column + offset.right());
        });
    }

    @Override
    public int[] activeShift(MovingLayer.ActiveShift layer) {
        int[] learned = parameter("displacement");
        for (int displacement : learned) {
            double value = scalars.value(displacement);
            penalties.add(scalars.of(layer.penalty() * Math.abs(value)));
            scalars.depends(displacement, layer.penalty() * Math.signum(value));
        }
        return outputs((sample, channel, row, column) -> {
            double down = scalars.value(learned[2 * channel]);
            double right = scalars.value(learned[2 * channel + 1]);
            boolean whole = layer.displacements() == MovingLayer.ActiveShift.Displacements.WHOLE;
            double usedDown = row + (whole ? Math.floor(down + 0.5) : down);
            double usedRight = column + (whole ? Math.floor(right + 0.5) : right);
            for (int corner = 0; corner < 4; corner++) {
                int y = (int) Math.floor(usedDown) + corner / 2;
                int z = (int) Math.floor(usedRight) + corner % 2;
                addPixel((1 - Math.abs(usedDown - y)) * (1 - Math.abs(usedRight - z)), sample, channel, y, z);
                // the gradient is that of the interpolation at the displacement itself
                y = (int) Math.floor(row + down) + corner / 2;
                z = (int) Math.floor(column + right) + corner % 2;
                double seen = pixel(sample, channel, y, z);
                double sideways = corner % 2 == 0 ? -1 : 1;
                scalars.depends(
                        learned[2 * channel], (corner / 2 == 0 ? -1 : 1) * (1 - Math.abs(column + right - z)) * seen);
                scalars.depends(learned[2 * channel + 1], sideways * (1 - Math.abs(row + down - y)) * seen);
            }
        });
    }

    @Override
    public int[] embedding(TokenLayer.Embedding layer) {
        return outputs((sample, dimension, row, place) -> addEntry(layer, 1, id(sample, place), dimension));
    }

    @Override
    public int[] embeddingBag(TokenLayer.EmbeddingBag layer) {
        return outputs((sample, dimension, row, column) -> {
            int[] tokens = IntStream.range(0, from.channels())
                    .map(place -> id(sample, place))
                    .filter(id -> id != layer.vocabulary().padding())
                    .toArray();
            for (int token : tokens) {
                addEntry(layer, 1.0 / tokens.length, token, dimension);
            }
        });
    }

    private int id(int sample, int place) {
        return (int) scalars.value(x[sample * from.channels() + place]);
    }

    private void addEntry(TokenLayer layer, double factor, int id, int dimension) {
        if (id != layer.vocabulary().padding()) {
            scalars.add(factor, parameter(TokenLayer.TABLE)[id * layer.dimension() + dimension]);
        }
    }
}
