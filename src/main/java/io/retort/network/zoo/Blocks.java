package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.List;
import java.util.Locale;

/**
 * Builds a structure from the blocks that architectures share. Each block reads the node before it; its layers' names
 * begin with the block's.
 *
 * <p>Convolutions that a BatchNorm follows have no bias, which it would cancel.
 */
final class Blocks {
    private final Structure.Builder structure;

    private Blocks(Shape input) {
        structure = Structure.from(input);
    }

    /** Blocks over samples of any shape. */
    static Blocks over(Shape input) {
        return new Blocks(input);
    }

    /**
     * Blocks over images that an architecture halves {@code halvings} times, each of which must leave at least one row
     * and column.
     */
    static Blocks overImages(String architecture, Shape input, int halvings) {
        return overImages(architecture, input, 1 << halvings, "it halves them " + halvings + " times");
    }

    /** Blocks over images whose height and width are at least {@code least}. */
    static Blocks overImages(String architecture, Shape input, int least, String reason) {
        if (!input.isImage()) {
            throw new ShapeException("architecture '" + architecture
                    + "' needs images [channels, height, width], but the samples are vectors " + input
                    + "; 'mlp' takes them");
        }
        if (input.height() < least || input.width() < least) {
            throw new ShapeException("architecture '" + architecture + "' needs images of at least " + least + "x"
                    + least + " because " + reason + ", but the samples are " + input);
        }
        return new Blocks(input);
    }

    /** Convolution, BatchNorm, ReLU. */
    Blocks convolution(String name, int outputs, int kernel, int stride) {
        return normalisedConvolution(name, outputs, kernel, stride).relu(name);
    }

    /** Convolution, BatchNorm. */
    Blocks normalisedConvolution(String name, int outputs, int kernel, int stride) {
        return normalisedConvolution(name, outputs, Window.strided(kernel, stride));
    }

    /** Convolution, BatchNorm. */
    Blocks normalisedConvolution(String name, int outputs, Window window) {
        return then(name + ".conv", new Layer.Conv(outputs, window, Bias.NONE)).normalise(name);
    }

    /** Depthwise convolution of stride {@code stride}, BatchNorm. */
    Blocks normalisedDepthwise(String name, int kernel, int stride) {
        return then(name + ".conv", new Layer.DepthwiseConv(Window.strided(kernel, stride), Bias.NONE))
                .normalise(name);
    }

    /**
     * 3×3 depthwise convolution, BatchNorm, ReLU, then 1×1 convolution, BatchNorm, ReLU (Howard et al. 2017,
     * arXiv:1704.04861, section 3.1).
     */
    Blocks separable(String name, int outputs, int stride) {
        String depthwise = name + ".depthwise";
        then(depthwise + ".conv", new Layer.DepthwiseConv(Window.strided(3, stride), Bias.NONE));
        normalise(depthwise).relu(depthwise);
        return convolution(name + ".pointwise", outputs, 1, 1);
    }

    /**
     * {@code ReLU(x + F(x))} with F two 3×3 convolutions (He et al. 2015, arXiv:1512.03385, section 3.2). Where F
     * changes the shape, x goes through a 1×1 convolution with BatchNorm (the paper's option B).
     */
    Blocks residual(String name, int outputs, int stride) {
        String start = last();
        Shape startShape = shape();
        return convolution(name + ".a", outputs, 3, stride)
                .normalisedConvolution(name + ".b", outputs, 3, 1)
                .addShortcut(name, start, startShape, stride)
                .relu(name);
    }

    /**
     * Adds the present value and {@code start}, without an activation. Where their shapes differ, {@code start} goes
     * through a 1×1 convolution with BatchNorm.
     */
    Blocks addShortcut(String name, String start, Shape startShape, int stride) {
        String branch = last();
        String shortcut = start;
        if (!shape().equals(startShape)) {
            join(
                    name + ".shortcut.conv",
                    new Layer.Conv(shape().channels(), Window.strided(1, stride), Bias.NONE),
                    start);
            normalise(name + ".shortcut");
            shortcut = last();
        }
        return join(name + ".add", new Layer.Add(), branch, shortcut);
    }

    /** Appends a block of a stage; both are counted from 0. */
    @FunctionalInterface
    interface StageBlock {
        void append(String name, int stage, int block);
    }

    /** So many blocks in each stage, named {@code stage1.1}, {@code stage1.2} and so on. */
    Blocks stages(List<Integer> blocks, StageBlock appended) {
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int block = 0; block < blocks.get(stage); block++) {
                appended.append("stage" + (stage + 1) + "." + (block + 1), stage, block);
            }
        }
        return this;
    }

    /** The stride of a block where each stage but the first halves the image: 2 where such a stage begins, else 1. */
    static int halving(int stage, int block) {
        return stage > 0 && block == 0 ? 2 : 1;
    }

    /** Halves height and width, rounded down. */
    Blocks pool(String name, Layer.Pool.Kind kind) {
        return then(name, new Layer.Pool(kind, Window.valid(2, 2)));
    }

    /** The name of the node that the next block reads. */
    String last() {
        return structure.last();
    }

    /** The shape of what the next block reads. */
    Shape shape() {
        return structure.shape();
    }

    int channels() {
        return shape().channels();
    }

    Blocks join(String name, Layer layer, String... inputs) {
        structure.join(name, layer, inputs);
        return this;
    }

    Blocks then(String name, Layer layer) {
        structure.then(name, layer);
        return this;
    }

    /** An image becomes a vector; a vector stays. */
    Blocks flatten() {
        return structure.shape().isImage() ? then("flatten", new Layer.Flatten()) : this;
    }

    Structure classify(int classes) {
        return then("logits", new Layer.Dense(classes, Bias.PER_CHANNEL))
                .structure
                .build();
    }

    Structure averageAndClassify(int classes) {
        return then("average", new Layer.GlobalAveragePool()).classify(classes);
    }

    /** For architectures whose last layer already gives the classes: it must be named {@code logits}. */
    Structure build() {
        return structure.build();
    }

    Blocks normalise(String name) {
        return then(name + ".norm", Layer.BatchNorm.standard());
    }

    Blocks relu(String name) {
        return then(name + ".relu", new Activate(Function.RELU));
    }

    Blocks activate(String name, Function function) {
        return then(name + "." + function.name().toLowerCase(Locale.ROOT), new Activate(function));
    }
}
