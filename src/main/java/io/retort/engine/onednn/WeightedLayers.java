package io.retort.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.Program.Argument;
import io.retort.engine.onednn.Program.Phase;
import io.retort.engine.onednn.Tape.Operand;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;

/** Writes the layers that multiply by weights: convolutions of all kinds and dense layers. */
final class WeightedLayers {
    private final Tape tape;

    WeightedLayers(Tape tape) {
        this.tape = tape;
    }

    /** What a layer reads, what it gives, and whose parameters it has. */
    record Place(String node, Slot in, Shape inputs, Shape outputs, Bias bias) {
        private String weight() {
            return node + "/weight";
        }

        private String biasName() {
            return node + "/bias";
        }

        private boolean hasBias() {
            return bias == Bias.PER_CHANNEL;
        }
    }

    /** @param groups equal parts of the channels that do not see each other; as many as channels of a depthwise one */
    Slot convolution(Place place, int groups, Window window) {
        return new Convolution(place, groups, window).write();
    }

    Slot dense(Place place) {
        return new Dense(place).write();
    }

    /** Empty where there is none, which to oneDNN is the same as no description. */
    private memory.desc bias(Place place) {
        return tape.own(
                place.hasBias() ? OneDnn.floats(format_tag.x, place.outputs().channels()) : new memory.desc());
    }

    private final class Convolution {
        private final Place place;
        private final memory.desc source;
        private final memory.desc result;
        private final Operand weight;
        private final Operand weightGradient;
        private final Runnable collect;
        private final memory.desc any;
        private final memory.desc anyGradient;
        private final Slot in;
        private final long[] strides;
        private final long[] dilations;
        private final long[] padding;
        private final Slot out;

        Convolution(Place place, int groups, Window window) {
            this.place = place;
            Precision precision = tape.precision(place.inputs());
            in = tape.as(precision, place.in(), place.inputs());
            source = tape.values(place.inputs(), precision);
            result = tape.values(place.outputs(), precision);
            int outputs = place.outputs().channels();
            int inputs = place.inputs().channels();
            long height = window.kernelHeight();
            long width = window.kernelWidth();
            GroupedWeight grouped =
                    new GroupedWeight(groups, outputs, inputs, window.kernelHeight() * window.kernelWidth());
            int seen = grouped.isNarrow() ? 1 : groups;
            long[] sizes = seen == 1
                    ? new long[] {outputs, inputs, height, width}
                    : new long[] {seen, outputs / seen, inputs / seen, height, width};
            memory.desc plain = tape.own(OneDnn.floats(seen == 1 ? format_tag.oihw : format_tag.goihw, sizes));
            any = tape.own(OneDnn.layout(precision, format_tag.any, sizes));
            anyGradient = tape.own(OneDnn.floats(format_tag.any, sizes));
            Operand own = tape.parameter(place.weight(), plain);
            Operand ownGradient = tape.parameterGradient(place.weight(), plain);
            if (grouped.isNarrow()) {
                weight = new Operand(Slot.ofBytes(plain.get_size()), plain);
                weightGradient = new Operand(Slot.ofBytes(plain.get_size()), plain);
                tape.program()
                        .add(
                                Phase.WEIGHTS,
                                List.of(own.slot(), weight.slot()),
                                floats -> grouped.expand(floats.get(0), floats.get(1)));
                collect = () -> tape.program()
                        .add(
                                Phase.BACKWARD,
                                List.of(weightGradient.slot(), ownGradient.slot()),
                                floats -> grouped.collect(floats.get(0), floats.get(1)));
            } else {
                weight = own;
                weightGradient = ownGradient;
                collect = () -> {};
            }
            strides = new long[] {window.strideHeight(), window.strideWidth()};
            // oneDNN counts the cells that are left out
            dilations = new long[] {window.dilationHeight() - 1L, window.dilationWidth() - 1L};
            padding = new long[] {window.paddingHeight(), window.paddingWidth()};
            out = tape.slot(place.outputs(), precision);
        }

        Slot write() {
            convolution_forward.primitive_desc forward = new convolution_forward.primitive_desc(
                    tape.engine(),
                    dnnl_forward_training,
                    dnnl_convolution_direct,
                    source,
                    any,
                    bias(place),
                    result,
                    strides,
                    dilations,
                    padding,
                    padding,
                    tape.attributes(),
                    false);
            List<Argument> arguments = new ArrayList<>(List.of(
                    new Argument(DNNL_ARG_SRC, in, source),
                    tape.weights(weight, tape.own(forward.weights_desc())).as(DNNL_ARG_WEIGHTS),
                    new Argument(DNNL_ARG_DST, out, result)));
            if (place.hasBias()) {
                arguments.add(new Argument(DNNL_ARG_BIAS, tape.parameters().value(place.biasName()), bias(place)));
            }
            tape.program().add(Phase.FORWARD, forward, convolution_forward::new, arguments);
            tape.backwardOf(out, gradient -> {
                weightsBackward(forward, gradient);
                if (tape.isConstant(in)) {
                    gradient.release();
                } else {
                    dataBackward(forward, gradient);
                }
            });
            return out;
        }

