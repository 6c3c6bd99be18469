package io.retort.engine.dl4j.fused;

import io.retort.network.MovingLayer.ActiveShift;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedActiveShift} configures. */
final class FusedActiveShiftLayer extends FusedLayer<FusedActiveShift> {
    private static final long serialVersionUID = 1L;

    FusedActiveShiftLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
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
            displacementGradient[i] = (float) (sums[i] + layerConf().penalty() * Math.signum(displacements[i]));
        }
        INDArray view = gradientViews.get(FusedActiveShift.DISPLACEMENT);
        Floats.of(view).put(0, displacementGradient);
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(FusedActiveShift.DISPLACEMENT, view);
        return new Pair<>(gradient, inGradient);
    }

    private float[] displacements() {
        INDArray view = params.get(FusedActiveShift.DISPLACEMENT);
        float[] values = new float[Math.toIntExact(view.length())];
        Floats.of(view).get(0, values);
        return values;
    }

    private float[] used(float[] displacements) {
        ActiveShift.Displacements kind = layerConf().displacements();
        float[] used = new float[displacements.length];
        for (int i = 0; i < used.length; i++) {
            used[i] = kind.used(displacements[i]);
        }
        return used;
    }
}
