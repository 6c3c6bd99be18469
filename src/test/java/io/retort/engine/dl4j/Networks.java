package io.retort.engine.dl4j;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.BatchNorm;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Conv;
import io.retort.network.Layer.Dense;
import io.retort.network.Layer.DepthwiseConv;
import io.retort.network.Layer.Flatten;
import io.retort.network.Layer.GlobalAveragePool;
import io.retort.network.Layer.Pool;
import io.retort.network.MovingLayer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small networks that together have every kind of layer, and data for them. */
final class Networks {
    private Networks() {}

    /**
     * Convolutions with and without bias and stride, both pools, a residual add, flatten, BatchNorm on images and on
     * vectors.
     */
    static Structure everyLayer() {
        Structure.Builder builder = Structure.from(Shape.image(3, 9, 8))
                .then("conv1", new Conv(5, Window.same(3), Bias.NONE))
                .then("bn1", BatchNorm.standard())
                .then("relu1", new Activate(Function.RELU))
                .then("conv2", new Conv(5, Window.same(3), Bias.PER_CHANNEL))
                .then("bn2", new BatchNorm(1e-3, 0.8));
        return builder.join("sum", new Layer.Add(), builder.last(), "relu1")
                .then("relu2", new Activate(Function.RELU6))
                .then("max", new Pool(Pool.Kind.MAX, new Window(3, 3, 2, 2, 1, 1)))
                .then("depthwise", new DepthwiseConv(Window.same(3), Bias.NONE))
                .then("bn3", BatchNorm.standard())
                .then("tanh", new Activate(Function.TANH))
                .then("pointwise", new Conv(7, Window.valid(1, 1), Bias.NONE))
                .then("bn4", BatchNorm.standard())
                .then("relu4", new Activate(Function.RELU))
                .then("strided", new DepthwiseConv(Window.strided(3, 2), Bias.PER_CHANNEL))
                .then("average", new Pool(Pool.Kind.AVERAGE, new Window(2, 2, 1, 1, 1, 1)))
                .then("down", new Conv(6, new Window(3, 2, 2, 1, 1, 0), Bias.PER_CHANNEL))
                .then("flat", new Flatten())
                .then("dense1", new Dense(11, Bias.NONE))
                .then("bn5", BatchNorm.standard())
                .then("sigmoid", new Activate(Function.SIGMOID))
                .then("dense2", new Dense(4, Bias.PER_CHANNEL))
                .build();
    }

    /** Ends in a global average of a residual block, without a dense layer. */
    static Structure residual() {
        return Structure.from(Shape.image(1, 8, 8))
                .then("stem", new Conv(8, Window.same(3), Bias.NONE))
                .then("stem-bn", BatchNorm.standard())
                .then("stem-relu", new Activate(Function.RELU))
                .then("a", new Conv(4, Window.strided(3, 2), Bias.NONE))
                .then("a-bn", BatchNorm.standard())
                .then("a-relu", new Activate(Function.RELU))
                .then("b", new Conv(4, Window.same(3), Bias.NONE))
                .then("b-bn", BatchNorm.standard())
                .join("shortcut", new Conv(4, Window.strided(1, 2), Bias.NONE), "stem-relu")
                .then("shortcut-bn", BatchNorm.standard())
                .join("sum", new Layer.Add(), "b-bn", "shortcut-bn")
                .then("out-relu", new Activate(Function.RELU))
                .then("global", new GlobalAveragePool())
                .build();
    }

    /** The layers that DL4J can express too, though it has them under other names. */
    static Structure joined() {
        return Structure.from(Shape.image(4, 6, 5))
                .then("first", new Conv(6, Window.dilated(3, 2), Bias.NONE))
                .then("first-bn", BatchNorm.standard())
                .then("first-relu", new Activate(Function.RELU))
                .then("upright", new Conv(6, Window.same(3, 1), Bias.NONE))
                .then("flat", new DepthwiseConv(Window.same(1, 3), Bias.PER_CHANNEL))
                .join("concat", new Layer.Concat(), "flat", "first-relu", "input")
                .then("slice", new Layer.Slice(3, 10))
                .then("squeeze", new GlobalAveragePool())
                .then("excite", new Dense(10, Bias.PER_CHANNEL))
                .then("sigmoid", new Activate(Function.SIGMOID))
                .join("gate", new Layer.Gate(), "slice", "sigmoid")
                .then("global", new GlobalAveragePool())
                .join("vectors", new Layer.Concat(), "global", "squeeze")
                .then("part", new Layer.Slice(2, 15))
                .then("logits", new Dense(4, Bias.PER_CHANNEL))
                .build();
    }

