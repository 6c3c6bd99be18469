package io.retort.engine.dl4j.fused;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedActivation} configures. */
final class FusedActivationLayer extends FusedLayer<FusedActivation> {
    private static final long serialVersionUID = 1L;
    private static final int BLOCK = 2048;

    private final transient float[] z = new float[BLOCK];
    private final transient float[] g = new float[BLOCK];

    FusedActivationLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            from.get(i, z, 0, count);
            layerConf().function().apply(z, count);
            to.put(i, z, 0, count);
        }
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray outGradient = Floats.contiguous(epsilon);
        INDArray inGradient = gradients(workspaces, in.shape());
        FloatBuffer inputs = Floats.of(in);
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer to = Floats.of(inGradient);
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            inputs.get(i, z, 0, count);
            from.get(i, g, 0, count);
            layerConf().function().gate(z, g, count);
            to.put(i, g, 0, count);
        }
        return noParameters(inGradient);
    }
}
