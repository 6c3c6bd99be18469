package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Channels put side by side: interleaves rows of channels, some kilobytes at a time. */
@SuppressWarnings("overrides") // of varargs by an array, within DL4J
public final class FusedConcat extends FusedVertex {
    private static final long serialVersionUID = 1L;
    private static final int BLOCK = 4096;

    private FusedConcat(ComputationGraph graph, String name, int index, DataType type) {
        super(graph, name, index, type);
    }

    public static GraphVertex vertex() {
        return new FusedVertexConfiguration(Integer.MAX_VALUE, FusedConcat::new);
    }

    @Override
    INDArray forward(INDArray[] inputs, LayerWorkspaceMgr workspaces) {
        long[] shape = inputs[0].shape().clone();
        shape[shape.length - 1] = 0;
        for (INDArray input : inputs) {
            shape[shape.length - 1] += channels(input);
        }
        INDArray out = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
        int width = channels(out);
        int most = Math.max(1, BLOCK / width);
        float[] joined = new float[most * width];
        float[] part = new float[most * width];
        FloatBuffer[] from = buffers(inputs);
        FloatBuffer to = Floats.of(out);
        int all = to.limit() / width;
        for (int row = 0; row < all; row += most) {
            int count = Math.min(most, all - row);
            for (int i = 0, first = 0; i < inputs.length; first += channels(inputs[i]), i++) {
                int channels = channels(inputs[i]);
                from[i].get(row * channels, part, 0, count * channels);
                for (int r = 0; r < count; r++) {
                    System.arraycopy(part, r * channels, joined, r * width + first, channels);
                }
            }
            to.put(row * width, joined, 0, count * width);
        }
        return out;
    }

    @Override
    INDArray[] backward(INDArray[] inputs, INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray[] gradients = new INDArray[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            gradients[i] =
                    workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, inputs[i].shape(), 'c');
        }
        int width = channels(outGradient);
        int most = Math.max(1, BLOCK / width);
        float[] joined = new float[most * width];
        float[] part = new float[most * width];
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer[] to = buffers(gradients);
        int all = from.limit() / width;
        for (int row = 0; row < all; row += most) {
            int count = Math.min(most, all - row);
            from.get(row * width, joined, 0, count * width);
            for (int i = 0, first = 0; i < inputs.length; first += channels(inputs[i]), i++) {
                int channels = channels(inputs[i]);
                for (int r = 0; r < count; r++) {
                    System.arraycopy(joined, r * width + first, part, r * channels, channels);
                }
                to[i].put(row * channels, part, 0, count * channels);
            }
        }
        return gradients;
    }

    private static FloatBuffer[] buffers(INDArray[] arrays) {
        FloatBuffer[] buffers = new FloatBuffer[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            buffers[i] = Floats.of(arrays[i]);
        }
        return buffers;
    }

    private static int channels(INDArray array) {
        return Math.toIntExact(array.size(-1));
    }
}
