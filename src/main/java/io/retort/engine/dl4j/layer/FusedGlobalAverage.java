package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean of each channel. */
public final class FusedGlobalAverage extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private FusedGlobalAverage(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    public static FusedConfiguration of(int channels) {
        return FusedConfiguration.of(channels, channels, List.of(), FusedGlobalAverage::new);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        int channels = (int) in.size(3);
        INDArray out = activations(workspaces, in.size(0), channels);
        float[] image = new float[Math.toIntExact(in.size(1) * in.size(2) * channels)];
        float[] mean = new float[channels];
        float factor = (float) channels / image.length;
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        for (int n = 0; n < in.size(0); n++) {
            from.get(n * image.length, image);
            Arrays.fill(mean, 0);
            for (int pixel = 0; pixel < image.length; pixel += channels) {
                for (int c = 0; c < channels; c++) {
                    mean[c] += image[pixel + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                mean[c] *= factor;
            }
            to.put(n * channels, mean);
        }
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray inGradient = gradients(workspaces, input.shape());
        int channels = (int) input.size(3);
        float[] image = new float[Math.toIntExact(input.size(1) * input.size(2) * channels)];
        float[] mean = new float[channels];
        float factor = (float) channels / image.length;
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer to = Floats.of(inGradient);
        for (int n = 0; n < input.size(0); n++) {
            from.get(n * channels, mean);
            for (int c = 0; c < channels; c++) {
                mean[c] *= factor;
            }
            for (int pixel = 0; pixel < image.length; pixel += channels) {
                System.arraycopy(mean, 0, image, pixel, channels);
            }
            to.put(n * image.length, image);
        }
        return inGradient;
    }
}
