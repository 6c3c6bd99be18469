package io.retort.network;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;

/**
 * One operation of a network, without its parameters.
 *
 * <p>The family is sealed and read through a {@link Visitor}, so that a new kind of layer does not compile until every
 * consumer (shape inference, cost, DL4J, ONNX ...) handles it. Consumers that single out a few kinds, and
 * are right about any other, name those alone. In JSON a layer is named by its kind, never by a class.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Layer.Conv.class, name = "conv"),
    @JsonSubTypes.Type(value = Layer.DepthwiseConv.class, name = "depthwise-conv"),
    @JsonSubTypes.Type(value = Layer.Dense.class, name = "dense"),
    @JsonSubTypes.Type(value = Layer.BatchNorm.class, name = "batch-norm"),
    @JsonSubTypes.Type(value = Layer.Activate.class, name = "activate"),
    @JsonSubTypes.Type(value = Layer.Pool.class, name = "pool"),
    @JsonSubTypes.Type(value = Layer.GlobalAveragePool.class, name = "global-average-pool"),
    @JsonSubTypes.Type(value = Layer.Flatten.class, name = "flatten"),
    @JsonSubTypes.Type(value = Layer.Add.class, name = "add"),
    @JsonSubTypes.Type(value = Layer.GroupedConv.class, name = "grouped-conv"),
    @JsonSubTypes.Type(value = Layer.Concat.class, name = "concat"),
    @JsonSubTypes.Type(value = Layer.Gate.class, name = "gate"),
    @JsonSubTypes.Type(value = Layer.Slice.class, name = "slice"),
    @JsonSubTypes.Type(value = Layer.FakeQuantize.class, name = "fake-quantize"),
    @JsonSubTypes.Type(value = MovingLayer.ChannelShuffle.class, name = "channel-shuffle"),
    @JsonSubTypes.Type(value = MovingLayer.ChannelShift.class, name = "channel-shift"),
    @JsonSubTypes.Type(value = MovingLayer.Shift.class, name = "shift"),
    @JsonSubTypes.Type(value = MovingLayer.ActiveShift.class, name = "active-shift"),
    @JsonSubTypes.Type(value = TokenLayer.Embedding.class, name = "embedding"),
    @JsonSubTypes.Type(value = TokenLayer.EmbeddingBag.class, name = "embedding-bag")
})
public sealed interface Layer extends Serializable
        permits Layer.Conv,
                Layer.DepthwiseConv,
                Layer.Dense,
                Layer.BatchNorm,
                Layer.Activate,
                Layer.Pool,
                Layer.GlobalAveragePool,
                Layer.Flatten,
                Layer.Add,
                Layer.GroupedConv,
                Layer.Concat,
                Layer.Gate,
                Layer.Slice,
                Layer.FakeQuantize,
                MovingLayer,
                TokenLayer {
    <R> R accept(Visitor<R> visitor);

    /** Whether a layer adds a learned offset to each output channel. */
    enum Bias {
        NONE,
        PER_CHANNEL
    }

    /**
     * A 2-D convolution: image to image of {@code outputs} channels. Parameters
     * {@code weight [outputs, inputs, kH, kW]}, {@code bias [outputs]}.
     */
    record Conv(int outputs, Window window, Bias bias) implements Layer {
        public Conv {
            ShapeException.requirePositive("conv outputs", outputs);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv(this);
        }
    }

    /**
     * A convolution of each channel by itself. Parameters {@code weight [channels, 1, kH, kW]},
     * {@code bias [channels]}.
     */
    record DepthwiseConv(Window window, Bias bias) implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.depthwiseConv(this);
        }
    }

    /** {@code y = W x + b}: vector to vector. Parameters {@code weight [outputs, inputs]}, {@code bias [outputs]}. */
    record Dense(int outputs, Bias bias) implements Layer {
        public Dense {
            ShapeException.requirePositive("dense outputs", outputs);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dense(this);
        }
    }

    /**
     * {@code y = scale · (x − mean) / √(variance + epsilon) + shift}, per channel (Ioffe and Szegedy 2015,
     * arXiv:1502.03167).
     *
     * <p>Parameters {@code scale, shift, mean, variance}, each {@code [channels]}. In training mean and (biased)
     * variance are the batch's, and the running ones move as
     * {@code running = decay · running + (1 − decay) · batch}.
     */
    record BatchNorm(double epsilon, double decay) implements Layer {
        public BatchNorm {
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("batch-norm epsilon must be > 0, was " + epsilon);
            }
            if (!(decay >= 0 && decay < 1)) {
                throw new IllegalArgumentException("batch-norm decay must be in [0, 1), was " + decay);
            }
        }

        /** Epsilon 1e-5 and decay 0.9, as most published networks have them. */
        public static BatchNorm standard() {
            return new BatchNorm(1e-5, 0.9);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.batchNorm(this);
        }
    }

    /** An element-wise function. */
    record Activate(Function function) implements Layer {
        /** The functions, each by its usual formula. */
        public enum Function {
            /** {@code max(0, x)}. */
            RELU,
            /** {@code min(6, max(0, x))}. */
            RELU6,
            /** {@code tanh(x)}. */
            TANH,
            /** {@code 1 / (1 + e⁻ˣ)}. */
            SIGMOID
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activate(this);
        }
    }

    /**
     * The greatest or the mean value of each window, which must not be dilated; padding never wins a maximum and does
     * not count in a mean.
     */
    record Pool(Kind kind, Window window) implements Layer {
        public Pool {
            if (window.isDilated()) {
                throw new ShapeException("a pool's window must not be dilated, but has dilation "
                        + window.dilationHeight() + "x" + window.dilationWidth());
            }
        }

        /** What is taken of a window. */
        public enum Kind {
            MAX,
            AVERAGE
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.pool(this);
        }
    }

    /** The mean of each channel: image to vector. */
    record GlobalAveragePool() implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.globalAveragePool(this);
        }
    }

    /** Image to vector, channel by channel, row by row. */
    record Flatten() implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flatten(this);
        }
    }

    /** The sum of two or more inputs of one shape. */
    record Add() implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.add(this);
        }
    }

    /**
     * A convolution within each of {@code groups} equal, consecutive parts of the channels: output o of {@code outputs}
     * sees the inputs of part {@code ⌊o · groups / outputs⌋} only (Krizhevsky et al. 2012; Xie et al. 2016,
     * arXiv:1611.05431). {@code groups} divides inputs and outputs.
     *
     * <p>Parameters {@code weight [outputs, inputs / groups, kH, kW]}, {@code bias [outputs]}.
     */
    record GroupedConv(int outputs, int groups, Window window, Bias bias) implements Layer {
        public GroupedConv {
            ShapeException.requirePositive("grouped-conv outputs", outputs);
            ShapeException.requirePositive("grouped-conv groups", groups);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.groupedConv(this);
        }
    }

    /** The channels of two or more inputs, first input first: images of one height and width, or vectors. */
    record Concat() implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.concat(this);
        }
    }

    /**
     * {@code y[c, i, j] = x[c, i, j] · g[c]}: each channel of the first input, an image, times its gate in the second,
     * {@code [channels]} or {@code [channels, 1, 1]} (the scaling of Hu et al. 2017, arXiv:1709.01507, equation 4).
     */
    record Gate() implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.gate(this);
        }
    }

    /** The {@code channels} channels from {@code first} (counted from 0) on. */
    record Slice(int first, int channels) implements Layer {
        public Slice {
            if (first < 0) {
                throw new ShapeException("slice first must be at least 0, was " + first);
            }
            ShapeException.requirePositive("slice channels", channels);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.slice(this);
        }
    }

    /**
     * What int8 leaves of a value, in float32, while a network is trained:
     * {@code y = s · clip(round(x / s), −128 − z, 127 − z)} with the zero point z (Jacob et al. 2017,
     * arXiv:1712.05877, section 3). Rounding is to nearest, ties to even.
     *
     * <p>Parameter {@code log-scale [1]}: {@code s = exp(log-scale)}, so that a step of an optimiser is relative to the
     * scale (Jain et al. 2019, arXiv:1903.08066, section 5.1). The gradient passes where nothing is clipped, and 0
     * elsewhere; the scale's is that of Esser et al. (2020, arXiv:1902.08153, equation 3). A convolution (not a grouped
     * one) or dense layer that reads such a value, or what a maximum or flattening makes of it, multiplies rounded
     * weights: each output channel's in whole steps of {@code max |w| / (2ᵇ⁻¹ − 1)}, while the optimiser moves
     * the weights themselves.
     *
     * @param zeroPoint the code of 0, from -128 to 127
     * @param weightBits b, from 2 to 8
     */
    record FakeQuantize(int zeroPoint, int weightBits) implements Layer {
        public FakeQuantize {
            if (zeroPoint < Byte.MIN_VALUE || zeroPoint > Byte.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "fake-quantize zero point must be from -128 to 127, was " + zeroPoint);
            }
            if (weightBits < 2 || weightBits > 8) {
                throw new IllegalArgumentException("fake-quantize weight bits must be from 2 to 8, were " + weightBits);
            }
        }

        /** The least whole number of steps that is not clipped. */
        public int least() {
            return Byte.MIN_VALUE - zeroPoint;
        }

        /** The greatest whole number of steps that is not clipped. */
        public int greatest() {
            return Byte.MAX_VALUE - zeroPoint;
        }

        /** The size of one step. */
        public static float scale(float logScale) {
            return (float) Math.exp(logScale);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.fakeQuantize(this);
        }
    }

    /** One method for each kind of layer. */
    interface Visitor<R> {
        R conv(Conv layer);

        R depthwiseConv(DepthwiseConv layer);

        R dense(Dense layer);

        R batchNorm(BatchNorm layer);

        R activate(Activate layer);

        R pool(Pool layer);

        R globalAveragePool(GlobalAveragePool layer);

        R flatten(Flatten layer);

        R add(Add layer);

        R groupedConv(GroupedConv layer);

        R concat(Concat layer);

        R gate(Gate layer);

        R slice(Slice layer);

        R fakeQuantize(FakeQuantize layer);

        R channelShuffle(MovingLayer.ChannelShuffle layer);

        R channelShift(MovingLayer.ChannelShift layer);

        R shift(MovingLayer.Shift layer);

        R activeShift(MovingLayer.ActiveShift layer);

        R embedding(TokenLayer.Embedding layer);

        R embeddingBag(TokenLayer.EmbeddingBag layer);
    }
}
