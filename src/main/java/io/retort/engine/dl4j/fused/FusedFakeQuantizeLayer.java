package io.retort.engine.dl4j.fused;

import io.retort.network.Layer.FakeQuantize;
import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedFakeQuantize} configures. */
final class FusedFakeQuantizeLayer extends FusedLayer<FusedFakeQuantize> {
    private static final long serialVersionUID = 1L;
    private static final int BLOCK = 2048;

    private final transient float[] x = new float[BLOCK];
    private final transient float[] g = new float[BLOCK];

    FusedFakeQuantizeLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        RoundingKernel kernel = kernel();
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            from.get(i, x, 0, count);
            kernel.round(x, count);
            to.put(i, x, 0, count);
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
        RoundingKernel kernel = kernel();
        double byLogScale = 0;
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            inputs.get(i, x, 0, count);
            from.get(i, g, 0, count);
            byLogScale += kernel.gate(x, g, count);
            to.put(i, g, 0, count);
        }
        INDArray view = gradientViews.get(FusedFakeQuantize.LOG_SCALE);
        Floats.of(view).put(0, (float) byLogScale);
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(FusedFakeQuantize.LOG_SCALE, view);
        return new Pair<>(gradient, inGradient);
    }

    private RoundingKernel kernel() {
        float logScale = Floats.of(params.get(FusedFakeQuantize.LOG_SCALE)).get(0);
        return new RoundingKernel(
                FakeQuantize.scale(logScale), layerConf().least(), layerConf().greatest());
    }
}
