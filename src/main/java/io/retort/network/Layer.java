package io.retort.network;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;

/**
 * One operation of a network, without its parameters.
 *
 * <p>The family is sealed and read through a {@link Visitor}, so that a new kind of layer does not compile until every consumer
 * (shape inference, cost, DL4J, ONNX ...) handles it. In JSON a layer is named by its kind, never by a class.
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
    @JsonSubTypes.Type(value = Layer.ChannelShuffle.class, name = "channel-shuffle"),
    @JsonSubTypes.Type(value = Layer.ChannelShift.class, name = "channel-shift"),
    @JsonSubTypes.Type(value = Layer.Shift.class, name = "shift"),
    @JsonSubTypes.Type(value = Layer.ActiveShift.class, name = "active-shift")
})
public sealed interface Layer extends Serializable {
    <R> R accept(Visitor<R> visitor);

    /** Whether a layer adds a learned offset to each output channel. */
    enum Bias {
        NONE,
        PER_CHANNEL
    }

    /** A 2-D convolution: image to image of {@code outputs} channels. Parameters {@code weight [outputs, inputs, kH, kW]}, {@code bias [outputs]}. */
    record Conv(int outputs, Window window, Bias bias) implements Layer {
        public Conv {
            requirePositive("conv outputs", outputs);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv(this);
        }
    }

    /** A convolution of each channel by itself. Parameters {@code weight [channels, 1, kH, kW]}, {@code bias [channels]}. */
    record DepthwiseConv(Window window, Bias bias) implements Layer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.depthwiseConv(this);
        }
    }

    /** {@code y = W x + b}: vector to vector. Parameters {@code weight [outputs, inputs]}, {@code bias [outputs]}. */
    record Dense(int outputs, Bias bias) implements Layer {
        public Dense {
            requirePositive("dense outputs", outputs);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dense(this);
        }
    }

    /**
     * {@code y = scale · (x − mean) / √(variance + epsilon) + shift}, per channel (Ioffe and Szegedy 2015, arXiv:1502.03167).
     *
     * <p>Parameters {@code scale, shift, mean, variance}, each {@code [channels]}. In training mean and (biased) variance are the batch's, and the
     * running ones move as {@code running = decay · running + (1 − decay) · batch}.
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

    /** The greatest or the mean value of each window, which must not be dilated; padding never wins a maximum and does not count in a mean. */
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
     * A convolution within each of {@code groups} equal, consecutive parts of the channels: output o of {@code outputs} sees the inputs of part
     * {@code ⌊o · groups / outputs⌋} only (Krizhevsky et al. 2012; Xie et al. 2016, arXiv:1611.05431). {@code groups} divides inputs and outputs.
     *
     * <p>Parameters {@code weight [outputs, inputs / groups, kH, kW]}, {@code bias [outputs]}.
     */
    record GroupedConv(int outputs, int groups, Window window, Bias bias) implements Layer {
        public GroupedConv {
            requirePositive("grouped-conv outputs", outputs);
            requirePositive("grouped-conv groups", groups);
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
     * {@code y[c, i, j] = x[c, i, j] · g[c]}: each channel of the first input, an image, times its gate in the second, {@code [channels]} or
     * {@code [channels, 1, 1]} (the scaling of Hu et al. 2017, arXiv:1709.01507, equation 4).
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
            requirePositive("slice channels", channels);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.slice(this);
        }
    }

    /**
     * Deals the channels out like cards: of {@code groups} equal, consecutive parts first the first channel of each, then the second of each
     * (Zhang et al. 2017, arXiv:1707.01083, section 3.1).
     */
    record ChannelShuffle(int groups) implements Layer {
        public ChannelShuffle {
            requirePositive("channel-shuffle groups", groups);
        }

        /** The input channel that output channel {@code channel} of {@code channels} is. */
        public int source(int channel, int channels) {
            return channel % groups * (channels / groups) + channel / groups;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.channelShuffle(this);
        }
    }

    /**
     * {@code y[c] = x[(c − by) mod channels]}: the channels move up in a circle, which mixes groups as a shuffle does but moves two blocks of
     * memory only (He et al. 2018, AddressNet, arXiv:1809.08458, section 3.1).
     */
    record ChannelShift(int by) implements Layer {
        public ChannelShift {
            requirePositive("channel-shift by", by);
        }

        /** The input channel that output channel {@code channel} of {@code channels} is. */
        public int source(int channel, int channels) {
            return Math.floorMod(channel - by, channels);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.channelShift(this);
        }
    }

    /**
     * {@code y[c, i, j] = x[c, i + down, j + right]} with zeros outside of the image, where each part of the channels looks its own way: without
     * parameters, without multiplications (Wu et al. 2017, arXiv:1711.08141, section 3.1).
     *
     * @param kernel the odd size of the square within which it looks
     */
    record Shift(int kernel, Directions directions) implements Layer {
        /** Where the parts of the channels look. */
        public enum Directions {
            /** At each cell of the square, row by row: {@code ⌊channels / kernel²⌋} channels each, and the rest straight (Wu et al.). */
            GRID,
            /** Up, down, left and right by half the kernel: a quarter of the channels each, and the rest straight (He et al., arXiv:1809.08458). */
            CROSS
        }

        /** How far below and to the right of its own place a channel looks. */
        public record Offset(int down, int right) {}

        public Shift {
            if (kernel < 3 || kernel % 2 == 0 || kernel > 99) {
                throw new ShapeException("shift kernel must be odd and from 3 to 99, was " + kernel);
            }
        }

        /** The number of ways to look. */
        public int parts() {
            return directions == Directions.GRID ? kernel * kernel : 4;
        }

        /** Where channel {@code channel} of {@code channels} looks. */
        public Offset offset(int channel, int channels) {
            int part = channel / (channels / parts());
            int half = kernel / 2;
            if (part >= parts()) {
                return new Offset(0, 0);
            }
            if (directions == Directions.GRID) {
                return new Offset(part / kernel - half, part % kernel - half);
            }
            return List.of(new Offset(-half, 0), new Offset(half, 0), new Offset(0, -half), new Offset(0, half))
                    .get(part);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.shift(this);
        }
    }

    /**
     * A shift that each channel learns: {@code y[c, i, j] = x[c, i + down_c, j + right_c]}, zero outside of the image.
     *
     * <p>Parameter {@code displacement [channels, 2]}: down, right, in pixels, uniform in [−1, 1] before training. Its gradient is always that of
     * the bilinear interpolation at the real displacement, plus {@code penalty · sign(displacement)}, the gradient of the penalty
     * {@code penalty · Σ|displacement|}, which is not part of the reported loss.
     *
     * @param penalty at least 0; it draws displacements to 0, where a shift costs nothing
     */
    record ActiveShift(Displacements displacements, double penalty) implements Layer {
        /** Where between pixels a channel may look. */
        public enum Displacements {
            /** Anywhere, by bilinear interpolation (Jeon and Kim 2018, arXiv:1806.07370, section 3.1). */
            REAL,
            /** At whole pixels: displacements are rounded, halves up, when they are used (Chen et al. 2019, arXiv:1903.05285, section 3). */
            WHOLE;

            /** What a learned displacement counts for. */
            public float used(float learned) {
                return this == WHOLE ? (float) Math.floor(learned + 0.5f) : learned;
            }
        }

        public ActiveShift {
            if (!(penalty >= 0 && penalty < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "active-shift penalty must be at least 0 and finite, was " + penalty);
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activeShift(this);
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

        R channelShuffle(ChannelShuffle layer);

        R channelShift(ChannelShift layer);

        R shift(Shift layer);

        R activeShift(ActiveShift layer);
    }

    private static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new ShapeException(what + " must be at least 1, was " + value);
        }
    }
}
