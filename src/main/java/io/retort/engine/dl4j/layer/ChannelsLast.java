package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.LayoutKernel;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns the network's input {@code [batch, channels, H, W]} to {@code [batch, H, W, channels]}. */
public final class ChannelsLast extends BaseInputPreProcessor {
    private static final long serialVersionUID = 1L;

    @Override
    public INDArray preProcess(INDArray input, int batch, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        long[] shape = {in.size(0), in.size(2), in.size(3), in.size(1)};
        INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
        LayoutKernel.transpose(in, out, (int) in.size(1), Math.toIntExact(in.size(2) * in.size(3)));
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
