package io.retort.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.Program.Argument;
import io.retort.engine.onednn.Program.Phase;
import io.retort.network.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;

/**
 * What is written of a program so far: it takes down how each value was made, and from the end backwards how gradients
 * come back (reverse-mode differentiation: Griewank and Walther 2008, chapter 3).
 *
 * <p>Values are images with channels last, {@code [batch, height, width, channels]}; vectors are images of one place.
 */
final class Tape {
    /** What a program is for. */
    enum Mode {
        /** Gradients of a batch. */
        TRAINING,
        /** The moments of a batch before each BatchNorm, as training has them; nothing goes backward. */
        OBSERVING,
        /** Outputs, by running moments. */
        INFERENCE
    }

    private final Program program;
    private final primitive_attr attributes;
    private final Mode mode;
    private final Precision precision;
    private final int batch;
    private final NativeParameters parameters;
    private final Deque<Runnable> backward = new ArrayDeque<>();
    private final Map<Slot, Slot> gradients = new HashMap<>();
    /** Values that no parameter has a part in, whose gradients nobody needs. */
    private final Set<Slot> constants = new HashSet<>();

    /** @param precision of a training; outputs and moments are always computed as the exported network has them */
    Tape(Program program, Mode mode, Precision precision, int batch, NativeParameters parameters) {
        this.program = program;
        this.precision = mode == Mode.TRAINING ? precision : Precision.FLOAT32;
        this.attributes = program.own(OneDnn.attributes());
        this.mode = mode;
        this.batch = batch;
        this.parameters = parameters;
    }

    Program program() {
        return program;
    }

    engine engine() {
        return program.engine();
    }

    primitive_attr attributes() {
        return attributes;
    }

    <P extends Pointer> P own(P pointer) {
        return program.own(pointer);
    }

    boolean isTraining() {
        return mode == Mode.TRAINING;
    }

    /** Whether BatchNorms normalise by the batch. */
    boolean normalisesByBatch() {
        return mode != Mode.INFERENCE;
    }

    int batch() {
        return batch;
    }

    NativeParameters parameters() {
        return parameters;
    }

    /** In what layers with weights compute that read such a value: vectors are too small to be worth another one. */
    Precision precision(Shape shape) {
        return shape.height() * shape.width() > 1 ? precision : Precision.FLOAT32;
    }

    /** The layout of a value. */
    memory.desc values(Shape shape, Precision numbers) {
        return own(
                OneDnn.layout(numbers, memory.format_tag.nhwc, batch, shape.channels(), shape.height(), shape.width()));
    }

    /** Memory for a value. */
    Slot slot(Shape shape, Precision numbers) {
        return Slot.of(numbers, (long) batch * shape.elements());
    }

    /** A value in these numbers. */
    Slot as(Precision wanted, Slot value, Shape shape) {
        if (value.precision() == wanted) {
            return value;
        }
        Slot converted = madeOf(value, slot(shape, wanted));
        Operand plain = new Operand(value, values(shape, value.precision()));
        reorder(Phase.FORWARD, plain, new Operand(converted, values(shape, wanted)));
        backwardOf(converted, gradient -> {
            Slot to = value.another();
            reorder(Phase.BACKWARD, new Operand(gradient, values(shape, wanted)), new Operand(to, plain.layout()));
            gradient.release();
            contribute(value, to, shape);
        });
        return converted;
    }

    /** Marks a value that no parameter has a part in. */
    Slot constant(Slot value) {
        constants.add(value);
        return value;
    }

    boolean isConstant(Slot value) {
        return constants.contains(value);
    }

    /** A value that was made of {@code from} without parameters. */
    Slot madeOf(Slot from, Slot value) {
        return isConstant(from) ? constant(value) : value;
    }

