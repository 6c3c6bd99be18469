package io.retort.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.Engine;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.ArchitecturesTest;
import io.retort.network.zoo.BlockKindsTest;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block and every architecture: oneDNN, DL4J, ONNX Runtime and the plain formulas give the same logits, and a saved
 * network is the same.
 */
class ZooParityTest {
    private static final Shape IMAGE = Shape.image(3, 17, 16);
    private static final int BATCH = 3;
    private static final Vocabulary TOKENS = Vocabulary.standIn(20);
    private static final int LENGTH = 9;

    static Stream<Arguments> networks() {
        Stream<Arguments> blocks = BlockKindsTest.examples().entrySet().stream()
                .map(entry -> Arguments.of(
                        "block " + entry.getKey(),
                        RandomNetworks.of(entry.getValue().build(IMAGE, 5), 3)));
        Stream<Arguments> architectures = ArchitecturesTest.examples()
                .map(settings -> Arguments.of(
                        settings.getClass().getSimpleName(), RandomNetworks.of(settings.build(IMAGE, 5), 3)));
        return Stream.concat(blocks, architectures);
    }

    static Stream<Arguments> textNetworks() {
        return ArchitecturesTest.textExamples()
                .map(settings -> Arguments.of(
                        settings.toString(), RandomNetworks.of(settings.buildForTexts(TOKENS, LENGTH, 5), 3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textNetworks")
    void enginesAgreeOnTexts(String name, Network network, @TempDir java.nio.file.Path folder) {
        for (int batch : new int[] {1, LENGTH + 1, 5}) {
            enginesAgree(network, RandomNetworks.texts(TOKENS, LENGTH, batch, 4), batch, folder);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void enginesAgree(String name, Network network, @TempDir java.nio.file.Path folder) {
        enginesAgree(network, RandomNetworks.pixels(IMAGE, BATCH, 4), BATCH, folder);
    }

    private static void enginesAgree(Network network, float[] features, int size, java.nio.file.Path folder) {
        List<String> classes = List.of("a", "b", "c", "d", "e");
        Parity.Batch batch = new Parity.Batch(features, size);
        try (OnnxSession session = OnnxSession.open(OnnxModel.bytes(network, classes, Map.of()), 1)) {
            for (Engine engine : List.of(Engine.ONEDNN, Engine.DL4J)) {
                Parity parity = engine.computing(
                        network,
                        computed ->
                                Parity.between(session, computed, List.of(batch).iterator()));
                assertThat(parity.greatestRelativeDifference())
                        .as(engine.toString())
                        .isLessThanOrEqualTo(1e-4);
            }
            Parity formulas = Parity.between(
                    session, new ReferenceNetwork(network), List.of(batch).iterator());
            assertThat(formulas.greatestRelativeDifference()).isLessThanOrEqualTo(1e-4);
        }
        Storage storage = Storage.of(new Configuration());
        Path directory = new Path(folder.toUri());
        NetworkFiles.write(network, storage, directory);
        assertThat(NetworkFiles.read(storage, directory)).isEqualTo(network);
    }
}
