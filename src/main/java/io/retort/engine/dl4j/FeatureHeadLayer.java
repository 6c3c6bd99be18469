package io.retort.engine.dl4j;

import java.util.OptionalDouble;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.LossLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What {@link FeatureHead} configures. */
final class FeatureHeadLayer extends LossLayer {
    private static final long serialVersionUID = 1L;

    private final transient FeatureHead settings;

    /** As in {@link LogitsHeadLayer}. */
    private transient OptionalDouble backwardLoss = OptionalDouble.empty();

    FeatureHeadLayer(NeuralNetConfiguration configuration, DataType type, FeatureHead settings) {
        super(configuration, type);
        this.settings = settings;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        return workspaces.dup(ArrayType.ACTIVATIONS, input);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        double[] gradient = new double[Math.toIntExact(input.length())];
        backwardLoss = OptionalDouble.of(evaluate(gradient));
        INDArray delta = Nd4j.create(channelsLast(gradient), input.shape(), input.dataType());
        return new Pair<>(new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, delta));
    }

    @Override
    public double computeScore(double regularisation, boolean training, LayerWorkspaceMgr workspaces) {
        score = backwardLoss.orElseGet(() -> evaluate(new double[Math.toIntExact(input.length())]));
        return score;
    }

    private double evaluate(double[] gradient) {
        double[] student = channelsFirst(input.dup('c').data().asDouble());
        double[] teacher = labels.dup('c').data().asDouble();
        return settings.objective().evaluate(Math.toIntExact(input.size(0)), student, teacher, gradient);
    }

    private double[] channelsFirst(double[] values) {
        if (!settings.isOfImages()) {
            return values;
        }
        int channels = Math.toIntExact(input.size(3));
        return transposed(values, values.length / channels / Math.toIntExact(input.size(0)), channels);
    }

    private double[] channelsLast(double[] values) {
        if (!settings.isOfImages()) {
            return values;
        }
        int channels = Math.toIntExact(input.size(3));
        return transposed(values, channels, values.length / channels / Math.toIntExact(input.size(0)));
    }

    /** Each sample's {@code [rows, columns]} as {@code [columns, rows]}. */
    private static double[] transposed(double[] values, int rows, int columns) {
        double[] turned = new double[values.length];
        for (int from = 0; from < values.length; from += rows * columns) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    turned[from + column * rows + row] = values[from + row * columns + column];
                }
            }
        }
        return turned;
    }

    @Override
    public void clear() {
        backwardLoss = OptionalDouble.empty();
        labels = null; // before DL4J's own clear, which would free the caller's memory
        super.clear();
    }
}
