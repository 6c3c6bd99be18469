package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.FirstLayerKernel;
import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.layer.ParameterSlot.Kind;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2DDerivative;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution, dense, grouped or depthwise.
 *
 * <p>Weights are {@code [outputs, inputs / groups, kH, kW]}, or {@code [kH, kW, channels, 1]} for a depthwise one.
 * DL4J's own convolution layer computes its output a second time in the backward pass, and always the gradient by its
 * input; this one does neither.
 */
public final class FusedConvolution extends FusedLayer {
    private static final long serialVersionUID = 1L;

    /** How channels are connected. */
    public enum Channels {
        ALL_TO_ALL,
        WITHIN_GROUPS,
        EACH_BY_ITSELF
    }

    /** Whether anybody needs the gradient by the input. */
    public enum InputGradient {
        NEEDED,
        /** The layer reads the network's input. */
        UNUSED
    }

    record Settings(
            int inputs,
            int outputs,
            Channels channels,
            int groups,
            Window window,
            Bias bias,
            InputGradient inputGradient) {
        private List<ParameterSlot> slots() {
            long kernelHeight = window.kernelHeight();
            long kernelWidth = window.kernelWidth();
            List<ParameterSlot> slots = new ArrayList<>();
            slots.add(
                    channels == Channels.EACH_BY_ITSELF
                            ? ParameterSlot.weight(kernelHeight, kernelWidth, (long) inputs, 1L)
                            : ParameterSlot.weight((long) outputs, (long) inputs / groups, kernelHeight, kernelWidth));
            if (bias == Bias.PER_CHANNEL) {
                slots.add(ParameterSlot.vector("b", Kind.BIAS, outputs, 0));
            }
            return slots;
        }
    }

    private final transient Settings settings;
    private final transient ExpandedWeight spread;

    private final transient OpContext forward = Nd4j.getExecutioner().buildContext();
    private final transient OpContext backward = Nd4j.getExecutioner().buildContext();

    private FusedConvolution(
            NeuralNetConfiguration configuration, DataType type, Settings settings, ExpandedWeight spread) {
        super(configuration, type);
        this.settings = settings;
        this.spread = spread;
        forward.setIArguments(arguments(settings.channels(), spread.window()));
        backward.setIArguments(arguments(settings.channels(), spread.window()));
    }

    public static FusedConfiguration of(
            int inputs, int outputs, Channels channels, Window window, Bias bias, InputGradient inputGradient) {
        return of(new Settings(inputs, outputs, channels, 1, window, bias, inputGradient));
    }

    public static FusedConfiguration grouped(
            int inputs, int outputs, int groups, Window window, Bias bias, InputGradient inputGradient) {
        return of(new Settings(inputs, outputs, Channels.WITHIN_GROUPS, groups, window, bias, inputGradient));
    }

