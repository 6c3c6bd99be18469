package io.retort.network.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.compact.CompactFile.FloatFormat;
import io.retort.network.compact.EntropyCoding.Content;
import io.retort.network.compact.ParameterCodes.ValueType;
import io.retort.network.int8.Quantization;
import io.retort.storage.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compact files that are damaged, and by somebody who means harm: a checksum that fits is no proof of good will. */
@Timeout(60)
class HostileCompactFileTest {
    private static final String DAMAGED = "; it is damaged or not a compact file of a network";
    private static final Network NETWORK = CompactFileTest.sparse(CompactFileTest.dense(1, 4), 2);
    private static final Quantization INT8 = CompactFileTest.quantization(NETWORK, 7);
    private static final Structure STRUCTURE = Structure.from(Shape.vector(3))
            .then("logits", new Layer.Dense(2, Bias.NONE))
            .build();
    private static final String TEXT =
            new String(CompactHeader.of(STRUCTURE, Quantization.none()).toBytes(), StandardCharsets.UTF_8);

    private static byte[] file(EntropyCoding coding) {
        return CompactFile.bytes(NETWORK, INT8, new CompactFile.Form(FloatFormat.FLOAT16, coding));
    }

    /** Begins a file of no codes, before its tensors. */
    private static Parts.Writer begun(EntropyCoding coding, String text) {
        Parts.Writer out = new Parts.Writer(coding);
        out.all(CompactFile.magic());
        out.single(CompactFile.VERSION);
        out.single(coding.number());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.length(bytes.length);
        out.part(bytes, Content.TEXT);
        for (int part = 0; part < 5; part++) {
            out.part(new byte[0], Content.NUMBERS);
        }
        return out;
    }

