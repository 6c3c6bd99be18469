package io.retort.engine.dl4j.fused;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedShift} configures. */
final class FusedShiftLayer extends FusedLayer<FusedShift> {
    private static final long serialVersionUID = 1L;

    private final transient float[] displacements;

    FusedShiftLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
        displacements = ((FusedShift) configuration.getLayer()).displacements();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        ShiftedImages.of(in, displacements).forward(in, out);
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray outGradient = Floats.contiguous(epsilon);
        INDArray inGradient = gradients(workspaces, input.shape());
        ShiftedImages.of(input, displacements).backward(outGradient, inGradient);
        return noParameters(inGradient);
    }
}
