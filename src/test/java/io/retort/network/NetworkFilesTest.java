package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.zoo.ConvNet;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json.StrictJson;
import io.retort.storage.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFilesTest {
    private static final Storage STORAGE = Storage.of(new Configuration());
    private static final Structure STRUCTURE = Structure.from(Shape.vector(2))
            .then("hidden", new Layer.Dense(3, Bias.NONE))
            .then("relu", new Activate(Activate.Function.RELU))
            .then("logits", new Layer.Dense(2, Bias.PER_CHANNEL))
            .build();
    private static final Network NETWORK = Network.initialised(STRUCTURE, 5);

    @TempDir
    static java.nio.file.Path written;

    @TempDir
    java.nio.file.Path folder;

    private Path directory;
    private java.nio.file.Path structure;
    private java.nio.file.Path tensors;

    @BeforeAll
    static void write() {
        NetworkFiles.write(NETWORK, STORAGE, new Path(written.toUri()));
    }

    @BeforeEach
    void copy() throws IOException {
        directory = new Path(folder.toUri());
        structure = folder.resolve("structure.json");
        tensors = folder.resolve("tensors.safetensors");
        try (Stream<java.nio.file.Path> files = Files.list(written)) {
            for (java.nio.file.Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void writesLayersByKind() throws IOException {
        String digest = Files.readString(structure).replaceAll("(?s).*\"tensors-digest\" : \"([0-9a-f]{64})\".*", "$1");
        assertThat(Files.readString(structure)).isEqualTo("""
                {
                  "version" : 1,
                  "tensors-digest" : "%s",
                  "structure" : {
                    "input" : [ 2 ],
                    "scaling" : {
                      "mean" : [ 0.0, 0.0 ],
                      "deviation" : [ 1.0, 1.0 ]
                    },
                    "nodes" : [ {
                      "name" : "hidden",
                      "layer" : {
                        "type" : "dense",
                        "outputs" : 3,
                        "bias" : "NONE"
                      },
                      "inputs" : [ "input" ]
                    }, {
                      "name" : "relu",
                      "layer" : {
                        "type" : "activate",
                        "function" : "RELU"
                      },
                      "inputs" : [ "hidden" ]
                    }, {
                      "name" : "logits",
                      "layer" : {
                        "type" : "dense",
                        "outputs" : 2,
                        "bias" : "PER_CHANNEL"
                      },
                      "inputs" : [ "relu" ]
                    } ]
                  }
                }""".formatted(digest));
        assertThat(NetworkFiles.read(STORAGE, directory)).isEqualTo(NETWORK);
    }

    /** One without names is written as it was before there were any, and read so too. */
    @Test
    void keepsTheNamesOfInputsAndOutputs() throws IOException {
        Signature signature = new Signature(List.of("age", "height"), List.of("no", "yes"));
        Network named = new Network(STRUCTURE.withSignature(signature), NETWORK.parameters());
        NetworkFiles.write(named, STORAGE, directory);
        assertThat(Files.readString(structure).replaceAll("\\s+", " "))
                .contains(
                        "\"signature\" : { \"columns\" : [ \"age\", \"height\" ], \"classes\" : [ \"no\", \"yes\" ] }");
        assertThat(NetworkFiles.read(STORAGE, directory)).isEqualTo(named);
        assertThat(NetworkFiles.signature(STORAGE, directory)).isEqualTo(signature);
        assertThat(NetworkFiles.fingerprint(named)).isNotEqualTo(NetworkFiles.fingerprint(NETWORK));
        assertThatThrownBy(() -> STRUCTURE.withSignature(new Signature(List.of("age"), List.of())))
                .hasMessage("a network of 2 inputs has 1 names for them");
        byte[] unknown =
                Files.readString(structure).replace("\"columns\"", "\"rows\"").getBytes(StandardCharsets.UTF_8);
        STORAGE.write(new Path(directory, "structure.json"), unknown);
        assertThatThrownBy(() -> NetworkFiles.read(STORAGE, directory))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(
                        "a signature must have the lists columns and classes and a table, or some of them");
    }

    @Test
    void givesEqualNetworksOneFingerprintAndOthersAnother() {
        String fingerprint = NetworkFiles.fingerprint(NETWORK);
        assertThat(NetworkFiles.fingerprint(Network.initialised(STRUCTURE, 5)))
                .isEqualTo(fingerprint)
                .hasSize(32);
        assertThat(NetworkFiles.fingerprint(Network.initialised(STRUCTURE, 6))).isNotEqualTo(fingerprint);
        Structure rescaled = STRUCTURE.withScaling(new InputScaling(List.of(0.0, 1.0), List.of(1.0, 1.0)));
        assertThat(NetworkFiles.fingerprint(new Network(rescaled, NETWORK.parameters())))
                .isNotEqualTo(fingerprint);
    }

    @Test
    void isThereOnlyWhenTheStructureIs() throws IOException {
        assertThat(NetworkFiles.exists(STORAGE, directory)).isTrue();
        Files.delete(structure);
        assertThat(NetworkFiles.exists(STORAGE, directory)).isFalse();
        assertRefused(uri(structure) + " does not exist");
    }

    @Test
    void refusesTensorsOfAnotherNetwork() throws IOException {
        replace(tensors, new TensorFile(Network.initialised(STRUCTURE, 6).parameters(), Map.of()).toBytes());
        assertRefused(uri(tensors) + " is not the file that " + uri(structure)
                + " was written with; one of them is damaged or from another network");
    }

    @Test
    void refusesOneFlippedBit() throws IOException {
        byte[] bytes = Files.readAllBytes(tensors);
        bytes[bytes.length - 3] ^= 1;
        replace(tensors, bytes);
        assertRefused(uri(tensors) + " is not the file that " + uri(structure)
                + " was written with; one of them is damaged or from another network");
    }

    @Test
    void refusesAFileThatTheDiskDamaged() throws IOException {
        Files.write(tensors, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> NetworkFiles.read(STORAGE, directory))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(uri(tensors) + " is damaged: Checksum error");
    }

    @Test
    void refusesTensorsThatDoNotFitTheStructure() throws IOException {
        edit("\"outputs\" : 3", "\"outputs\" : 4");
        assertRefused(uri(tensors) + " does not fit " + uri(structure)
                + ": parameter 'hidden/weight' has shape [3, 2], the structure needs [4, 2]");
    }

    @Test
    void refusesOtherVersions() throws IOException {
        edit("\"version\" : 1", "\"version\" : 2");
        assertRefused(uri(structure) + " has version 2; this program reads version 1");
        assertThatThrownBy(() -> NetworkFiles.parse("{}".getBytes(StandardCharsets.UTF_8), new Path("file:/s.json")))
                .hasMessage("file:/s.json has version none; this program reads version 1");
    }

    @Test
    void refusesAnUnknownKindOfLayer() throws IOException {
        edit("\"type\" : \"activate\"", "\"type\" : \"java.net.URL\"");
        assertRefused(
                uri(structure) + " has a layer of kind 'java.net.URL'; known kinds are activate, active-shift, add,"
                        + " batch-norm, channel-shift, channel-shuffle, concat, conv, dense, depthwise-conv, embedding,"
                        + " embedding-bag, fake-quantize, flatten, gate, global-average-pool, grouped-conv, pool, shift, slice");
    }

    @Test
    void refusesWhatTheRecordsRefuse() throws IOException {
        edit("\"outputs\" : 3", "\"outputs\" : 0");
        assertRefused(uri(structure) + " is not the structure of a network: dense outputs must be at least 1, was 0");
    }

    @Test
    void refusesEveryTruncationAndSurvivesEveryMissingLine() throws IOException {
        String text = Files.readString(structure);
        for (int length = 0; length < text.length() - 1; length += 7) {
            assertDamaged(text.substring(0, length));
        }
        List<String> lines = text.lines().toList();
        for (int left = 0; left < lines.size(); left++) {
            Map<Integer, String> kept = new HashMap<>();
            for (int i = 0; i < lines.size(); i++) {
                kept.put(i, i == left ? "" : lines.get(i));
            }
            assertDamaged(String.join("\n", kept.values()));
        }
    }

    @Test
    void refusesHostileStructures() {
        String start =
                "{\"version\":1,\"tensors-digest\":\"\",\"structure\":{\"scaling\":{\"mean\":[0],\"deviation\":[1]},";
        String large =
                "\"layer\":{\"type\":\"conv\",\"outputs\":2147483647,\"bias\":\"NONE\",\"window\":{\"kernel-height\":9,"
                        + "\"kernel-width\":9,\"stride-height\":1,\"stride-width\":1,\"padding-height\":0,\"padding-width\":0}}";
        assertDamaged(start + "\"input\":[1,9,10],\"nodes\":[{\"name\":\"a\",\"inputs\":[\"input\"]," + large + "},"
                + "{\"name\":\"b\",\"inputs\":[\"a\"],\"layer\":{\"type\":\"flatten\"}}]}}");
        assertDamaged(start
                + "\"input\":[1],\"nodes\":[{\"name\":\"a\",\"inputs\":null,\"layer\":{\"type\":\"flatten\"}}]}}");
        assertDamaged(start + "\"input\":[1],\"nodes\":[null]}}");
        assertDamaged(start + "\"input\":[1],\"nodes\":[{\"name\":\"a\",\"inputs\":[\"input\"],\"layer\":null}]}}");
        assertDamaged("[".repeat(50_000));
        assertDamaged("null");
    }

    @Test
    void knowsTheNetworksThatItWroteBefore() throws IOException {
        // of the first version that wrote networks: layers that came later must not change what earlier ones are saved
        // as
        Structure first = new ConvNet(List.of("cbr4", "dws6/2", "max", "res8", "average", "res8/2"))
                .build(Shape.image(1, 28, 28), 10);
        assertThat(NetworkFiles.fingerprint(Network.initialised(first, 1)))
                .isEqualTo("bd72023819b85a368b932e661b0119e5");
    }

    /** Saved networks and fingerprints hold these texts: a layer that is renamed in the code keeps its own. */
    @Test
    void eachKindOfLayerKeepsItsText() throws IOException {
        List<String> kinds = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                NetworkFilesTest.class.getResourceAsStream("/network/layers.jsonl"), StandardCharsets.UTF_8))) {
            for (String line : lines.lines().toList()) {
                Layer layer = StrictJson.mapper().readValue(line, Layer.class);
                assertThat(StrictJson.mapper().writeValueAsString(layer)).isEqualTo(line);
                kinds.add(StrictJson.mapper().readTree(line).get("type").asText());
            }
        }
        assertThat(kinds)
                .containsAll(
                        Stream.of(Layer.class.getAnnotation(JsonSubTypes.class).value())
                                .map(JsonSubTypes.Type::name)
                                .toList());
    }

    @Test
    void savesADilationOnlyWhereThereIsOne() throws IOException {
        Structure plain = convolution(Window.same(3));
        Structure dilated = convolution(Window.dilated(3, 2));
        assertThat(NetworkFiles.structureJson(plain)).doesNotContain("dilation");
        assertThat(NetworkFiles.structureJson(dilated))
                .contains("\"padding-width\":2,\"dilation-height\":2,\"dilation-width\":2}");
        for (Structure structure : List.of(plain, dilated)) {
            Network network = Network.initialised(structure, 1);
            NetworkFiles.write(network, STORAGE, directory);
            assertThat(NetworkFiles.read(STORAGE, directory)).isEqualTo(network);
        }
        edit("\"dilation-width\" : 2", "\"dilation-width\" : 0");
        assertRefused(
                uri(structure) + " is not the structure of a network: dilation 2x0 must be at least 1 and spread the"
                        + " kernel 3x3 over at most 16384");
        edit("\"dilation-width\" : 0", "\"depth\" : 0");
        assertRefused(
                uri(structure) + " is not the structure of a network: a window has the unknown size 'depth'; sizes are"
                        + " [kernel-height, kernel-width, stride-height, stride-width, padding-height, padding-width] and"
                        + " [dilation-height, dilation-width]");
        edit("\"kernel-width\" : 3,", "");
        edit("\"depth\" : 0", "\"dilation-width\" : 2");
        assertRefused(uri(structure) + " is not the structure of a network: a window lacks its kernel-width");
    }

    private static Structure convolution(Window window) {
        return Structure.from(Shape.image(1, 8, 8))
                .then("conv", new Layer.Conv(2, window, Bias.NONE))
                .then("average", new Layer.GlobalAveragePool())
                .build();
    }

    private void assertDamaged(String text) {
        assertThatThrownBy(() -> NetworkFiles.parse(text.getBytes(StandardCharsets.UTF_8), new Path("file:/s.json")))
                .as(text.substring(0, Math.min(2000, text.length())))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("file:/s.json ");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> NetworkFiles.read(STORAGE, directory))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private void edit(String before, String after) throws IOException {
        String text = Files.readString(structure);
        assertThat(text).contains(before);
        replace(structure, text.replace(before, after).getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces a file without the checksum beside it, as somebody who wants to be believed would. */
    private static void replace(java.nio.file.Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    }

    private static String uri(java.nio.file.Path path) {
        return new Path(path.toUri()).toString();
    }
}
