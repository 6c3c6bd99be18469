package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats.ChunkedLoop;
import io.retort.engine.dl4j.kernel.Nonlinearity;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An element-wise function that does not follow a BatchNorm. */
public final class FusedActivation extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private final transient Nonlinearity function;

    private final transient ChunkedLoop blocks = new ChunkedLoop();

    private FusedActivation(NeuralNetConfiguration configuration, DataType type, Nonlinearity function) {
        super(configuration, type);
        this.function = function;
    }

    public static FusedConfiguration of(int channels, Nonlinearity function) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(),
                (configuration, type) -> new FusedActivation(configuration, type, function));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray out = activations(workspaces, in.shape());
        blocks.forward(in, out, function::apply);
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray inGradient = gradients(workspaces, in.shape());
        blocks.backward(in, outGradient, inGradient, function::gate);
        return inGradient;
    }
}
