package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes each output channel a copy of an input channel, some kilobytes at a time: shuffle, slice, circular shift. */
public final class FusedChannelMap extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private final transient int[] sources;
    private static final int BLOCK = 4096;

    private FusedChannelMap(NeuralNetConfiguration configuration, DataType type, int[] sources) {
        super(configuration, type);
        this.sources = sources;
    }

    /** Output channel c is input channel {@code source.applyAsInt(c)}. */
    public static FusedConfiguration of(int inputs, int outputs, IntUnaryOperator source) {
        int[] sources = IntStream.range(0, outputs).map(source).toArray();
        return FusedConfiguration.of(
                inputs, outputs, List.of(), (configuration, type) -> new FusedChannelMap(configuration, type, sources));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray out = activations(workspaces, withChannels(in.shape(), outputs()));
        Rows rows = new Rows();
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        int all = from.limit() / inputs();
        for (int row = 0; row < all; row += rows.most) {
            int count = Math.min(rows.most, all - row);
            from.get(row * inputs(), rows.in, 0, count * inputs());
            rows.map(count);
            to.put(row * outputs(), rows.out, 0, count * outputs());
        }
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray inGradient = gradients(workspaces, input.shape());
        Rows rows = new Rows();
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer to = Floats.of(inGradient);
        int all = from.limit() / outputs();
        for (int row = 0; row < all; row += rows.most) {
            int count = Math.min(rows.most, all - row);
            from.get(row * outputs(), rows.out, 0, count * outputs());
            rows.giveBack(count);
            to.put(row * inputs(), rows.in, 0, count * inputs());
        }
        return inGradient;
    }

    private static long[] withChannels(long[] shape, int channels) {
        long[] changed = shape.clone();
        changed[shape.length - 1] = channels;
        return changed;
    }

    /** Some rows of input channels and of output channels, on the heap. */
    private final class Rows {
        private final int most = Math.max(1, BLOCK / inputs());
        private final float[] in = new float[most * inputs()];
        private final float[] out = new float[most * outputs()];

        void map(int count) {
            for (int row = 0; row < count; row++) {
                int from = row * inputs();
                int to = row * sources.length;
                for (int c = 0; c < sources.length; c++) {
                    out[to + c] = in[from + sources[c]];
                }
            }
        }

        /** An input channel that no output is has the gradient 0. */
        void giveBack(int count) {
            Arrays.fill(in, 0);
            for (int row = 0; row < count; row++) {
                int from = row * inputs();
                int to = row * sources.length;
                for (int c = 0; c < sources.length; c++) {
                    in[from + sources[c]] += out[to + c];
                }
            }
        }
    }
}
