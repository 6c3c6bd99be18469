package io.retort.network.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.Kind;
import io.retort.network.Cost;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Pool;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Node;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.storage.Storage;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks the whole catalogue: an architecture without an example here fails. */
public class ArchitecturesTest {
    private static final Shape FASHION = Shape.image(1, 28, 28);
    private static final Storage STORAGE = Storage.of(new Configuration());

    /** One settings record of each kind, small enough for fast tests. */
    public static Stream<ArchitectureSettings> examples() {
        return Stream.of(
                new ConvNet(List.of("cbr4", "dws6/2", "max", "res8", "average", "res8/2")),
                new LeNet5(Function.TANH, Pool.Kind.AVERAGE),
                new Mlp(List.of(20, 10)),
                new MobileNet(0.25, List.of(1, 2)),
                new ResNetCifar(2, 4),
                new Vgg(4, List.of(1, 2, 1)),
                new W1Student(),
                new W1Teacher());
    }

    @Test
    void everyKindHasAnExample() {
        assertThat(examples()
                        .map(settings ->
                                Architectures.CATALOGUE.kindOf(settings).name()))
                .containsExactlyElementsOf(Architectures.CATALOGUE.names())
                .hasSizeGreaterThan(7);
        assertThat(Architectures.CATALOGUE.kinds()).extracting(Kind::summary).doesNotContain("");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void buildsForImagesOfManySizes(ArchitectureSettings settings) {
        for (Shape input : List.of(
                FASHION,
                Shape.image(3, 32, 32),
                Shape.image(3, 33, 47),
                Shape.image(2, 32, 17),
                Shape.image(1, 64, 64))) {
            Structure structure = settings.build(input, 7);
            assertThat(structure.input()).isEqualTo(input);
            assertThat(structure.classes()).isEqualTo(7);
            assertThat(structure.output().name()).isEqualTo("logits");
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void survivesItsSavedFormByteForByte(ArchitectureSettings settings, @TempDir java.nio.file.Path folder)
            throws Exception {
        Network network = RandomNetworks.of(settings.build(Shape.image(3, 32, 32), 4), 11);
        Path first = new Path(folder.resolve("first").toUri());
        Path second = new Path(folder.resolve("second").toUri());
        NetworkFiles.write(network, STORAGE, first);
        Network read = NetworkFiles.read(STORAGE, first);
        NetworkFiles.write(read, STORAGE, second);
        assertThat(read).isEqualTo(network);
        assertThat(NetworkFiles.fingerprint(read)).isEqualTo(NetworkFiles.fingerprint(network));
        for (String file : List.of("structure.json", "tensors.safetensors")) {
            assertThat(Files.readAllBytes(folder.resolve("second").resolve(file)))
                    .isEqualTo(Files.readAllBytes(folder.resolve("first").resolve(file)));
        }
    }

    @Test
    void imageArchitecturesRefuseVectors() {
        List<ArchitectureSettings> imagesOnly =
                examples().filter(settings -> !(settings instanceof Mlp)).toList();
        assertThat(imagesOnly)
                .hasSize(7)
                .allSatisfy(
                        settings -> assertThatThrownBy(() -> settings.build(Shape.vector(20), 2))
                                .isInstanceOf(ShapeException.class)
                                .hasMessageContaining(
                                        "needs images [channels, height, width], but the samples are vectors [20]; 'mlp' takes them"));
    }

    @Test
    void refusesImagesThatAreTooSmallAndTakesTheSmallestItNames() {
        Vgg vgg = new Vgg(4, List.of(1, 1, 1));
        assertThatThrownBy(() -> vgg.build(Shape.image(1, 28, 3), 2))
                .isInstanceOf(ShapeException.class)
                .hasMessage("architecture 'vgg' needs images of at least 4x4 because it halves them 2 times,"
                        + " but the samples are [1, 28, 3]");
        assertThat(vgg.build(Shape.image(1, 4, 4), 2).classes()).isEqualTo(2);
        LeNet5 lenet = new LeNet5(Function.TANH, Pool.Kind.AVERAGE);
        assertThatThrownBy(() -> lenet.build(Shape.image(1, 11, 28), 2))
                .hasMessage(
                        "architecture 'lenet5' needs images of at least 12x12 because its 5x5 convolutions and pools"
                                + " would leave nothing, but the samples are [1, 11, 28]");
        assertThat(lenet.build(Shape.image(1, 12, 12), 2).classes()).isEqualTo(2);
    }

    @Test
    void mlpTakesVectorsAndFlattensImages() {
        assertThat(new Mlp(List.of(5)).build(Shape.vector(30), 3).nodes())
                .extracting(Node::name)
                .containsExactly("hidden1.dense", "hidden1.relu", "logits");
        assertThat(new Mlp(List.of()).build(FASHION, 3).nodes())
                .extracting(Node::name)
                .containsExactly("flatten", "logits");
    }

    @Test
    void theReferenceWorkloadIsTheOneThatWasMeasured() {
        assertThat(Cost.of(new W1Teacher().build(FASHION, 10)).trainedParameters())
                .isEqualTo(288_170);
        assertThat(Cost.of(new W1Student().build(FASHION, 10)).trainedParameters())
                .isEqualTo(9_034);
        // The teacher is also a VGG.
        assertThat(Cost.of(new Vgg(32, List.of(2, 2, 2)).build(FASHION, 10)).macs())
                .isEqualTo(Cost.of(new W1Teacher().build(FASHION, 10)).macs());
    }

    @Test
    void resNetHasThePublishedDepthAndSize() {
        // Table 6 of the paper: ResNet-20 has 0.27 M parameters, ResNet-56 has 0.85 M. Three projections are ours.
        Structure twenty = new ResNetCifar(3, 16).build(Shape.image(3, 32, 32), 10);
        long weighted = twenty.nodes().stream()
                .filter(node -> node.name().matches("(?!.*shortcut).*\\.conv|logits"))
                .count();
        assertThat(weighted).isEqualTo(20);
        assertThat(Cost.of(twenty).trainedParameters()).isBetween(270_000L, 275_000L);
        assertThat(Cost.of(new ResNetCifar(9, 16).build(Shape.image(3, 32, 32), 10))
                        .trainedParameters())
                .isBetween(850_000L, 859_999L);
    }

    @Test
    void mobileNetHasThePublishedSize() {
        // Table 8 of the paper: 4.2 million parameters for 1000 classes.
        Structure paper = new MobileNet(1, List.of(1, 2, 2, 6, 2)).build(Shape.image(3, 112, 112), 1000);
        assertThat(Cost.of(paper).trainedParameters()).isBetween(4_200_000L, 4_249_999L);
    }

    @Test
    void refusesSettingsOutsideTheirRange() {
        assertThatThrownBy(() -> new Mlp(List.of(10, 0)))
                .hasMessage("hidden must hold values of at least 1, was [10, 0]");
        assertThatThrownBy(() -> new Vgg(0, List.of(1))).hasMessage("width must be at least 1, was 0");
        assertThatThrownBy(() -> new Vgg(8, List.of())).hasMessage("blocks must name 1 to 8 stages, was []");
        assertThatThrownBy(() -> new ResNetCifar(0, 16)).hasMessage("n must be at least 1, was 0");
        assertThatThrownBy(() -> new MobileNet(Double.NaN, List.of(1))).hasMessage("width must be in (0, 16], was NaN");
        assertThatThrownBy(() -> new ConvNet(List.of("cbr32", "crb64")))
                .hasMessage(
                        "chain has the block 'crb64'; a block is cbrN, dwsN or resN with N channels from 1 to 99999,"
                                + " each with '/2' for stride 2, or max, or average");
    }
}
