package io.retort.engine.onnx;

import io.retort.engine.TrainableNetwork.Logits;
import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.TokenLayer;
import io.retort.network.Window;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** The plainest forward pass there is, in doubles, straight from the formulas: what engines are compared with. */
public final class ReferenceNetwork implements Logits {
    private final Network network;
    private final BiFunction<String, double[], double[]> rounding;
    private final Map<String, Shape> shapes;

    public ReferenceNetwork(Network network) {
        this(network, (node, values) -> values);
    }

    /**
     * A forward pass in which something happens to values on their way.
     *
     * @param rounding what becomes of a node's values, or of the scaled input, before they are read
     */
    public ReferenceNetwork(Network network, BiFunction<String, double[], double[]> rounding) {
        this.network = network;
        this.rounding = rounding;
        this.shapes = network.structure().shapes();
    }

    @Override
    public float[] logits(float[] rawFeatures, int batch) {
        int elements = network.structure().input().elements();
        int classes = network.structure().classes();
        float[] logits = new float[batch * classes];
        for (int sample = 0; sample < batch; sample++) {
            double[] row = sample(Arrays.copyOfRange(rawFeatures, sample * elements, (sample + 1) * elements));
            for (int c = 0; c < classes; c++) {
                logits[sample * classes + c] = (float) row[c];
            }
        }
        return logits;
    }

    private double[] sample(float[] raw) {
        return output(network.structure().output().name(), raw);
    }

    /** What a node gives for one raw sample. */
    public double[] output(String nodeName, float[] raw) {
        Structure structure = network.structure();
        double[] scaled = new double[raw.length];
        int plane = structure.input().height() * structure.input().width();
        for (int i = 0; i < raw.length; i++) {
            scaled[i] = (raw[i] - structure.scaling().mean().get(i / plane))
                    / structure.scaling().deviation().get(i / plane);
        }
        Map<String, double[]> values = new HashMap<>(Map.of(Structure.INPUT, rounding.apply(Structure.INPUT, scaled)));
        for (Node node : structure.nodes()) {
            List<double[]> inputs = node.inputs().stream().map(values::get).toList();
            values.put(node.name(), rounding.apply(node.name(), node.layer().accept(new Forward(node, inputs))));
        }
        return values.get(nodeName);
    }

    private final class Forward implements Layer.Visitor<double[]> {
        private final Node node;
        private final List<double[]> inputs;
        private final double[] x;
        private final Shape from;
        private final Shape to;

        Forward(Node node, List<double[]> inputs) {
            this.node = node;
            this.inputs = inputs;
            this.x = inputs.get(0);
            this.from = shapes.get(node.inputs().get(0));
            this.to = shapes.get(node.name());
        }

        @Override
        public double[] conv(Layer.Conv layer) {
            return convolve(layer.window(), layer.bias(), 1);
        }

        @Override
        public double[] depthwiseConv(Layer.DepthwiseConv layer) {
            return convolve(layer.window(), layer.bias(), from.channels());
        }

        private double[] convolve(Window window, Layer.Bias bias, int groups) {
            float[] weight = parameter("weight");
            int perGroup = from.channels() / groups;
            int area = window.kernelHeight() * window.kernelWidth();
            return overOutputs((o, row, column) -> {
                double sum = bias == Layer.Bias.NONE ? 0 : parameter("bias")[o];
                for (int i = 0; i < perGroup; i++) {
                    int channel = o / (to.channels() / groups) * perGroup + i;
                    for (int k = 0; k < area; k++) {
                        int y = row * window.strideHeight()
                                - window.paddingHeight()
                                + k / window.kernelWidth() * window.dilationHeight();
                        int z = column * window.strideWidth()
                                - window.paddingWidth()
                                + k % window.kernelWidth() * window.dilationWidth();
                        if (inside(y, z)) {
                            sum += weight[(o * perGroup + i) * area + k] * at(channel, y, z);
                        }
                    }
                }
                return sum;
            });
        }

        @Override
        public double[] dense(Layer.Dense layer) {
            float[] weight = parameter("weight");
            return overOutputs((o, row, column) -> {
                double sum = layer.bias() == Layer.Bias.NONE ? 0 : parameter("bias")[o];
                for (int i = 0; i < x.length; i++) {
                    sum += weight[o * x.length + i] * x[i];
                }
                return sum;
            });
        }

        @Override
        public double[] batchNorm(Layer.BatchNorm layer) {
            return overOutputs((c, row, column) -> parameter("scale")[c]
                            * (at(c, row, column) - parameter("mean")[c])
                            / Math.sqrt(parameter("variance")[c] + layer.epsilon())
                    + parameter("shift")[c]);
        }

        @Override
        public double[] activate(Layer.Activate layer) {
            return Arrays.stream(x)
                    .map(value -> switch (layer.function()) {
                        case RELU -> Math.max(0, value);
                        case RELU6 -> Math.min(6, Math.max(0, value));
                        case TANH -> Math.tanh(value);
                        case SIGMOID -> 1 / (1 + Math.exp(-value));
                    })
                    .toArray();
        }

