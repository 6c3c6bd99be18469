package io.retort.network.zoo;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.ConvNet.W1Student;
import io.retort.network.zoo.ConvNet.W1Teacher;
import io.retort.network.zoo.PlainNetwork.LeNet5;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.network.zoo.PlainNetwork.Vgg;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import io.retort.network.zoo.TextArchitecture.TextCnn;

/** An architecture with its settings; the data's shape and classes remain open. */
public interface Architecture {
    /** The kinds that a recipe may name, sorted. A new one costs its record, a test and a line here. */
    Catalogue<Architecture> CATALOGUE = Catalogue.of(
            "architectures",
            Architecture.class,
            new Kind<>(
                    "conv-net", ConvNet.class, "a chain of convolution blocks and pools, spelled out", "this project"),
            new Kind<>(
                    "embedding-bag",
                    EmbeddingBag.class,
                    "for texts: the mean of the tokens' vectors, and one dense layer",
                    "Joulin et al. 2016, arXiv:1607.01759"),
            new Kind<>(
                    "ghostnet",
                    GhostNet.class,
                    "ghost bottlenecks: half of the channels are cheap copies of the other half",
                    "Han et al. 2019, arXiv:1911.11907"),
            new Kind<>(
                    "lenet5",
                    LeNet5.class,
                    "two convolutions with pools, then dense layers",
                    "LeCun et al. 1998, Proceedings of the IEEE 86(11), section II.B"),
            new Kind<>(
                    "mlp",
                    Mlp.class,
                    "dense layers, for vectors and flattened images",
                    "Rumelhart, Hinton, Williams 1986, Nature 323"),
            new Kind<>(
                    "mobilenet",
                    MobileNet.class,
                    "depthwise-separable convolutions with a width multiplier",
                    "Howard et al. 2017, arXiv:1704.04861"),
            new Kind<>(
                    "mobilenet-v2",
                    MobileNet.V2.class,
                    "inverted residuals with linear bottlenecks and a width multiplier",
                    "Sandler et al. 2018, arXiv:1801.04381"),
            new Kind<>(
                    "resnet-cifar",
                    ResNet.Cifar.class,
                    "residual network of depth 6n + 2 for small images",
                    "He et al. 2015, arXiv:1512.03385, section 4.2"),
            new Kind<>(
                    "shift-resnet",
                    ResNet.Shift.class,
                    "residual network of depth 6n + 2 that shifts channels instead of convolving",
                    "Wu et al. 2017, arXiv:1711.08141, section 4.1"),
            new Kind<>(
                    "shufflenet-v2",
                    ShuffleNetV2.class,
                    "units that split the channels, convolve half of them and shuffle",
                    "Ma et al. 2018, arXiv:1807.11164"),
            new Kind<>(
                    "squeezenet",
                    SqueezeNet.class,
                    "fire modules, which squeeze to few channels and expand again",
                    "Iandola et al. 2016, arXiv:1602.07360"),
            new Kind<>(
                    "text-cnn",
                    TextCnn.class,
                    "for texts: convolutions of several widths over the tokens' vectors, the maximum of each",
                    "Kim 2014, arXiv:1408.5882"),
            new Kind<>(
                    "vgg",
                    Vgg.class,
                    "stages of 3x3 convolutions with BatchNorm, pooled between",
                    "Simonyan and Zisserman 2014, arXiv:1409.1556"),
            new Kind<>(
                    "w1-student",
                    W1Student.class,
                    "the student of the reference workload W1, 9,034 parameters for 1x28x28",
                    "this project"),
            new Kind<>(
                    "w1-teacher",
                    W1Teacher.class,
                    "the teacher of the reference workload W1, 288,170 parameters for 1x28x28",
                    "this project"),
            new Kind<>(
                    "wide-resnet",
                    ResNet.Wide.class,
                    "pre-activated residual network, wide instead of deep: WRN-(6n + 4)-k",
                    "Zagoruyko and Komodakis 2016, arXiv:1605.07146"));

    /**
     * The structure for samples of shape {@code input}, whose last node is named {@code logits} and gives
     * {@code [classes]}; the features are used unscaled.
     *
     * @throws ShapeException if the architecture does not take that input; the message says what it takes
     */
    Structure build(Shape input, int classes);

    /**
     * Where a parameter stands, whatever widths and depths are: networks of this kind that have something at the same
     * place can have it in common.
     *
     * @param parameter by its full name ({@code node/parameter})
     */
    default String place(String parameter) {
        return parameter;
    }

    /**
     * The structure for texts of {@code length} token ids, likewise.
     *
     * @throws ShapeException if the architecture does not take texts, or no such short ones
     */
    default Structure buildForTexts(Vocabulary vocabulary, int length, int classes) {
        throw new ShapeException(
                "architecture '" + Architecture.CATALOGUE.kindOf(this).name()
                        + "' needs images or vectors of numbers, but the samples are texts of " + length
                        + " token ids; 'embedding-bag' and 'text-cnn' take them");
    }

    /** The layers before the blocks of an architecture that was made for large images. */
    public enum Stem {
        /** A 3×3 convolution of stride 1, and two halvings fewer: for images of 28×28 to 64×64. */
        SMALL,
        /** As in the paper, for images of 224×224. */
        IMAGENET
    }
}
