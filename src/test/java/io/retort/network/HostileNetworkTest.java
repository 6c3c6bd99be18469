package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Saved networks by somebody who means harm: nothing is allocated on a file's word, and no class is loaded. */
@Timeout(20)
class HostileNetworkTest {
    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    @BeforeEach
    void writeANetwork() {
        Structure structure = Structure.from(Shape.image(1, 8, 8))
                .then("pool", new Layer.Pool(Layer.Pool.Kind.MAX, Window.valid(2, 2)))
                .then("flatten", new Layer.Flatten())
                .then("logits", new Layer.Dense(3, Layer.Bias.NONE))
                .build();
        NetworkFiles.write(Network.initialised(structure, 1), storage, hadoop());
    }

    @Test
    void aStructureOfGigabytes() throws IOException {
        Path file = directory.resolve("structure.json");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(6L << 30);
        }
        refuses(file + " must have at most 67108864 bytes, has 6442450944");
    }

    @Test
    void tensorsLargerThanTheStructureNeeds() throws IOException {
        Path file = directory.resolve("tensors.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(6L << 30);
        }
        // 48 weights, and room for the header
        refuses(file + " must have at most 67109056 bytes, has 6442450944");
    }

    @Test
    void aWindowThatBlowsAnImageUp() throws IOException {
        rewrite("\"kernel-height\" : 2", "\"kernel-height\" : 1000000000");
        refuses(directory.resolve("structure.json")
                + " is not the structure of a network: kernel 1000000000x2 and stride 2x2 must be at most 16384");
    }

    @Test
    void aLayerThatNamesAClass() throws IOException {
        rewrite("\"type\" : \"flatten\"", "\"type\" : \"java.net.URLClassLoader\"");
        refuses(directory.resolve("structure.json") + " has a layer of kind 'java.net.URLClassLoader'; known kinds are "
                + "activate, active-shift, add, batch-norm, channel-shift, channel-shuffle, concat, conv, dense, depthwise-conv,"
                + " embedding, embedding-bag, fake-quantize, flatten, gate, global-average-pool, grouped-conv, pool, shift,"
                + " slice");
    }

    @Test
    void aPropertyThatNamesAClass() throws IOException {
        rewrite("\"type\" : \"flatten\"", "\"@class\" : \"java.net.URLClassLoader\", \"type\" : \"flatten\"");
        assertThatThrownBy(() -> NetworkFiles.read(storage, hadoop()))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("Unrecognized field \"@class\"");
    }

    @Test
    void nestingWithoutEnd() throws IOException {
        Files.writeString(directory.resolve("structure.json"), "[".repeat(1_000_000));
        Files.deleteIfExists(directory.resolve(".structure.json.crc"));
        assertThatThrownBy(() -> NetworkFiles.read(storage, hadoop()))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("is not the structure of a network: ");
    }

    private void rewrite(String from, String to) throws IOException {
        Path file = directory.resolve("structure.json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        Files.deleteIfExists(directory.resolve(".structure.json.crc"));
    }

    private void refuses(String message) throws IOException {
        Files.deleteIfExists(directory.resolve(".structure.json.crc"));
        Files.deleteIfExists(directory.resolve(".tensors.safetensors.crc"));
        assertThatThrownBy(() -> NetworkFiles.read(storage, hadoop()))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private org.apache.hadoop.fs.Path hadoop() {
        return new org.apache.hadoop.fs.Path(directory.toString());
    }
}