    private static FusedConfiguration of(Settings settings) {
        return FusedConfiguration.of(
                settings.inputs(),
                settings.outputs(),
                settings.slots(),
                (configuration, type) ->
                        new FusedConvolution(configuration, type, settings, new ExpandedWeight(settings)));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        Window window = settings.window();
        Shape shape =
                window.output(settings.outputs(), Shape.image(settings.inputs(), (int) in.size(1), (int) in.size(2)));
        INDArray out = activations(workspaces, in.size(0), shape.height(), shape.width(), shape.channels());
        CustomOp op = depthwise() ? new DepthwiseConv2D() : new Conv2D();
        INDArray weight = weight(workspaces, ArrayType.FF_WORKING_MEM);
        if (hasBias()) {
            run(op, forward, new INDArray[] {in, weight, params.get("b")}, out);
        } else {
            run(op, forward, new INDArray[] {in, weight}, out);
        }
        return out;
    }

    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        INDArray in = in();
        boolean needed = settings.inputGradient() == InputGradient.NEEDED;
        INDArray inGradient = needed
                ? gradients(workspaces, in.shape())
                : workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, DataType.FLOAT, in.shape(), 'c');
        INDArray weight = weight(workspaces, ArrayType.BP_WORKING_MEM);
        INDArray weightGradient = spread.isPlain()
                ? gradientViews.get("W")
                : workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, DataType.FLOAT, spread.shape(), 'c');
        if (pointwise()) {
            pointwiseBackward(in, outGradient, weight, weightGradient, inGradient);
        } else if (simpleFirst()) {
            firstLayerBackward(in, outGradient);
        } else {
            nativeBackward(in, outGradient, weight, weightGradient, inGradient);
        }
        if (!spread.isPlain()) {
            spread.collect(weightGradient, gradientViews.get("W"));
        }
        return needed ? inGradient : null;
    }

    /** The weights as the operators take them. */
    private INDArray weight(LayerWorkspaceMgr workspaces, ArrayType working) {
        INDArray weight = params.get("W");
        if (spread.isPlain()) {
            return weight;
        }
        INDArray plain = workspaces.createUninitialized(working, DataType.FLOAT, spread.shape(), 'c');
        spread.expand(weight, plain);
        return plain;
    }

    private void nativeBackward(
            INDArray in, INDArray outGradient, INDArray weight, INDArray weightGradient, INDArray inGradient) {
        CustomOp op =
                depthwise() ? DynamicCustomOp.builder("depthwise_conv2d_bp").build() : new Conv2DDerivative();
        if (hasBias()) {
            INDArray[] inputs = {in, weight, params.get("b"), outGradient};
            run(op, backward, inputs, inGradient, weightGradient, gradientViews.get("b"));
        } else {
            run(op, backward, new INDArray[] {in, weight, outGradient}, inGradient, weightGradient);
        }
    }

    /** A pointwise convolution is a matrix product over all pixels, and so are its gradients. */
    private void pointwiseBackward(
            INDArray in, INDArray outGradient, INDArray weight, INDArray weightGradient, INDArray inGradient) {
        long pixels = in.size(0) * in.size(1) * in.size(2);
        long inputs = settings.inputs();
        long outputs = settings.outputs();
        INDArray gradientRows = outGradient.reshape('c', pixels, outputs);
        Nd4j.gemm(
                gradientRows,
                in.reshape('c', pixels, inputs),
                weightGradient.reshape('c', outputs, inputs),
                true,
                false,
                1,
                0);
        if (settings.inputGradient() == InputGradient.NEEDED) {
            Nd4j.gemm(
                    gradientRows,
                    weight.reshape('c', outputs, inputs),
                    inGradient.reshape('c', pixels, inputs),
                    false,
                    false,
                    1,
                    0);
        }
    }

    private void firstLayerBackward(INDArray in, INDArray outGradient) {
        FirstLayerKernel kernel = new FirstLayerKernel(
                settings.window(), (int) in.size(1), (int) in.size(2), (int) in.size(3), (int) outGradient.size(3));
        Floats.of(gradientViews.get("W")).put(0, kernel.weightGradient(in, outGradient));
    }

    private boolean depthwise() {
        return settings.channels() == Channels.EACH_BY_ITSELF;
    }

    private boolean pointwise() {
        return !depthwise() && !hasBias() && settings.window().equals(Window.valid(1, 1));
    }

    private boolean simpleFirst() {
        return settings.inputGradient() == InputGradient.UNUSED
                && settings.channels() == Channels.ALL_TO_ALL
                && settings.bias() == Bias.NONE
                && FirstLayerKernel.suits(settings.window(), settings.inputs());
    }

    private static void run(CustomOp op, OpContext context, INDArray[] inputs, INDArray... outputs) {
        context.purge(); // keeps the integer arguments
        context.setInputArrays(inputs);
        context.setOutputArrays(outputs);
        Nd4j.exec(op, context);
    }

    private static long[] arguments(Channels channels, Window window) {
        long explicitPadding = 0;
        long channelsLast = 1;
        long weightFormat = channels == Channels.EACH_BY_ITSELF ? 0 : 1;
        return new long[] {
            window.kernelHeight(),
            window.kernelWidth(),
            window.strideHeight(),
            window.strideWidth(),
            window.paddingHeight(),
            window.paddingWidth(),
            1, // dilation
            1,
            explicitPadding,
            channelsLast,
            weightFormat
        };
    }
}
