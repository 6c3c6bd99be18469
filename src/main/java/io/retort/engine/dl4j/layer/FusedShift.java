package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.ShiftKernel;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.Shift;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves each channel by its displacement; displacements are {@code [channels, 2]}: down, right. */
public abstract class FusedShift extends FusedLayer {
    private static final long serialVersionUID = 1L;

    /** The parameter of {@link ActiveShift}. */
    public static final String DISPLACEMENT = "displacement";

    private FusedShift(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** A shift whose displacements are given. */
    public static FusedConfiguration of(int channels, Shift shift) {
        float[] displacements = new float[2 * channels];
        for (int c = 0; c < channels; c++) {
            Shift.Offset offset = shift.offset(c, channels);
            displacements[2 * c] = offset.down();
            displacements[2 * c + 1] = offset.right();
        }
        return FusedConfiguration.of(
                channels, channels, List.of(), (configuration, type) -> new Fixed(configuration, type, displacements));
    }

    /** A shift whose displacements are learned. Weight decay leaves them alone; a penalty may not. */
    public static FusedConfiguration of(int channels, ActiveShift shift) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(new ParameterSlot(DISPLACEMENT, ParameterSlot.Kind.BIAS, List.of((long) channels, 2L), 0)),
                (configuration, type) -> new Learned(configuration, type, shift));
    }

    /** The displacements by which images are moved. */
    abstract float[] displacements();

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        INDArray out = activations(workspaces, in.shape());
        ShiftKernel.of(in, displacements()).forward(in, out);
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray inGradient = gradients(workspaces, input.shape());
        ShiftKernel.of(input, displacements()).backward(outGradient, inGradient);
        return inGradient;
    }

    private static final class Fixed extends FusedShift {
        private static final long serialVersionUID = 1L;

        private final transient float[] displacements;

        private Fixed(NeuralNetConfiguration configuration, DataType type, float[] displacements) {
            super(configuration, type);
            this.displacements = displacements;
        }

        @Override
        float[] displacements() {
            return displacements;
        }
    }

    private static final class Learned extends FusedShift {
        private static final long serialVersionUID = 1L;

        private final transient ActiveShift shift;

        private Learned(NeuralNetConfiguration configuration, DataType type, ActiveShift shift) {
            super(configuration, type);
            this.shift = shift;
        }

        @Override
        float[] displacements() {
            ActiveShift.Displacements kind = shift.displacements();
            float[] used = Floats.values(params.get(DISPLACEMENT));
            for (int i = 0; i < used.length; i++) {
                used[i] = kind.used(used[i]);
            }
            return used;
        }

        @Override
        INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
            INDArray in = in();
            float[] learned = Floats.values(params.get(DISPLACEMENT));
            double[] sums = ShiftKernel.of(in, learned).displacementGradient(in, outGradient);
            float[] gradient = new float[sums.length];
            for (int i = 0; i < sums.length; i++) {
                gradient[i] = (float) (sums[i] + shift.penalty() * Math.signum(learned[i]));
            }
            Floats.of(gradientViews.get(DISPLACEMENT)).put(0, gradient);
            return super.backward(outGradient, workspaces);
        }
    }
}
