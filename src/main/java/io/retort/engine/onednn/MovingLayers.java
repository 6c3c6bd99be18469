package io.retort.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MULTIPLE_SRC;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.Program.Argument;
import io.retort.engine.onednn.Program.Phase;
import io.retort.engine.onednn.Tape.Operand;
import io.retort.network.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.concat;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.memory_desc_vector;

/** Writes the layers that only move values: to other places, channels or tensors. */
final class MovingLayers {
    private static final int CHANNEL_AXIS = 1;
    private static final float[] ZEROS = new float[8192];

    private final Tape tape;

    MovingLayers(Tape tape) {
        this.tape = tape;
    }

    /** The channels of all inputs, first input first. */
    Slot concat(List<Slot> given, List<Shape> inputs, Shape outputs) {
        List<Argument> arguments = new ArrayList<>();
        memory.desc[] sources = new memory.desc[given.size()];
        Precision precision = tape.precision(outputs);
        List<Slot> in = new ArrayList<>();
        for (int i = 0; i < sources.length; i++) {
            in.add(tape.as(precision, given.get(i), inputs.get(i)));
            sources[i] = tape.values(inputs.get(i), precision);
            arguments.add(new Argument(DNNL_ARG_MULTIPLE_SRC + i, in.get(i), sources[i]));
        }
        memory.desc result = tape.values(outputs, precision);
        Slot out = tape.slot(outputs, precision);
        arguments.add(new Argument(DNNL_ARG_DST, out, result));
        concat.primitive_desc description = new concat.primitive_desc(
                tape.engine(),
                result,
                CHANNEL_AXIS,
                tape.own(new memory_desc_vector(sources)),
                tape.attributes(),
                false);
        tape.program().add(Phase.FORWARD, description, concat::new, arguments);
        if (in.stream().allMatch(tape::isConstant)) {
            tape.constant(out);
        }
        tape.backwardOf(out, gradient -> {
            int first = 0;
            for (int i = 0; i < in.size(); i++) {
                if (!tape.isConstant(in.get(i))) {
                    Slot to = in.get(i).another();
                    Operand part = new Operand(gradient, part(result, inputs.get(i), first));
                    tape.reorder(Phase.BACKWARD, part, new Operand(to, tape.values(inputs.get(i), precision)));
                    tape.contribute(in.get(i), to, inputs.get(i));
                }
                first += inputs.get(i).channels();
            }
            gradient.release();
        });
        return out;
    }

    /** The channels from {@code first} on. */
    Slot slice(Slot in, Shape inputs, Shape outputs, int first) {
        memory.desc source = tape.values(inputs, in.precision());
        memory.desc result = tape.values(outputs, in.precision());
        Slot out = tape.madeOf(in, tape.slot(outputs, in.precision()));
        tape.reorder(Phase.FORWARD, new Operand(in, part(source, outputs, first)), new Operand(out, result));
        tape.backwardOf(out, gradient -> {
            Slot to = in.another();
            tape.program().clear(Phase.BACKWARD, to);
            tape.reorder(Phase.BACKWARD, new Operand(gradient, result), new Operand(to, part(source, outputs, first)));
            gradient.release();
            tape.contribute(in, to, inputs);
        });
        return out;
    }

    /** The channels of a value, from {@code first} on, as many as {@code part} has. */
    private memory.desc part(memory.desc whole, Shape part, int first) {
        return tape.own(whole.submemory_desc(
                new long[] {tape.batch(), part.channels(), part.height(), part.width()}, new long[] {0, first, 0, 0}));
    }

    static void clear(FloatBuffer floats) {
        for (int at = 0; at < floats.limit(); at += ZEROS.length) {
            floats.put(at, ZEROS, 0, Math.min(ZEROS.length, floats.limit() - at));
        }
    }