    /** The layers that only Retort has. */
    static Structure ownLayers() {
        return Structure.from(Shape.image(4, 6, 5))
                .then("grouped", new Layer.GroupedConv(12, 2, Window.strided(3, 1), Bias.PER_CHANNEL))
                .then("grouped-bn", BatchNorm.standard())
                .then("grouped-tanh", new Activate(Function.TANH))
                .then("shuffle", new MovingLayer.ChannelShuffle(3))
                .then("real", new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.REAL, 0))
                .then("pointwise", new Layer.GroupedConv(20, 4, Window.valid(1, 1), Bias.NONE))
                .then("grid", new MovingLayer.Shift(3, MovingLayer.Shift.Directions.GRID))
                .then("turn", new MovingLayer.ChannelShift(7))
                .then("cross", new MovingLayer.Shift(3, MovingLayer.Shift.Directions.CROSS))
                .then("strided", new Layer.GroupedConv(10, 5, Window.strided(3, 2), Bias.NONE))
                .then("whole", new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.WHOLE, 0))
                .then("wide", new DepthwiseConv(new Window(3, 2, 1, 1, 2, 0, 2, 1), Bias.PER_CHANNEL))
                .then("wide-grouped", new Layer.GroupedConv(10, 5, Window.dilated(3, 2), Bias.NONE))
                .then("mixed", new Conv(6, Window.same(3), Bias.NONE))
                .then("mixed-bn", BatchNorm.standard())
                .then("mixed-tanh", new Activate(Function.TANH))
                .then("global", new GlobalAveragePool())
                .then("vector-shuffle", new MovingLayer.ChannelShuffle(2))
                .then("logits", new Dense(4, Bias.PER_CHANNEL))
                .build();
    }

    static Structure perceptron() {
        return Structure.from(Shape.vector(12))
                .then("flat", new Flatten())
                .then("hidden", new Dense(9, Bias.NONE))
                .then("hidden-bn", BatchNorm.standard())
                .then("hidden-relu", new Activate(Function.RELU))
                .then("logits", new Dense(3, Bias.PER_CHANNEL))
                .build();
    }

    /** A network none of whose parameters has a special value. */
    static Network randomised(Structure structure, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        structure.parameterSpecs().forEach((name, spec) -> {
            float[] values = new float[spec.elements()];
            double spread = name.endsWith("/weight")
                    ? Math.sqrt(2.0 * spec.sizes().get(0) / values.length)
                    : name.endsWith("/displacement") ? 1 : 0.3;
            double centre = name.endsWith("/scale") || name.endsWith("/variance") ? 1 : 0;
            for (int i = 0; i < values.length; i++) {
                double value = spread * (random.nextDouble() * 2 - 1) * 1.7 + centre;
                values[i] = (float) (name.endsWith("/variance") ? Math.abs(value) + 0.1 : value);
            }
            parameters.put(name, new Tensor(spec.sizes(), values));
        });
        return new Network(structure, parameters);
    }

    static INDArray features(Structure structure, int batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[batch * structure.input().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        Shape shape = structure.input();
        return shape.isImage()
                ? Nd4j.createFromArray(values).reshape(batch, shape.channels(), shape.height(), shape.width())
                : Nd4j.createFromArray(values).reshape(batch, shape.channels());
    }

    /** One-hot labels, and beside them as many random numbers, as a packed target has. */
    static INDArray targets(Structure structure, int batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int classes = structure.classes();
        float[] values = new float[batch * 2 * classes];
        for (int i = 0; i < batch; i++) {
            values[2 * classes * i + random.nextInt(classes)] = 1;
            for (int c = classes; c < 2 * classes; c++) {
                values[2 * classes * i + c] = (float) (random.nextDouble() * 2 - 1);
            }
        }
        return Nd4j.createFromArray(values).reshape(batch, 2L * classes);
    }
}
