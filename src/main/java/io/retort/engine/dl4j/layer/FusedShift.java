package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.ShiftedImages;
import io.retort.network.MovingLayer.Shift;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A shift without parameters. */
public final class FusedShift extends FusedLayer {
    private static final long serialVersionUID = 1L;

    private final transient float[] displacements;

    private FusedShift(NeuralNetConfiguration configuration, DataType type, float[] displacements) {
        super(configuration, type);
        this.displacements = displacements;
    }

    public static FusedConfiguration of(int channels, Shift shift) {
        float[] displacements = displacements(channels, shift);
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(),
                (configuration, type) -> new FusedShift(configuration, type, displacements));
    }

    /** {@code [channels, 2]}: down, right. */
    private static float[] displacements(int channels, Shift shift) {
        float[] displacements = new float[2 * channels];
        for (int c = 0; c < channels; c++) {
            Shift.Offset offset = shift.offset(c, channels);
            displacements[2 * c] = offset.down();
            displacements[2 * c + 1] = offset.right();
        }
        return displacements;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        ShiftedImages.of(in, displacements).forward(in, out);
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray outGradient = Floats.contiguous(epsilon);
        INDArray inGradient = gradients(workspaces, input.shape());
        ShiftedImages.of(input, displacements).backward(outGradient, inGradient);
        return noParameters(inGradient);
    }
}
