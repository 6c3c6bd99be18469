package io.retort.engine.dl4j.fused;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedActivation} configures. */
final class FusedActivationLayer extends FusedLayer<FusedActivation> {
    private static final long serialVersionUID = 1L;

    private final transient Blocks blocks = new Blocks();

    FusedActivationLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        blocks.forward(in, out, layerConf().function()::apply);
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray outGradient = Floats.contiguous(epsilon);
        INDArray inGradient = gradients(workspaces, in.shape());
        blocks.backward(in, outGradient, inGradient, layerConf().function()::gate);
        return noParameters(inGradient);
    }
}
