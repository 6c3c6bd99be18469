package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.BatchNormKernel;
import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.Nonlinearity;
import io.retort.engine.dl4j.layer.ParameterSlot.Kind;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A BatchNorm with the activation function that follows it. Its parameters are those of DL4J's own BatchNorm. */
public final class FusedBatchNorm extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private final transient double decay;
    private final transient BatchNormKernel kernel;

    private FusedBatchNorm(NeuralNetConfiguration configuration, DataType type, double decay, BatchNormKernel kernel) {
        super(configuration, type);
        this.decay = decay;
        this.kernel = kernel;
    }

    public static FusedConfiguration of(int channels, double epsilon, double decay, Nonlinearity function) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(
                        ParameterSlot.vector("gamma", Kind.BIAS, channels, 1),
                        ParameterSlot.vector("beta", Kind.BIAS, channels, 0),
                        ParameterSlot.vector("mean", Kind.STATISTIC, channels, 0),
                        ParameterSlot.vector("var", Kind.STATISTIC, channels, 1)),
                (configuration, type) -> new FusedBatchNorm(
                        configuration, type, decay, new BatchNormKernel(channels, epsilon, function)));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray out = activations(workspaces, in.shape());
        if (training) {
            kernel.forward(Floats.of(in), Floats.of(out), values("gamma"), values("beta"));
        } else {
            kernel.infer(Floats.of(in), Floats.of(out), values("gamma"), values("beta"), values("mean"), values("var"));
        }
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray inGradient = gradients(workspaces, in.shape());
        int channels = outputs();
        float[] scaleGradient = new float[channels];
        float[] shiftGradient = new float[channels];
        kernel.backward(
                Floats.of(in),
                Floats.of(outGradient),
                Floats.of(inGradient),
                values("gamma"),
                values("beta"),
                scaleGradient,
                shiftGradient);
        give("gamma", scaleGradient);
        give("beta", shiftGradient);
        give("mean", stepTo("mean", channels));
        give("var", stepTo("var", channels));
        return inGradient;
    }

    /** The value to subtract from a running statistic to move it towards the batch's, as in DL4J's own BatchNorm. */
    private float[] stepTo(String key, int channels) {
        float[] step = values(key);
        for (int c = 0; c < channels; c++) {
            double batch = key.equals("mean") ? kernel.mean(c) : kernel.variance(c);
            step[c] = (float) ((1 - decay) * (step[c] - batch));
        }
        return step;
    }

    private void give(String key, float[] values) {
        Floats.of(gradientViews.get(key)).put(0, values);
    }

    private float[] values(String key) {
        return Floats.values(params.get(key));
    }
}
