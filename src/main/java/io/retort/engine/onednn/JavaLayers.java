package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.dl4j.kernel.EmbeddingKernel;
import io.retort.engine.dl4j.kernel.RoundingKernel;
import io.retort.engine.dl4j.kernel.ShiftKernel;
import io.retort.engine.onednn.Program.Phase;
import io.retort.network.Layer.FakeQuantize;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.Shift;
import io.retort.network.Shape;
import io.retort.network.TokenLayer;
import java.nio.FloatBuffer;
import java.util.List;

/** Writes the layers that oneDNN has no operations for; they are computed in Java. */
final class JavaLayers {
    private static final int CHUNK = 4096;

    private final Tape tape;

    JavaLayers(Tape tape) {
        this.tape = tape;
    }

    /** Reads a table's rows, or adds to their gradients. */
    @FunctionalInterface
    interface Rows {
        void move(EmbeddingKernel kernel, FloatBuffer from, int[] ids, FloatBuffer to);
    }

    /** The rows of a table that ids name; there is no gradient by ids. */
    Slot embedding(String node, TokenLayer layer, Slot in, Shape inputs, Shape outputs, Rows forward, Rows backward) {
        EmbeddingKernel kernel = new EmbeddingKernel(
                inputs.channels(), layer.dimension(), layer.vocabulary().padding());
        int size = layer.vocabulary().size();
        String table = node + "/" + TokenLayer.TABLE;
        Slot out = tape.slot(outputs, Precision.FLOAT32);
        tape.program()
                .add(
                        Phase.FORWARD,
                        List.of(in, tape.parameters().value(table), out),
                        floats -> forward.move(kernel, floats.get(1), ids(floats.get(0), size), floats.get(2)));
        tape.backwardOf(out, gradient -> {
            tape.program()
                    .add(Phase.BACKWARD, List.of(in, gradient, tape.parameters().gradient(table)), floats -> {
                        MovingLayers.clear(floats.get(2));
                        backward.move(kernel, floats.get(1), ids(floats.get(0), size), floats.get(2));
                    });
            gradient.release();
        });
        return out;
    }

    private static int[] ids(FloatBuffer values, int size) {
        return EmbeddingKernel.ids(values(values), size);
    }

    private static float[] values(FloatBuffer floats) {
        float[] values = new float[floats.limit()];
        floats.get(0, values);
        return values;
    }

    Slot shift(Shift layer, Slot given, Shape shape) {
        Slot in = tape.as(Precision.FLOAT32, given, shape);
        float[] displacements = new float[2 * shape.channels()];
        for (int channel = 0; channel < shape.channels(); channel++) {
            Shift.Offset offset = layer.offset(channel, shape.channels());
            displacements[2 * channel] = offset.down();
            displacements[2 * channel + 1] = offset.right();
        }
        ShiftKernel kernel = kernel(shape, displacements);
        Slot out = tape.madeOf(in, in.another());
        tape.program().add(Phase.FORWARD, List.of(in, out), floats -> kernel.forward(floats.get(0), floats.get(1)));
        tape.backwardOf(out, gradient -> {
            Slot to = in.another();
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            List.of(gradient, to),
                            floats -> kernel.backward(floats.get(0), floats.get(1)));
            gradient.release();
            tape.contribute(in, to, shape);
        });
        return out;
    }

    private static ShiftKernel kernel(Shape shape, float[] displacements) {
        return new ShiftKernel(shape.height(), shape.width(), shape.channels(), displacements);
    }

    Slot activeShift(String node, ActiveShift layer, Slot given, Shape shape) {
        Slot in = tape.as(Precision.FLOAT32, given, shape);
        String displacement = node + "/displacement";
        Slot learned = tape.parameters().value(displacement);
        Slot out = in.another();
        tape.program()
                .add(
                        Phase.FORWARD,
                        List.of(learned, in, out),
                        floats -> used(layer, shape, floats.get(0)).forward(floats.get(1), floats.get(2)));
        tape.backwardOf(out, gradient -> {
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            List.of(learned, in, gradient, tape.parameters().gradient(displacement)),
                            floats -> writeDisplacementGradient(layer, shape, floats));
            if (!tape.isConstant(in)) {
                Slot to = in.another();
                tape.program()
                        .add(
                                Phase.BACKWARD,
                                List.of(learned, gradient, to),
                                floats -> used(layer, shape, floats.get(0)).backward(floats.get(1), floats.get(2)));
                tape.contribute(in, to, shape);
            }
            gradient.release();
        });
        return out;
    }

    private static ShiftKernel used(ActiveShift layer, Shape shape, FloatBuffer learned) {
        float[] displacements = values(learned);
        for (int i = 0; i < displacements.length; i++) {
            displacements[i] = layer.displacements().used(displacements[i]);
        }
        return kernel(shape, displacements);
    }

    /** @param floats learned displacements, the input, the output's gradient, and where the gradient goes */
    private static void writeDisplacementGradient(ActiveShift layer, Shape shape, List<FloatBuffer> floats) {
        float[] learned = values(floats.get(0));
        double[] sums = kernel(shape, learned).displacementGradient(floats.get(1), floats.get(2));
        for (int i = 0; i < sums.length; i++) {
            floats.get(3).put(i, (float) (sums[i] + layer.penalty() * Math.signum(learned[i])));
        }
    }

    Slot fakeQuantize(String node, FakeQuantize layer, Slot given, Shape shape) {
        Slot in = tape.as(Precision.FLOAT32, given, shape);
        Slot logScale = tape.parameters().value(node + "/log-scale");
        Slot out = in.another();
        tape.program().add(Phase.FORWARD, List.of(logScale, in, out), floats -> {
            RoundingKernel kernel = rounding(layer, floats.get(0));
            float[] chunk = new float[CHUNK];
            for (int at = 0; at < floats.get(1).limit(); at += CHUNK) {
                int count = Math.min(CHUNK, floats.get(1).limit() - at);
                floats.get(1).get(at, chunk, 0, count);
                kernel.round(chunk, count);
                floats.get(2).put(at, chunk, 0, count);
            }
        });
        tape.backwardOf(out, gradient -> {
            Slot to = tape.over(gradient);
            Slot byLogScale = tape.parameters().gradient(node + "/log-scale");
            tape.program().add(Phase.BACKWARD, List.of(logScale, in, gradient, to, byLogScale), floats -> {
                RoundingKernel kernel = rounding(layer, floats.get(0));
                float[] inputs = new float[CHUNK];
                float[] chunk = new float[CHUNK];
                double sum = 0;
                for (int at = 0; at < floats.get(1).limit(); at += CHUNK) {
                    int count = Math.min(CHUNK, floats.get(1).limit() - at);
                    floats.get(1).get(at, inputs, 0, count);
                    floats.get(2).get(at, chunk, 0, count);
                    sum += kernel.gate(inputs, chunk, count);
                    floats.get(3).put(at, chunk, 0, count);
                }
                floats.get(4).put(0, (float) sum);
            });
            tape.contribute(in, to, shape);
        });
        return out;
    }

    private static RoundingKernel rounding(FakeQuantize layer, FloatBuffer logScale) {
        return new RoundingKernel(FakeQuantize.scale(logScale.get(0)), layer.least(), layer.greatest());
    }
}
