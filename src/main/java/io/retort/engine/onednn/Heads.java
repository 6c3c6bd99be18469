package io.retort.engine.onednn;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.LogitsLoss;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.onednn.ProgramWriter.Written;
import io.retort.network.Shape;
import java.util.Arrays;
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

    /**
     * A value of a program that a loss reads, and the gradient that it writes. Programs have channels last, losses
     * first. Its arrays are used again in every step.
     */
    static final class End {
        private final Slot value;
        private final Slot gradient;
        private final Shape shape;
        private float[] floats = {};
        private double[] read = {};
        private double[] written = {};

        private End(Slot value, Slot gradient, Shape shape) {
            this.value = value;
            this.gradient = gradient;
            this.shape = shape;
        }

        static End of(Slot value, Shape shape) {
            return new End(value, Slot.ofBytes(value.bytes()), shape);
        }

        Slot value() {
            return value;
        }

        Slot gradient() {
            return gradient;
        }

        Shape shape() {
            return shape;
        }

        private float[] floats() {
            if (floats.length == 0) {
                floats = new float[Math.toIntExact(value.bytes() / Float.BYTES)];
            }
            return floats;
        }

        /** The value, channels first. */
        double[] read() {
            float[] values = floats();
            value.floats().get(0, values);
            read = read.length == 0 ? new double[values.length] : read;
            for (int i = 0; i < values.length; i++) {
                read[channelsFirst(i)] = values[i];
            }
            return read;
        }

        /** Room for its gradient, channels first, which is 0 yet. */
        double[] noGradient() {
            written = written.length == 0 ? new double[floats().length] : written;
            Arrays.fill(written, 0);
            return written;
        }

        /** Puts the gradient that was made of {@link #noGradient} where the program reads it. */
        void writeGradient() {
            float[] values = floats();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) written[channelsFirst(i)];
            }
            gradient.floats().put(0, values);
        }

        /** Where a value of the program lies if channels come first. */
        private int channelsFirst(int at) {
            int channels = shape.channels();
            int places = shape.height() * shape.width();
            int place = at / channels;
            return place / places * places * channels + at % channels * places + place % places;
        }
    }
}
