package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.Floats.ChunkedLoop;
import io.retort.engine.dl4j.kernel.RoundingKernel;
import io.retort.network.Layer.FakeQuantize;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rounds values to int8 with a scale that is learned. Weight decay leaves it alone. */
public final class FusedFakeQuantize extends FusedLayer {
    private static final long serialVersionUID = 1L;
    public static final String LOG_SCALE = "logScale";

    private final transient FakeQuantize rounding;

    private final transient ChunkedLoop blocks = new ChunkedLoop();

    private FusedFakeQuantize(NeuralNetConfiguration configuration, DataType type, FakeQuantize rounding) {
        super(configuration, type);
        this.rounding = rounding;
    }

    public static FusedConfiguration of(int channels, FakeQuantize rounding) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(ParameterSlot.vector(LOG_SCALE, ParameterSlot.Kind.BIAS, 1, 0)),
                (configuration, type) -> new FusedFakeQuantize(configuration, type, rounding));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray out = activations(workspaces, in.shape());
        blocks.forward(in, out, kernel()::round);
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray inGradient = gradients(workspaces, in.shape());
        RoundingKernel kernel = kernel();
        double[] byLogScale = {0};
        blocks.backward(in, outGradient, inGradient, (x, g, count) -> byLogScale[0] += kernel.gate(x, g, count));
        Floats.of(gradientViews.get(LOG_SCALE)).put(0, (float) byLogScale[0]);
        return inGradient;
    }

    private RoundingKernel kernel() {
        float logScale = Floats.of(params.get(LOG_SCALE)).get(0);
        return new RoundingKernel(FakeQuantize.scale(logScale), rounding.least(), rounding.greatest());
    }
}
