package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.kernel.ShiftedImages;
import io.retort.network.MovingLayer.ActiveShift;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A shift whose displacements {@code [channels, 2]} are learned. Weight decay leaves them alone; a penalty may not. */
public final class FusedActiveShift extends FusedLayer {
    private static final long serialVersionUID = 1L;
    private static final String DISPLACEMENT = "displacement";

    private final transient ActiveShift shift;

    private FusedActiveShift(NeuralNetConfiguration configuration, DataType type, ActiveShift shift) {
        super(configuration, type);
        this.shift = shift;
    }

    public static FusedConfiguration of(int channels, ActiveShift shift) {
        return FusedConfiguration.of(
                channels,
                channels,
                List.of(new ParameterSlot(DISPLACEMENT, ParameterSlot.Kind.BIAS, List.of((long) channels, 2L), 0)),
                (configuration, type) -> new FusedActiveShift(configuration, type, shift));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray out = activations(workspaces, in.shape());
        ShiftedImages.of(in, used(displacements())).forward(in, out);
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray in = Floats.contiguous(input);
        INDArray outGradient = Floats.contiguous(epsilon);
        INDArray inGradient = gradients(workspaces, in.shape());
        float[] displacements = displacements();
        ShiftedImages.of(in, used(displacements)).backward(outGradient, inGradient);
        double[] sums = ShiftedImages.of(in, displacements).displacementGradient(in, outGradient);
        float[] displacementGradient = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            displacementGradient[i] = (float) (sums[i] + shift.penalty() * Math.signum(displacements[i]));
        }
        INDArray view = gradientViews.get(DISPLACEMENT);
        Floats.of(view).put(0, displacementGradient);
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(DISPLACEMENT, view);
        return new Pair<>(gradient, inGradient);
    }

    private float[] displacements() {
        INDArray view = params.get(DISPLACEMENT);
        float[] values = new float[Math.toIntExact(view.length())];
        Floats.of(view).get(0, values);
        return values;
    }

    private float[] used(float[] displacements) {
        ActiveShift.Displacements kind = shift.displacements();
        float[] used = new float[displacements.length];
        for (int i = 0; i < used.length; i++) {
            used[i] = kind.used(displacements[i]);
        }
        return used;
    }
}
