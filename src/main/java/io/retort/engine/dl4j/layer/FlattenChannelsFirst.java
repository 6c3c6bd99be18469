package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.LayoutKernel;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns images {@code [batch, H, W, channels]} to vectors, channel by channel, row by row, as every other framework flattens. */
public final class FlattenChannelsFirst extends BaseInputPreProcessor {
    private static final long serialVersionUID = 1L;

    private final int channels;

    private final int height;

    private final int width;

    public FlattenChannelsFirst(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    @Override
    public INDArray preProcess(INDArray input, int batch, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        long[] shape = {in.size(0), in.length() / in.size(0)};
        INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
        LayoutKernel.transpose(in, out, height * width, channels);
        return out;
    }

    @Override
    public INDArray backprop(INDArray gradient, int batch, LayerWorkspaceMgr workspaces) {
        INDArray from = Floats.contiguous(gradient);
        long[] shape = {from.size(0), height, width, channels};
        INDArray to = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape, 'c');
        LayoutKernel.transpose(from, to, channels, height * width);
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
