package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.PoolKernel;
import io.retort.network.Layer.Pool;
import io.retort.network.Window;
import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A pool over windows. */
public final class FusedPool extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private final transient Pool.Kind kind;
    private final transient Window window;

    /**
     * Of the forward pass in training, which lives in the same workspace as the input until the backward pass is done.
     */
    private transient INDArray output;

    private FusedPool(NeuralNetConfiguration configuration, DataType type, Pool.Kind kind, Window window) {
        super(configuration, type);
        this.kind = kind;
        this.window = window;
    }

    public static FusedConfiguration of(int channels, Pool.Kind kind, Window window) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(),
                (configuration, type) -> new FusedPool(configuration, type, kind, window));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        PoolKernel kernel = kernel(in);
        INDArray out = activations(workspaces, in.size(0), kernel.outputHeight(), kernel.outputWidth(), in.size(3));
        float[] image = new float[elements(in)];
        float[] pooled = new float[elements(out)];
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        for (int n = 0; n < in.size(0); n++) {
            from.get(n * image.length, image);
            kernel.forward(image, pooled);
            to.put(n * pooled.length, pooled);
        }
        output = out;
        return out;
    }

    @Override
    public void clear() {
        super.clear();
        output = null;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray inGradient = gradients(workspaces, in.shape());
        PoolKernel kernel = kernel(in);
        float[] image = new float[elements(in)];
        float[] imageGradient = new float[image.length];
        float[] pooled = new float[elements(outGradient)];
        float[] pooledGradient = new float[pooled.length];
        FloatBuffer images = Floats.of(in);
        FloatBuffer pooledImages = Floats.of(output);
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer to = Floats.of(inGradient);
        for (int n = 0; n < in.size(0); n++) {
            images.get(n * image.length, image);
            from.get(n * pooled.length, pooledGradient);
            pooledImages.get(n * pooled.length, pooled);
            kernel.backward(image, pooled, pooledGradient, imageGradient);
            to.put(n * image.length, imageGradient);
        }
        return inGradient;
    }

    private PoolKernel kernel(INDArray in) {
        return new PoolKernel(kind, window, (int) in.size(1), (int) in.size(2), (int) in.size(3));
    }

    private static int elements(INDArray images) {
        return Math.toIntExact(images.length() / images.size(0));
    }
}
