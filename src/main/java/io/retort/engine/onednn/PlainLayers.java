package io.retort.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_clip_v2_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_fuse_norm_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_global_stats;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import io.retort.engine.onednn.Program.Argument;
import io.retort.engine.onednn.Program.Phase;
import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;

/** Writes the layers that normalise, bend and pool. */
final class PlainLayers {
    private final Tape tape;

    PlainLayers(Tape tape) {
        this.tape = tape;
    }

    /**
     * The mean and the biased variance of a batch, as training computes them.
     *
     * @param values of one sample
     */
    record BatchMoments(String node, Slot mean, Slot variance, double decay, int values) {}

    /** What is behind a BatchNorm in the same operation. */
    enum Behind {
        NOTHING,
        RELU
    }

    /** @param moments is given those that training computes */
    Slot batchNorm(
            String node, Layer.BatchNorm layer, Slot in, Shape shape, Behind behind, Consumer<BatchMoments> moments) {
        memory.desc values = tape.values(shape, in.precision());
        memory.desc vector = tape.own(OneDnn.floats(format_tag.x, shape.channels()));
        int flags = dnnl_use_scale
                | dnnl_use_shift
                | (behind == Behind.RELU ? dnnl_fuse_norm_relu : 0)
                | (tape.normalisesByBatch() ? 0 : dnnl_use_global_stats);
        float epsilon = (float) layer.epsilon();
        batch_normalization_forward.primitive_desc forward = new batch_normalization_forward.primitive_desc(
                tape.engine(),
                tape.normalisesByBatch() ? dnnl_forward_training : dnnl_forward_inference,
                values,
                values,
                epsilon,
                flags,
                tape.attributes(),
                false);
        Slot out = in.another();
        Slot mean = tape.normalisesByBatch()
                ? Slot.ofFloats(shape.channels())
                : tape.parameters().value(node + "/mean");
        Slot variance = tape.normalisesByBatch()
                ? Slot.ofFloats(shape.channels())
                : tape.parameters().value(node + "/variance");
        Argument scale = new Argument(DNNL_ARG_SCALE, tape.parameters().value(node + "/scale"), vector);
        List<Argument> kept = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, in, values),
                new Argument(DNNL_ARG_MEAN, mean, vector),
                new Argument(DNNL_ARG_VARIANCE, variance, vector),
                scale));
        if (tape.normalisesByBatch()) {
            moments.accept(new BatchMoments(node, mean, variance, layer.decay(), shape.elements()));
            memory.desc workspace = tape.own(forward.workspace_desc());
            if (workspace.get_size() > 0) {
                kept.add(new Argument(DNNL_ARG_WORKSPACE, Slot.ofBytes(workspace.get_size()), workspace));
            }
        }
        List<Argument> arguments = new ArrayList<>(kept);
        arguments.add(new Argument(DNNL_ARG_SHIFT, tape.parameters().value(node + "/shift"), vector));
        arguments.add(new Argument(DNNL_ARG_DST, out, values));
        tape.program().add(Phase.FORWARD, forward, batch_normalization_forward::new, arguments);
        tape.backwardOf(out, gradient -> {
            batch_normalization_backward.primitive_desc backward = new batch_normalization_backward.primitive_desc(
                    tape.engine(),
                    dnnl_backward,
                    values,
                    values,
                    values,
                    epsilon,
                    flags,
                    forward,
                    tape.attributes(),
                    false);
            Slot to = tape.over(gradient);
            List<Argument> back = new ArrayList<>(kept);
            back.add(new Argument(DNNL_ARG_DIFF_DST, gradient, values));
            back.add(new Argument(DNNL_ARG_DIFF_SRC, to, values));
            back.add(new Argument(DNNL_ARG_DIFF_SCALE, tape.parameters().gradient(node + "/scale"), vector));
            back.add(new Argument(DNNL_ARG_DIFF_SHIFT, tape.parameters().gradient(node + "/shift"), vector));
            tape.program().add(Phase.BACKWARD, backward, batch_normalization_backward::new, back);
            tape.contribute(in, to, shape);
        });
        return out;
    }

    /** A function of oneDNN, whose derivative it computes from the function's value. */
    private record Bend(int algorithm, float alpha, float beta) {
        static Bend of(Layer.Activate layer) {
            return switch (layer.function()) {
                case RELU -> new Bend(dnnl_eltwise_relu_use_dst_for_bwd, 0, 0);
                case RELU6 -> new Bend(dnnl_eltwise_clip_v2_use_dst_for_bwd, 0, 6);
                case TANH -> new Bend(dnnl_eltwise_tanh_use_dst_for_bwd, 0, 0);
                case SIGMOID -> new Bend(dnnl_eltwise_logistic_use_dst_for_bwd, 0, 0);
            };
        }
    }

    Slot activate(Layer.Activate layer, Slot in, Shape shape) {
        Bend bend = Bend.of(layer);
        memory.desc values = tape.values(shape, in.precision());
        eltwise_forward.primitive_desc forward = new eltwise_forward.primitive_desc(
                tape.engine(),
                dnnl_forward_training,
                bend.algorithm(),
                values,
                values,
                bend.alpha(),
                bend.beta(),
                tape.attributes(),
                false);
        Slot out = tape.madeOf(in, in.another());
        Argument result = new Argument(DNNL_ARG_DST, out, values);
        tape.program()
                .add(
                        Phase.FORWARD,
                        forward,
                        eltwise_forward::new,
                        List.of(new Argument(DNNL_ARG_SRC, in, values), result));
        tape.backwardOf(out, gradient -> {
            eltwise_backward.primitive_desc backward = new eltwise_backward.primitive_desc(
                    tape.engine(),
                    bend.algorithm(),
                    values,
                    values,
                    values,
                    bend.alpha(),
                    bend.beta(),
                    forward,
                    tape.attributes(),
                    false);
            Slot to = tape.over(gradient);
            tape.program()
                    .add(
                            Phase.BACKWARD,
                            backward,
                            eltwise_backward::new,
                            List.of(
                                    result,
                                    new Argument(DNNL_ARG_DIFF_DST, gradient, values),
                                    new Argument(DNNL_ARG_DIFF_SRC, to, values)));
            tape.contribute(in, to, shape);
        });
        return out;
    }

    Slot globalAverage(Slot in, Shape shape) {
        return pool(
                new Layer.Pool(Layer.Pool.Kind.AVERAGE, new Window(shape.height(), shape.width(), 1, 1, 0, 0)),
                in,
                shape,
                Shape.image(shape.channels(), 1, 1));
    }

    Slot pool(Layer.Pool layer, Slot in, Shape inputs, Shape outputs) {
        Window window = layer.window();
        int algorithm = layer.kind() == Layer.Pool.Kind.MAX ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
        long[] strides = {window.strideHeight(), window.strideWidth()};
        long[] kernel = {window.kernelHeight(), window.kernelWidth()};
        long[] padding = {window.paddingHeight(), window.paddingWidth()};
        memory.desc source = tape.values(inputs, in.precision());
        memory.desc result = tape.values(outputs, in.precision());
        pooling_forward.primitive_desc forward = new pooling_forward.primitive_desc(
                tape.engine(),
                tape.isTraining() ? dnnl_forward_training : dnnl_forward_inference,
                algorithm,
                source,
                result,
                strides,
                kernel,
                new long[2],
                padding,
                padding,
                tape.attributes(),
                false);
        Slot out = tape.madeOf(in, tape.slot(outputs, in.precision()));
        List<Argument> kept = new ArrayList<>();
        memory.desc workspace = tape.own(forward.workspace_desc());
        if (workspace.get_size() > 0) {
            kept.add(new Argument(DNNL_ARG_WORKSPACE, Slot.ofBytes(workspace.get_size()), workspace));
        }
        List<Argument> arguments = new ArrayList<>(kept);
        arguments.add(new Argument(DNNL_ARG_SRC, in, source));
        arguments.add(new Argument(DNNL_ARG_DST, out, result));
        tape.program().add(Phase.FORWARD, forward, pooling_forward::new, arguments);
        tape.backwardOf(out, gradient -> {
            pooling_backward.primitive_desc backward = new pooling_backward.primitive_desc(
                    tape.engine(),
                    algorithm,
                    source,
                    result,
                    strides,
                    kernel,
                    new long[2],
                    padding,
                    padding,
                    forward,
                    tape.attributes(),
                    false);
            Slot to = in.another();
            List<Argument> back = new ArrayList<>(kept);
            back.add(new Argument(DNNL_ARG_DIFF_DST, gradient, result));
            back.add(new Argument(DNNL_ARG_DIFF_SRC, to, source));
            tape.program().add(Phase.BACKWARD, backward, pooling_backward::new, back);
            gradient.release();
            tape.contribute(in, to, inputs);
        });
        return out;
    }

    /** The sum of each channel, backward. */
    Slot sums(Slot in, Shape shape) {
        Shape one = Shape.image(shape.channels(), 1, 1);
        memory.desc values = tape.values(shape, in.precision());
        memory.desc perChannel = tape.values(one, in.precision());
        pooling_forward.primitive_desc mean = new pooling_forward.primitive_desc(
                tape.engine(),
                dnnl_forward_inference,
                dnnl_pooling_avg_exclude_padding,
                values,
                perChannel,
                new long[] {1, 1},
                new long[] {shape.height(), shape.width()},
                new long[2],
                new long[2],
                new long[2],
                tape.attributes(),
                false);
        Slot out = tape.slot(one, in.precision());
        tape.program()
                .add(
                        Phase.BACKWARD,
                        mean,
                        pooling_forward::new,
                        List.of(new Argument(DNNL_ARG_SRC, in, values), new Argument(DNNL_ARG_DST, out, perChannel)));
        eltwise_forward.primitive_desc times = new eltwise_forward.primitive_desc(
                tape.engine(),
                dnnl_forward_inference,
                dnnl_eltwise_linear,
                perChannel,
                perChannel,
                shape.height() * shape.width(),
                0,
                tape.attributes(),
                false);
        tape.program()
                .add(
                        Phase.BACKWARD,
                        times,
                        eltwise_forward::new,
                        List.of(
                                new Argument(DNNL_ARG_SRC, out, perChannel),
                                new Argument(DNNL_ARG_DST, out, perChannel)));
        return out;
    }
}