        private void weightsBackward(convolution_forward.primitive_desc forward, Slot gradient) {
            convolution_backward_weights.primitive_desc backward = new convolution_backward_weights.primitive_desc(
                    tape.engine(),
                    dnnl_convolution_direct,
                    source,
                    anyGradient,
                    bias(place),
                    result,
                    strides,
                    dilations,
                    padding,
                    padding,
                    forward,
                    tape.attributes(),
                    false);
            Operand written = tape.weightGradient(weightGradient, tape.own(backward.diff_weights_desc()));
            List<Argument> arguments = new ArrayList<>(List.of(
                    new Argument(DNNL_ARG_SRC, in, source),
                    new Argument(DNNL_ARG_DIFF_DST, gradient, result),
                    written.as(DNNL_ARG_DIFF_WEIGHTS)));
            if (place.hasBias()) {
                arguments.add(
                        new Argument(DNNL_ARG_DIFF_BIAS, tape.parameters().gradient(place.biasName()), bias(place)));
            }
            tape.program().add(Phase.BACKWARD, backward, convolution_backward_weights::new, arguments);
            tape.take(weightGradient, written);
            collect.run();
        }

        private void dataBackward(convolution_forward.primitive_desc forward, Slot gradient) {
            convolution_backward_data.primitive_desc backward = new convolution_backward_data.primitive_desc(
                    tape.engine(),
                    dnnl_convolution_direct,
                    source,
                    any,
                    result,
                    strides,
                    dilations,
                    padding,
                    padding,
                    forward,
                    tape.attributes(),
                    false);
            Slot to = in.another();
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            backward,
                            convolution_backward_data::new,
                            List.of(
                                    new Argument(DNNL_ARG_DIFF_DST, gradient, result),
                                    tape.weights(weight, tape.own(backward.weights_desc()))
                                            .as(DNNL_ARG_WEIGHTS),
                                    new Argument(DNNL_ARG_DIFF_SRC, to, source)));
            gradient.release();
            tape.contribute(in, to, place.inputs());
        }
    }

    private final class Dense {
        private final Place place;
        private final memory.desc source;
        private final memory.desc result;
        private final Operand weight;
        private final Operand weightGradient;
        private final memory.desc any;
        private final Slot in;
        private final Slot out;

        Dense(Place place) {
            this.place = place;
            in = tape.as(Precision.FLOAT32, place.in(), place.inputs());
            int inputs = place.inputs().channels();
            int outputs = place.outputs().channels();
            source = tape.own(OneDnn.floats(format_tag.ab, tape.batch(), inputs));
            result = tape.own(OneDnn.floats(format_tag.ab, tape.batch(), outputs));
            memory.desc plain = tape.own(OneDnn.floats(format_tag.ab, outputs, inputs));
            weight = tape.parameter(place.weight(), plain);
            weightGradient = tape.parameterGradient(place.weight(), plain);
            any = tape.own(OneDnn.floats(format_tag.any, outputs, inputs));
            out = tape.slot(place.outputs(), Precision.FLOAT32);
        }

        Slot write() {
            inner_product_forward.primitive_desc forward = new inner_product_forward.primitive_desc(
                    tape.engine(), dnnl_forward_training, source, any, bias(place), result, tape.attributes(), false);
            List<Argument> arguments = new ArrayList<>(List.of(
                    new Argument(DNNL_ARG_SRC, in, source),
                    tape.weights(weight, tape.own(forward.weights_desc())).as(DNNL_ARG_WEIGHTS),
                    new Argument(DNNL_ARG_DST, out, result)));
            if (place.hasBias()) {
                arguments.add(new Argument(DNNL_ARG_BIAS, tape.parameters().value(place.biasName()), bias(place)));
            }
            tape.program().add(Phase.FORWARD, forward, inner_product_forward::new, arguments);
            tape.backwardOf(out, gradient -> {
                weightsBackward(forward, gradient);
                if (tape.isConstant(in)) {
                    gradient.release();
                } else {
                    dataBackward(forward, gradient);
                }
            });
            return out;
        }

        private void weightsBackward(inner_product_forward.primitive_desc forward, Slot gradient) {
            inner_product_backward_weights.primitive_desc backward = new inner_product_backward_weights.primitive_desc(
                    tape.engine(), source, any, bias(place), result, forward, tape.attributes(), false);
            Operand written = tape.weightGradient(weightGradient, tape.own(backward.diff_weights_desc()));
            List<Argument> arguments = new ArrayList<>(List.of(
                    new Argument(DNNL_ARG_SRC, in, source),
                    new Argument(DNNL_ARG_DIFF_DST, gradient, result),
                    written.as(DNNL_ARG_DIFF_WEIGHTS)));
            if (place.hasBias()) {
                arguments.add(
                        new Argument(DNNL_ARG_DIFF_BIAS, tape.parameters().gradient(place.biasName()), bias(place)));
            }
            tape.program().add(Phase.BACKWARD, backward, inner_product_backward_weights::new, arguments);
            tape.take(weightGradient, written);
        }

        private void dataBackward(inner_product_forward.primitive_desc forward, Slot gradient) {
            inner_product_backward_data.primitive_desc backward = new inner_product_backward_data.primitive_desc(
                    tape.engine(), source, any, result, forward, tape.attributes(), false);
            Slot to = in.another();
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            backward,
                            inner_product_backward_data::new,
                            List.of(
                                    new Argument(DNNL_ARG_DIFF_DST, gradient, result),
                                    tape.weights(weight, tape.own(backward.weights_desc()))
                                            .as(DNNL_ARG_WEIGHTS),
                                    new Argument(DNNL_ARG_DIFF_SRC, to, source)));
            gradient.release();
            tape.contribute(in, to, place.inputs());
        }
    }
}
