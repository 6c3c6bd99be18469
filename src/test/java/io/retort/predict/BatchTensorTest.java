package io.retort.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.Half;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTensorTest {
    @Test
    void roundsAndLimitsWholeNumbers() {
        float[] values = {-3, 0.4f, 2.5f, 3.5f, 300};
        ByteBuffer bytes = filled(ElementType.UINT8, values);
        assertThat(unsigned(bytes)).containsExactly(0, 0, 2, 4, 255);
        bytes = filled(ElementType.INT8, values);
        assertThat(new int[] {bytes.get(0), bytes.get(4)}).containsExactly(-3, 127);
        assertThat(filled(ElementType.INT32, values).getInt(4 * 4)).isEqualTo(300);
        assertThat(filled(ElementType.INT64, values).getLong(4 * 8)).isEqualTo(300);
    }

    @Test
    void keepsFloatsAndRoundsHalves() {
        float[] values = {1.1f, -70000, 70000};
        assertThat(filled(ElementType.FLOAT32, values).getFloat(0)).isEqualTo(1.1f);
        assertThat(filled(ElementType.FLOAT64, values).getDouble(0)).isEqualTo(1.1f);
        ByteBuffer halves = filled(ElementType.FLOAT16, values);
        assertThat(halves.getShort(0)).isEqualTo(Half.of(1.1f));
        assertThat(halves.getShort(2)).isEqualTo((short) 0xFC00); // minus infinity
        assertThat(halves.getShort(4)).isEqualTo((short) 0x7C00);
    }

    @Test
    void laysRowsOneAfterTheOther() {
        BatchTensor tensor = new BatchTensor(ElementType.FLOAT32, List.of(2), 3);
        tensor.putRow(0, new float[] {9, 1, 2}, 1);
        tensor.putRow(1, new float[] {3, 4}, 0);
        ByteBuffer second = tensor.bytes(1, 1);
        assertThat(second.remaining()).isEqualTo(8);
        assertThat(second.getFloat(0)).isEqualTo(3);
        assertThat(tensor.bytes(0, 2).getFloat(4)).isEqualTo(2);
    }

    @Test
    void refusesSizesThatAreOpenOrTooLarge() {
        assertThatThrownBy(() -> new BatchTensor(ElementType.FLOAT32, List.of(3, -1), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BatchTensor(ElementType.FLOAT32, List.of(1 << 15, 1 << 15), 128))
                .isInstanceOf(ArithmeticException.class);
    }

    private static ByteBuffer filled(ElementType type, float... values) {
        BatchTensor tensor = new BatchTensor(type, List.of(values.length), 1);
        tensor.putRow(0, values, 0);
        return tensor.bytes(0, 1);
    }

    private static int[] unsigned(ByteBuffer bytes) {
        int[] values = new int[bytes.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.get(i) & 0xFF;
        }
        return values;
    }
}