        @Override
        public double[] pool(Layer.Pool layer) {
            Window window = layer.window();
            return overOutputs((c, row, column) -> {
                double[] seen = IntStream.range(0, window.kernelHeight() * window.kernelWidth())
                        .mapToObj(k -> new int[] {
                            row * window.strideHeight() - window.paddingHeight() + k / window.kernelWidth(),
                            column * window.strideWidth() - window.paddingWidth() + k % window.kernelWidth()
                        })
                        .filter(place -> inside(place[0], place[1]))
                        .mapToDouble(place -> at(c, place[0], place[1]))
                        .toArray();
                return layer.kind() == Layer.Pool.Kind.MAX
                        ? Arrays.stream(seen).max().orElseThrow()
                        : Arrays.stream(seen).average().orElseThrow();
            });
        }

        @Override
        public double[] globalAveragePool(Layer.GlobalAveragePool layer) {
            int plane = from.height() * from.width();
            return overOutputs((c, row, column) ->
                    Arrays.stream(x, c * plane, (c + 1) * plane).average().orElseThrow());
        }

        @Override
        public double[] flatten(Layer.Flatten layer) {
            return x;
        }

        @Override
        public double[] add(Layer.Add layer) {
            return IntStream.range(0, x.length)
                    .mapToDouble(
                            i -> inputs.stream().mapToDouble(input -> input[i]).sum())
                    .toArray();
        }

        @Override
        public double[] groupedConv(Layer.GroupedConv layer) {
            return convolve(layer.window(), layer.bias(), layer.groups());
        }

        @Override
        public double[] concat(Layer.Concat layer) {
            return inputs.stream().flatMapToDouble(Arrays::stream).toArray();
        }

        @Override
        public double[] gate(Layer.Gate layer) {
            return overOutputs((c, row, column) -> at(c, row, column) * inputs.get(1)[c]);
        }

        @Override
        public double[] slice(Layer.Slice layer) {
            return overOutputs((c, row, column) -> at(layer.first() + c, row, column));
        }

        @Override
        public double[] fakeQuantize(Layer.FakeQuantize layer) {
            double scale = Layer.FakeQuantize.scale(parameter("log-scale")[0]);
            return Arrays.stream(x)
                    .map(value -> scale * Math.max(layer.least(), Math.min(layer.greatest(), Math.rint(value / scale))))
                    .toArray();
        }

        @Override
        public double[] channelShuffle(MovingLayer.ChannelShuffle layer) {
            double[] result = new double[x.length];
            int plane = from.height() * from.width();
            int perGroup = from.channels() / layer.groups();
            for (int place = 0, group = 0; group < layer.groups(); group++) {
                for (int i = 0; i < perGroup; i++, place++) {
                    System.arraycopy(x, place * plane, result, (i * layer.groups() + group) * plane, plane);
                }
            }
            return result;
        }

        @Override
        public double[] channelShift(MovingLayer.ChannelShift layer) {
            return overOutputs((c, row, column) -> at(Math.floorMod(c - layer.by(), from.channels()), row, column));
        }

        @Override
        public double[] shift(MovingLayer.Shift layer) {
            return overOutputs((c, row, column) -> {
                MovingLayer.Shift.Offset offset = layer.offset(c, from.channels());
                return orZero(c, row + offset.down(), column + offset.right());
            });
        }

        @Override
        public double[] activeShift(MovingLayer.ActiveShift layer) {
            return overOutputs((c, row, column) -> {
                double down = row + layer.displacements().used(parameter("displacement")[2 * c]);
                double right = column + layer.displacements().used(parameter("displacement")[2 * c + 1]);
                int y = (int) Math.floor(down);
                int z = (int) Math.floor(right);
                double upper = (z + 1 - right) * orZero(c, y, z) + (right - z) * orZero(c, y, z + 1);
                double lower = (z + 1 - right) * orZero(c, y + 1, z) + (right - z) * orZero(c, y + 1, z + 1);
                return (y + 1 - down) * upper + (down - y) * lower;
            });
        }

        @Override
        public double[] embedding(TokenLayer.Embedding layer) {
            return overOutputs((d, row, place) -> entry(layer, x[place], d));
        }

        @Override
        public double[] embeddingBag(TokenLayer.EmbeddingBag layer) {
            long tokens = Arrays.stream(x)
                    .filter(id -> id != layer.vocabulary().padding())
                    .count();
            return overOutputs((d, row, column) ->
                    Arrays.stream(x).map(id -> entry(layer, id, d)).sum() / Math.max(1, tokens));
        }

        private double entry(TokenLayer layer, double id, int d) {
            return id == layer.vocabulary().padding() ? 0 : parameter("table")[((int) id) * layer.dimension() + d];
        }

        private double orZero(int channel, int row, int column) {
            return inside(row, column) ? at(channel, row, column) : 0;
        }

        private double[] overOutputs(Output output) {
            double[] result = new double[to.elements()];
            for (int c = 0, i = 0; c < to.channels(); c++) {
                for (int row = 0; row < to.height(); row++) {
                    for (int column = 0; column < to.width(); column++) {
                        result[i++] = output.at(c, row, column);
                    }
                }
            }
            return result;
        }

        private double at(int channel, int row, int column) {
            return x[(channel * from.height() + row) * from.width() + column];
        }

        private boolean inside(int row, int column) {
            return row >= 0 && row < from.height() && column >= 0 && column < from.width();
        }

        private float[] parameter(String name) {
            return network.parameter(node.parameter(name)).values();
        }
    }

    private interface Output {
        double at(int channel, int row, int column);
    }
}