    /** @param source the input's channel that a channel of the output is; each is so once */
    Slot permute(Slot given, Shape shape, IntUnaryOperator source) {
        Slot in = tape.as(Precision.FLOAT32, given, shape);
        int[] sources = IntStream.range(0, shape.channels()).map(source).toArray();
        int[] targets = new int[sources.length];
        for (int channel = 0; channel < sources.length; channel++) {
            targets[sources[channel]] = channel;
        }
        Slot out = tape.madeOf(in, in.another());
        tape.program().add(Phase.FORWARD, List.of(in, out), floats -> permute(floats.get(0), floats.get(1), sources));
        tape.backwardOf(out, gradient -> {
            Slot to = in.another();
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            List.of(gradient, to),
                            floats -> permute(floats.get(0), floats.get(1), targets));
            gradient.release();
            tape.contribute(in, to, shape);
        });
        return out;
    }

    private static void permute(FloatBuffer from, FloatBuffer to, int[] sources) {
        int channels = sources.length;
        float[] in = new float[channels];
        float[] out = new float[channels];
        for (int row = 0; row < from.limit(); row += channels) {
            from.get(row, in);
            for (int channel = 0; channel < channels; channel++) {
                out[channel] = in[sources[channel]];
            }
            to.put(row, out);
        }
    }

    /** Channel by channel, row by row. */
    Slot flatten(Slot in, Shape image) {
        if (image.channels() == 1 || image.height() * image.width() == 1) {
            return in; // the same bytes
        }
        Operand first = new Operand(tape.madeOf(in, tape.slot(image, Precision.FLOAT32)), channelsFirst(image));
        memory.desc values = tape.values(image, in.precision());
        tape.reorder(Phase.FORWARD, new Operand(in, values), first);
        tape.backwardOf(first.slot(), gradient -> {
            Slot to = in.another();
            tape.reorder(Phase.BACKWARD, new Operand(gradient, first.layout()), new Operand(to, values));
            gradient.release();
            tape.contribute(in, to, image);
        });
        return first.slot();
    }

    /** The layout of features as they come. */
    memory.desc channelsFirst(Shape image) {
        return tape.own(OneDnn.floats(format_tag.nchw, tape.batch(), image.channels(), image.height(), image.width()));
    }

    Slot add(List<Slot> given, Shape shape) {
        Precision precision = tape.precision(shape);
        List<Slot> in =
                given.stream().map(each -> tape.as(precision, each, shape)).toList();
        Slot out = tape.slot(shape, precision);
        tape.add(Phase.FORWARD, in.get(0), in.get(1), out, shape);
        for (int i = 2; i < in.size(); i++) {
            tape.add(Phase.FORWARD, out, in.get(i), out, shape);
        }
        if (in.stream().allMatch(tape::isConstant)) {
            tape.constant(out);
        }
        tape.backwardOf(out, gradient -> {
            for (int i = 1; i < in.size(); i++) {
                gradient.shared();
            }
            in.forEach(each -> tape.contribute(each, gradient, shape));
        });
        return out;
    }

    /** Each channel of an image times its gate. */
    Slot gate(Slot image, Slot given, Shape shape, PlainLayers layers) {
        Precision precision = image.precision();
        memory.desc values = tape.values(shape, precision);
        Shape one = Shape.image(shape.channels(), 1, 1);
        Slot gates = tape.as(precision, given, one);
        memory.desc perChannel = tape.values(one, precision);
        Slot out = image.another();
        tape.multiply(Phase.FORWARD, image, new Operand(gates, perChannel), new Operand(out, values));
        if (tape.isConstant(image)) {
            tape.madeOf(gates, out);
        }
        tape.backwardOf(out, gradient -> {
            if (!tape.isConstant(gates)) {
                Slot products = image.another();
                tape.multiply(Phase.BACKWARD, image, new Operand(gradient, values), new Operand(products, values));
                tape.contribute(gates, layers.sums(products, shape), one);
            }
            Slot to = tape.over(gradient);
            tape.multiply(Phase.BACKWARD, gradient, new Operand(gates, perChannel), new Operand(to, values));
            tape.contribute(image, to, shape);
        });
        return out;
    }
}
