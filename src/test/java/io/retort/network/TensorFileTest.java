package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFileTest {
    private static final String DAMAGED = "; it is damaged or not a safetensors file";

    @Test
    void hasThePublishedLayout() {
        TensorFile file = new TensorFile(
                Map.of("b", new Tensor(List.of(2), new float[] {1, -2}), "a", new Tensor(List.of(), new float[] {0.5f
                })),
                Map.of("round", "3"));
        String header =
                "{\"__metadata__\":{\"round\":\"3\"},\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}";
        int padded = (header.length() + 7) / 8 * 8;
        ByteBuffer expected = ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
        while (expected.position() < 8 + padded) {
            expected.put((byte) ' ');
        }
        expected.putFloat(0.5f).putFloat(1).putFloat(-2);
        assertThat(file.toBytes()).isEqualTo(expected.array());
    }

    @Test
    void readsBackWhatItWrote() {
        TensorFile file = new TensorFile(
                Map.of(
                        "weights/ä \"quoted\"",
                                new Tensor(List.of(2, 3), new float[] {1, 2, 3, Float.NaN, -0f, Float.MIN_VALUE}),
                        "none", new Tensor(List.of(0, 4), new float[0])),
                Map.of("loss", "0.25", "text", "line\nend"));
        assertThat(TensorFile.of(file.toBytes(), "x")).isEqualTo(file);
        TensorFile nothing = new TensorFile(Map.of(), Map.of());
        assertThat(TensorFile.of(nothing.toBytes(), "x")).isEqualTo(nothing);
    }

    @Test
    void doesNotDependOnTheOrderOfItsMaps() {
        Map<String, Tensor> forward = new LinkedHashMap<>();
        Map<String, Tensor> backward = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            forward.put("t" + i, new Tensor(List.of(1), new float[] {i}));
            backward.put("t" + (19 - i), new Tensor(List.of(1), new float[] {19 - i}));
        }
        assertThat(new TensorFile(forward, new HashMap<>(Map.of("a", "1", "b", "2"))).toBytes())
                .isEqualTo(new TensorFile(backward, Map.of("b", "2", "a", "1")).toBytes());
    }

    @Test
    void readsTensorsInWhateverOrderTheHeaderNamesThem() {
        String header = "{\"z\":{\"shape\":[1],\"data_offsets\":[4,8],\"dtype\":\"F32\"},"
                + "\"y\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}";
        ByteBuffer values = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(7)
                .putFloat(9);
        assertThat(TensorFile.of(file(header, values.array()), "x").tensors())
                .isEqualTo(Map.of(
                        "y", new Tensor(List.of(1, 1), new float[] {7}), "z", new Tensor(List.of(1), new float[] {9})));
    }

    @Test
    void refusesEveryTruncation() {
        byte[] whole = new TensorFile(Map.of("a", new Tensor(List.of(3), new float[] {1, 2, 3})), Map.of()).toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> TensorFile.of(part, "file:/t"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith("file:/t ")
                    .hasMessageEndingWith(DAMAGED);
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        assertThatThrownBy(() -> TensorFile.of(longer, "file:/t"))
                .hasMessage("file:/t has 13 bytes of values, its header describes 12" + DAMAGED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[1]|has a header that is not a JSON object",
                "{\"a\":1,\"a\":2}|has a header that is not JSON: Duplicate field 'a'",
                "{} {}|has a header that is not JSON: Trailing token (of type START_OBJECT) found after value (bound as "
                        + "`com.fasterxml.jackson.databind.JsonNode`): not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`",
                "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}|has tensor 'a' of dtype 'I64'; only F32 can be read",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}|has tensor 'a' without a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|has tensor 'a' without a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|has tensor 'a' of shape [-2]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}}"
                        + "|has tensor 'a' of shape [2147483647,2147483647,2147483647], larger than the file",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}|has tensor 'a' of shape [1] in bytes 0 to 8, which does not fit",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|has tensor 'a' at byte 4 of the values, where 0 was due",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
                        + "|has tensor 'b' at byte 4 of the values, where 8 was due",
                "{\"__metadata__\":{\"k\":1}}|has metadata 'k' that is not text",
            })
    void refusesAHostileHeader(String header, String message) {
        assertThatThrownBy(() -> TensorFile.of(file(header, new byte[8]), "file:/t"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:/t " + message + DAMAGED);
    }

    @Test
    void refusesAHeaderLongerThanTheFileWithoutAllocatingIt() {
        byte[] bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-2)
                .array();
        assertThatThrownBy(() -> TensorFile.of(bytes, "file:/t"))
                .hasMessage("file:/t announces a header of 18446744073709551614 bytes, but 8 bytes follow" + DAMAGED);
    }

    @Test
    void refusesAHeaderNestedTooDeeply() {
        assertThatThrownBy(() -> TensorFile.of(file("[".repeat(100_000), new byte[0]), "file:/t"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("nesting depth");
    }

    private static byte[] file(String header, byte[] values) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(values)
                .array();
    }
}
