package io.retort.engine.onednn;

import io.retort.engine.onednn.FlatParameters.Kind;
import io.retort.engine.onednn.FlatParameters.Range;
import java.util.List;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Moves parameters by a gradient, in one pass. The formulas are those of ND4J's updaters of the same names, whose
 * settings these are.
 */
final class Updater {
    private final IUpdater settings;
    private final double weightDecay;
    private final float[] state;

    /** @param weightDecay decoupled (Loshchilov and Hutter 2019, arXiv:1711.05101) */
    Updater(IUpdater settings, double weightDecay, int parameters) {
        if (!(settings instanceof Adam || settings instanceof Nesterovs || settings instanceof Sgd)) {
            throw new IllegalArgumentException("no updater for " + settings);
        }
        this.settings = settings;
        this.weightDecay = weightDecay;
        this.state = new float[Math.toIntExact(settings.stateSize(parameters))];
    }

    /** Running moments; none of plain descent. Of Adam first all first moments, then all second ones. */
    float[] state() {
        return state;
    }

    /** The step after {@code iteration} others. */
    void step(float[] parameters, float[] gradient, List<Range> ranges, int iteration) {
        double rate = settings.getLearningRate(iteration, 0);
        for (Range range : ranges) {
            if (range.kind() == Kind.STATISTIC) {
                for (int i = range.from(); i < range.to(); i++) {
                    parameters[i] -= gradient[i];
                }
                continue;
            }
            float kept = range.kind() == Kind.DECAYED ? (float) (rate * weightDecay) : 0;
            if (settings instanceof Adam adam) {
                adam(adam, rate, iteration + 1, new Pass(parameters, gradient, range, kept));
            } else if (settings instanceof Nesterovs nesterov) {
                nesterov((float) nesterov.getMomentum(), (float) rate, new Pass(parameters, gradient, range, kept));
            } else {
                for (int i = range.from(); i < range.to(); i++) {
                    parameters[i] -= (float) rate * gradient[i] + kept * parameters[i];
                }
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // arguments of a loop, never compared
    private record Pass(float[] parameters, float[] gradient, Range range, float decay) {}

    /** {@code w −= α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)} (Kingma and Ba 2015, section 2, arXiv:1412.6980). */
    private void adam(Adam adam, double rate, int step, Pass pass) {
        float first = (float) adam.getBeta1();
        float second = (float) adam.getBeta2();
        float epsilon = (float) adam.getEpsilon();
        float corrected =
                (float) (rate * Math.sqrt(1 - Math.pow(adam.getBeta2(), step)) / (1 - Math.pow(adam.getBeta1(), step)));
        float[] parameters = pass.parameters();
        float[] gradient = pass.gradient();
        int moments = parameters.length;
        for (int i = pass.range().from(); i < pass.range().to(); i++) {
            float g = gradient[i];
            float m = first * state[i] + (1 - first) * g;
            float v = second * state[moments + i] + (1 - second) * g * g;
            state[i] = m;
            state[moments + i] = v;
            parameters[i] -= corrected * m / ((float) Math.sqrt(v) + epsilon) + pass.decay() * parameters[i];
        }
    }

    /** {@code v' = µ v − α g, w += (1 + µ) v' − µ v} (Sutskever et al. 2013, section 2). */
    private void nesterov(float momentum, float rate, Pass pass) {
        for (int i = pass.range().from(); i < pass.range().to(); i++) {
            float before = momentum * state[i];
            state[i] = before - rate * pass.gradient()[i];
            float step = (1 + momentum) * state[i] - before;
            pass.parameters()[i] += step - pass.decay() * pass.parameters()[i];
        }
    }
}
