package io.retort.engine.onednn;

import io.retort.engine.Batch;
import io.retort.engine.LogitsLoss;
import io.retort.engine.TapHead;
import io.retort.engine.onednn.ProgramWriter.Written;
import java.util.List;

/** What a training minimises: the loss of the logits and those at taps. */
final class Heads {
    private final LogitsLoss loss;
    private final List<TapHead> taps;
    /** Of the logits' targets; used again while batches have the same size. */
    private double[] targets = {};

    Heads(LogitsLoss loss, List<TapHead> taps) {
        this.loss = loss;
        this.taps = List.copyOf(taps);
    }

    List<TapHead> taps() {
        return taps;
    }

    /** Evaluates all losses and puts their gradients where the program reads them. */
    double evaluate(Written written, Batch part, int iteration) {
        if (targets.length != part.targets().length) {
            targets = new double[part.targets().length];
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] = part.targets()[i];
        }
        End logits = written.logits();
        // all values first: a gradient may lie where a value was that nothing reads backward
        double[] values = logits.read();
        List<double[]> students = written.taps().stream().map(End::read).toList();
        double sum = loss.evaluate(part.size(), values, targets, logits.noGradient(), iteration);
        logits.writeGradient();
        for (int i = 0; i < taps.size(); i++) {
            End tap = written.taps().get(i);
            double[] teacher = doubles(part.taps().get(i));
            sum += taps.get(i).objective().evaluate(part.size(), students.get(i), teacher, tap.noGradient());
            tap.writeGradient();
        }
        return sum;
    }

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
