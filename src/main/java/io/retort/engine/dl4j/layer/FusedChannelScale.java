package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Channels multiplied by their gates: inputs are images and {@code [batch, channels]}. {@code y = x · g}, so
 * {@code dx = dy · g} and {@code dg = Σ dy · x} over an image's pixels.
 */
@SuppressWarnings("overrides") // of varargs by an array, within DL4J
public final class FusedChannelScale extends FusedVertex {
    private static final long serialVersionUID = 1L;

    private FusedChannelScale(ComputationGraph graph, String name, int index, DataType type) {
        super(graph, name, index, type);
    }

    public static GraphVertex vertex() {
        return new FusedVertexConfiguration(2, FusedChannelScale::new);
    }

    @Override
    INDArray forward(INDArray[] inputs, LayerWorkspaceMgr workspaces) {
        INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, inputs[0].shape(), 'c');
        int channels = Math.toIntExact(inputs[0].size(3));
        float[] image = new float[Math.toIntExact(inputs[0].length() / inputs[0].size(0))];
        float[] gates = new float[channels];
        FloatBuffer images = Floats.of(inputs[0]);
        FloatBuffer allGates = Floats.of(inputs[1]);
        FloatBuffer to = Floats.of(out);
        for (int n = 0; n < inputs[0].size(0); n++) {
            images.get(n * image.length, image);
            allGates.get(n * channels, gates);
            multiply(image, gates);
            to.put(n * image.length, image);
        }
        return out;
    }

    @Override
    INDArray[] backward(INDArray[] inputs, INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray imageGradient =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, inputs[0].shape(), 'c');
        INDArray gateGradient =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, inputs[1].shape(), 'c');
        int channels = Math.toIntExact(inputs[0].size(3));
        float[] image = new float[Math.toIntExact(inputs[0].length() / inputs[0].size(0))];
        float[] gradient = new float[image.length];
        float[] gates = new float[channels];
        float[] sums = new float[channels];
        FloatBuffer images = Floats.of(inputs[0]);
        FloatBuffer allGates = Floats.of(inputs[1]);
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer toImages = Floats.of(imageGradient);
        FloatBuffer toGates = Floats.of(gateGradient);
        for (int n = 0; n < inputs[0].size(0); n++) {
            images.get(n * image.length, image);
            allGates.get(n * channels, gates);
            from.get(n * image.length, gradient);
            addProducts(image, gradient, sums);
            multiply(gradient, gates);
            toImages.put(n * image.length, gradient);
            toGates.put(n * channels, sums);
        }
        return new INDArray[] {imageGradient, gateGradient};
    }

    private static void multiply(float[] image, float[] gates) {
        for (int pixel = 0; pixel < image.length; pixel += gates.length) {
            for (int c = 0; c < gates.length; c++) {
                image[pixel + c] *= gates[c];
            }
        }
    }

    private static void addProducts(float[] image, float[] gradient, float[] sums) {
        Arrays.fill(sums, 0);
        for (int pixel = 0; pixel < image.length; pixel += sums.length) {
            for (int c = 0; c < sums.length; c++) {
                sums[c] += image[pixel + c] * gradient[pixel + c];
            }
        }
    }
}