    /**
     * Says how the gradient of a value comes back; called once all of that gradient is there, if anything of it is.
     *
     * @param step is given where the value's gradient lies, which is its own to overwrite unless it is shared
     */
    void backwardOf(Slot value, java.util.function.Consumer<Slot> step) {
        if (isTraining() && !isConstant(value)) {
            backward.push(() -> Optional.ofNullable(gradients.remove(value)).ifPresent(step));
        }
    }

    /** Writes all that goes backward. */
    void writeBackward() {
        while (!backward.isEmpty()) {
            backward.pop().run();
        }
    }

    /** Where to write a gradient of the shape of {@code over}, which is not needed any more: over it, if it may. */
    Slot over(Slot over) {
        if (over.isShared()) {
            over.release();
            return over.another();
        }
        return over;
    }

    /** Adds to the gradient of a value. */
    void contribute(Slot value, Slot gradient, Shape shape) {
        if (isConstant(value)) {
            gradient.release();
            return;
        }
        Slot before = gradients.get(value);
        if (before == null) {
            gradients.put(value, gradient);
            return;
        }
        Slot sum = gradient.isShared() ? over(before) : gradient;
        (gradient.isShared() ? gradient : before).release();
        add(Phase.BACKWARD, before, gradient, sum, shape);
        gradients.put(value, sum);
    }

    void add(Phase phase, Slot first, Slot second, Slot to, Shape shape) {
        memory.desc layout = values(shape, first.precision());
        binary(phase, dnnl_binary_add, first, new Operand(second, layout), new Operand(to, layout));
    }

    /** {@code first · second}, which may be one number a channel. */
    void multiply(Phase phase, Slot first, Operand second, Operand to) {
        binary(phase, dnnl_binary_mul, first, second, to);
    }

    /** A tensor and its layout. */
    record Operand(Slot slot, memory.desc layout) {
        Argument as(int index) {
            return new Argument(index, slot, layout);
        }
    }

    private void binary(Phase phase, int algorithm, Slot first, Operand second, Operand to) {
        binary.primitive_desc description = new binary.primitive_desc(
                engine(), algorithm, to.layout(), second.layout(), to.layout(), attributes, false);
        program.add(
                phase,
                description,
                binary::new,
                List.of(
                        new Argument(DNNL_ARG_SRC_0, first, to.layout()),
                        second.as(DNNL_ARG_SRC_1),
                        to.as(DNNL_ARG_DST)));
    }

    /** Copies a tensor into another layout. */
    void reorder(Phase phase, Operand from, Operand to) {
        reorder.primitive_desc description =
                new reorder.primitive_desc(engine(), from.layout(), engine(), to.layout(), attributes, false);
        program.add(phase, description, reorder::new, List.of(from.as(DNNL_ARG_FROM), to.as(DNNL_ARG_TO)));
    }

    /** A parameter's value in its own layout. */
    Operand parameter(String name, memory.desc plain) {
        return new Operand(parameters.value(name), plain);
    }

    /** Where a parameter's gradient belongs, in its own layout. */
    Operand parameterGradient(String name, memory.desc plain) {
        return new Operand(parameters.gradient(name), plain);
    }

    /** Weights in the layout that an operation wants. */
    Operand weights(Operand plain, memory.desc wanted) {
        if (wanted.equals(plain.layout())) {
            return plain;
        }
        Operand laidOut = new Operand(Slot.ofBytes(wanted.get_size()), own(wanted));
        reorder(Phase.WEIGHTS, plain, laidOut);
        return laidOut;
    }

    /** Where an operation writes a gradient in its own layout; {@link #take} puts it where it belongs. */
    Operand weightGradient(Operand plain, memory.desc written) {
        return written.equals(plain.layout()) ? plain : new Operand(Slot.ofBytes(written.get_size()), own(written));
    }

    /** Puts a gradient that is there now where it belongs. */
    void take(Operand plain, Operand gradient) {
        if (gradient.slot() != plain.slot()) {
            reorder(Phase.BACKWARD, gradient, plain);
        }
    }
}
