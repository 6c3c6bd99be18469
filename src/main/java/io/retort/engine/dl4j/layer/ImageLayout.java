package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where the layout of images changes: at the network's input, and before vectors. */
public final class ImageLayout {
    private ImageLayout() {}

    /** Turns the network's input {@code [batch, channels, H, W]} to {@code [batch, H, W, channels]}. */
    public static InputPreProcessor channelsLast() {
        return new ChannelsLast();
    }

    /** Turns images {@code [batch, H, W, channels]} to vectors, channel by channel, as other frameworks do. */
    public static InputPreProcessor flattened(int channels, int height, int width) {
        return new FlattenChannelsFirst(channels, height, width);
    }

    private static final class ChannelsLast extends BaseInputPreProcessor {
        private static final long serialVersionUID = 1L;

        @Override
        public INDArray preProcess(INDArray input, int batch, LayerWorkspaceMgr workspaces) {
            INDArray in = Floats.contiguous(input);
            long[] shape = {in.size(0), in.size(2), in.size(3), in.size(1)};
            INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
            Floats.transpose(in, out, (int) in.size(1), Math.toIntExact(in.size(2) * in.size(3)));
            return out;
        }

        /** Null, as DL4J has it where there is no gradient: nobody needs that of the network's input. */
        @Override
        public INDArray backprop(INDArray gradient, int batch, LayerWorkspaceMgr workspaces) {
            return null;
        }

        @Override
        public InputType getOutputType(InputType type) {
            return type;
        }

        @Override
        public ChannelsLast clone() {
            return (ChannelsLast) super.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ChannelsLast;
        }

        @Override
        public int hashCode() {
            return ChannelsLast.class.hashCode();
        }
    }

    private static final class FlattenChannelsFirst extends BaseInputPreProcessor {
        private static final long serialVersionUID = 1L;

        private final int channels;
        private final int height;
        private final int width;

        private FlattenChannelsFirst(int channels, int height, int width) {
            this.channels = channels;
            this.height = height;
            this.width = width;
        }

        @Override
        public INDArray preProcess(INDArray input, int batch, LayerWorkspaceMgr workspaces) {
            INDArray in = Floats.contiguous(input);
            long[] shape = {in.size(0), in.length() / in.size(0)};
            INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
            Floats.transpose(in, out, height * width, channels);
            return out;
        }

        @Override
        public INDArray backprop(INDArray gradient, int batch, LayerWorkspaceMgr workspaces) {
            INDArray from = Floats.contiguous(gradient);
            long[] shape = {from.size(0), height, width, channels};
            INDArray to = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape, 'c');
            Floats.transpose(from, to, channels, height * width);
            return to;
        }

        @Override
        public InputType getOutputType(InputType type) {
            return InputType.feedForward((long) channels * height * width);
        }

        @Override
        public FlattenChannelsFirst clone() {
            return (FlattenChannelsFirst) super.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FlattenChannelsFirst that
                    && channels == that.channels
                    && height == that.height
                    && width == that.width;
        }

        @Override
        public int hashCode() {
            return (channels * 31 + height) * 31 + width;
        }
    }
}