    private static byte[] sealed(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return ByteBuffer.allocate(bytes.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes)
                .putInt((int) checksum.getValue())
                .array();
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> CompactFile.read(bytes, 1 << 20, "n.compact"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource(EntropyCoding.class)
    void aFileThatWasCutOff(EntropyCoding coding) {
        byte[] bytes = file(coding);
        for (int length = 0; length < bytes.length; length += 1 + length / 8) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> CompactFile.read(part, 1 << 20, "n")).isInstanceOf(ArtifactException.class);
            assertThatThrownBy(() -> CompactFile.read(sealed(part), 1 << 20, "n"))
                    .isInstanceOf(ArtifactException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(EntropyCoding.class)
    void aByteThatHasChanged(EntropyCoding coding) {
        byte[] bytes = file(coding);
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 400; round++) {
            byte[] changed = bytes.clone();
            int place = random.nextInt(bytes.length);
            changed[place] = (byte) (changed[place] ^ (1 + random.nextInt(255)));
            assertThatThrownBy(() -> CompactFile.read(changed, 1 << 20, "n")).isInstanceOf(ArtifactException.class);
            byte[] again = sealed(Arrays.copyOf(changed, bytes.length - 4));
            try {
                assertThat(CompactFile.read(again, 1 << 20, "n")
                                .network()
                                .structure()
                                .nodes())
                        .isNotEmpty();
            } catch (ArtifactException e) {
                assertThat(e).hasMessageStartingWith("n ");
            }
        }
    }

    @Test
    void anotherFile() {
        assertRefused(
                "PK and more than that".getBytes(StandardCharsets.UTF_8), "n.compact does not begin as one" + DAMAGED);
        byte[] bytes = file(EntropyCoding.HUFFMAN);
        bytes[4] = 2;
        assertRefused(bytes, "n.compact has version 2; this program reads version 1");
        bytes[4] = 1;
        bytes[20]++;
        assertRefused(bytes, "n.compact has bytes that do not fit their checksum" + DAMAGED);
        byte[] coding = Arrays.copyOf(file(EntropyCoding.NONE), 300);
        coding[5] = 9;
        assertRefused(sealed(coding), "n.compact has coding 9, known are 0 to 2" + DAMAGED);
    }

    @Test
    void aNetworkOfManyZeros() {
        Structure wide = Structure.from(Shape.vector(30_000))
                .then("hidden", new Layer.Dense(30_000, Bias.NONE))
                .then("logits", new Layer.Dense(2, Bias.NONE))
                .build();
        String text = new String(CompactHeader.of(wide, Quantization.none()).toBytes(), StandardCharsets.UTF_8);
        byte[] bytes = sealed(begun(EntropyCoding.HUFFMAN, text).toBytes());
        assertRefused(
                bytes,
                "n.compact holds a network whose parameters take 3600240000 bytes, and 0 codes, at most 1048576 bytes are allowed");
        byte[] wider = sealed(begun(EntropyCoding.HUFFMAN, text.replace("30000", "2000000000"))
                .toBytes());
        assertThatThrownBy(() -> CompactFile.read(wider, 1 << 20, "n")).isInstanceOf(ArtifactException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = EntropyCoding.class,
            names = {"HUFFMAN", "ZSTD"})
    void aPartThatUnfoldsToMore(EntropyCoding coding) {
        Parts.Writer out = begun(coding, TEXT);
        out.single(ValueType.FLOAT16.number());
        byte[] bomb = coding.coded(new byte[1 << 26], Content.TEXT);
        // 6 halves: a part of 5 bytes is a coded one of 6
        out.length(bomb.length);
        out.all(bomb);
        assertRefused(
                sealed(out.toBytes()),
                "n.compact announces " + bomb.length + " bytes of 'logits/weight', at most 6 are possible" + DAMAGED);
        Parts.Writer text = new Parts.Writer(coding);
        text.all(CompactFile.magic());
        text.single(1);
        text.single(coding.number());
        text.length(1 << 20);
        text.length(bomb.length);
        text.all(bomb);
        assertThatThrownBy(() -> CompactFile.read(sealed(text.toBytes()), 1 << 20, "n"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("n has, for structure, a coded part that ");
    }

    @Test
    void aTextWithoutEnd() {
        Parts.Writer out = new Parts.Writer(EntropyCoding.HUFFMAN);
        out.all(CompactFile.magic());
        out.single(1);
        out.single(1);
        out.length(Integer.MAX_VALUE);
        assertRefused(
                sealed(out.toBytes()),
                "n.compact announces 2147483647 bytes of structure, at most 16777216 are possible" + DAMAGED);
        assertThatThrownBy(() -> CompactFile.read(
                        sealed(begun(EntropyCoding.HUFFMAN, "[".repeat(1_000_000))
                                .toBytes()),
                        9,
                        "n"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("n has no structure of a network: ");
        assertThatThrownBy(() -> CompactFile.read(
                        sealed(begun(EntropyCoding.NONE, TEXT.replace("dense", "java.net.URLClassLoader"))
                                .toBytes()),
                        9,
                        "n"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("n has no structure of a network: ");
    }

    @Test
    void tensorsThatCannotBe() {
        for (int place : List.of(0x00, 0x10, 0x20)) {
            Parts.Writer int8 = begun(EntropyCoding.NONE, TEXT);
            int8.single(place | ValueType.INT8.number());
            assertRefused(
                    sealed(int8.toBytes()),
                    "n.compact has INT8 for 'logits/weight', which cannot be stored so" + DAMAGED);
        }
        Parts.Writer kind = begun(EntropyCoding.NONE, TEXT);
        kind.single(0x05);
        assertRefused(
                sealed(kind.toBytes()),
                "n.compact has numbers in 'logits/weight' of kind 5, known are 0 to 3" + DAMAGED);
        Parts.Writer runs = begun(EntropyCoding.NONE, TEXT);
        runs.single(SparseEncoding.RUNS.number() << CompactFile.LAYOUT_SHIFT);
        runs.length(2);
        runs.part(new byte[] {3, 2}, Content.NUMBERS);
        assertRefused(
                sealed(runs.toBytes()),
                "n.compact has, for 'logits/weight', runs that end behind number 7 of 6" + DAMAGED);
        Parts.Writer map = begun(EntropyCoding.NONE, TEXT);
        map.single(SparseEncoding.BITMAP.number() << CompactFile.LAYOUT_SHIFT);
        map.length(1);
        map.part(new byte[] {(byte) 0x80}, Content.NUMBERS);
        assertRefused(
                sealed(map.toBytes()), "n.compact has, for 'logits/weight', a map of 1 bytes for 6 bits" + DAMAGED);
        Parts.Writer more = begun(EntropyCoding.NONE, TEXT);
        more.single(0);
        for (int plane = 0; plane < 4; plane++) {
            more.part(new byte[6], Content.NUMBERS);
        }
        more.all(new byte[3]);
        assertRefused(sealed(more.toBytes()), "n.compact has 3 bytes after its end" + DAMAGED);
    }

    @Test
    void nothingWhereThereMustBeSomething() {
        assertRefused(
                sealed(begun(EntropyCoding.NONE, "null").toBytes()),
                "n.compact has no structure of a network: it is null" + DAMAGED);
        String nothing =
                "n.compact has no structure of a network: there must be a structure, and a number of codes for each"
                        + " name in weights" + DAMAGED;
        assertRefused(
                sealed(begun(EntropyCoding.NONE, TEXT.replace("\"weights\":{}", "\"weights\":{\"logits\":null}"))
                        .toBytes()),
                nothing);
        assertThatThrownBy(() -> CompactFile.read(
                        sealed(begun(EntropyCoding.NONE, TEXT.replace("\"values\":[]", "\"values\":[null]"))
                                .toBytes()),
                        1 << 20,
                        "n"))
                .isInstanceOf(ArtifactException.class);
        assertThatThrownBy(() -> CompactFile.read(
                        sealed(begun(EntropyCoding.NONE, "{\"structure\":null,\"values\":[],\"weights\":{}}")
                                .toBytes()),
                        1 << 20,
                        "n"))
                .isInstanceOf(ArtifactException.class);
    }

    @Test
    void manyCodes() {
        Structure wide = Structure.from(Shape.vector(1))
                .then("logits", new Layer.Dense(200_000, Bias.NONE))
                .build();
        String text = new String(CompactHeader.of(wide, Quantization.none()).toBytes(), StandardCharsets.UTF_8)
                .replace("\"values\":[]", "\"values\":[\"input\"]")
                .replace("\"weights\":{}", "\"weights\":{\"logits\":200000}");
        assertRefused(
                sealed(begun(EntropyCoding.NONE, text).toBytes()),
                "n.compact holds a network whose parameters take 800000 bytes, and 200001 codes, at most 1048576 bytes are"
                        + " allowed");
    }

    @Test
    void codesOfOtherLayers() {
        assertRefused(
                sealed(begun(EntropyCoding.NONE, TEXT.replace("\"weights\":{}", "\"weights\":{\"hidden\":1}"))
                        .toBytes()),
                "n.compact has codes for the weights of 'hidden', which is no layer with weights" + DAMAGED);
        assertRefused(
                sealed(begun(EntropyCoding.NONE, TEXT.replace("\"weights\":{}", "\"weights\":{\"logits\":3}"))
                        .toBytes()),
                "n.compact has 3 codes for the weights of 'logits', which have 2 output channels" + DAMAGED);
        assertRefused(
                sealed(begun(EntropyCoding.NONE, TEXT.replace("\"weights\":{}", "\"weights\":{\"logits\":1000000000}"))
                        .toBytes()),
                "n.compact holds a network whose parameters take 24 bytes, and 1000000000 codes, at most 1048576 bytes are"
                        + " allowed");
    }
}
