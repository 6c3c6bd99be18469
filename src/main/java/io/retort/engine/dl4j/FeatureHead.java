package io.retort.engine.dl4j;

import io.retort.engine.TrainableNetwork.TapHead;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J configuration of the end of a graph at a tap; its labels are the values of the teacher's tap. */
final class FeatureHead extends LossHead {
    private static final long serialVersionUID = 1L;

    private TapHead.Loss objective;
    /** Whether the features are images, with channels last. */
    private boolean image;

    static FeatureHead of(TapHead tap, boolean image) {
        FeatureHead head = new FeatureHead();
        head.objective = tap.objective();
        head.image = image;
        return head;
    }

    @Override
    Computation newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new Features(configuration, type, this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureHead that && super.equals(other) && Objects.equals(objective, that.objective);
    }

    @Override
    public int hashCode() {
        return Objects.hash(FeatureHead.class, objective);
    }

    private static final class Features extends Computation {
        private static final long serialVersionUID = 1L;

        private final transient FeatureHead settings;

        Features(NeuralNetConfiguration configuration, DataType type, FeatureHead settings) {
            super(configuration, type);
            this.settings = settings;
        }

        @Override
        Pair<Double, INDArray> meanLossAndGradient() {
            double[] gradient = new double[Math.toIntExact(input.length())];
            double loss = evaluate(gradient);
            return new Pair<>(loss, Nd4j.create(channelsLast(gradient), input.shape(), input.dataType()));
        }

        @Override
        double meanLoss() {
            return evaluate(new double[Math.toIntExact(input.length())]);
        }

        private double evaluate(double[] gradient) {
            double[] student = channelsFirst(input.dup('c').data().asDouble());
            double[] teacher = labels.dup('c').data().asDouble();
            return settings.objective.evaluate(Math.toIntExact(input.size(0)), student, teacher, gradient);
        }

        private double[] channelsFirst(double[] values) {
            if (!settings.image) {
                return values;
            }
            int channels = Math.toIntExact(input.size(3));
            return transposed(values, values.length / channels / Math.toIntExact(input.size(0)), channels);
        }

        private double[] channelsLast(double[] values) {
            if (!settings.image) {
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
    }
}
