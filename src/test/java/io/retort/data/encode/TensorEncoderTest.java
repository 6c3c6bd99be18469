package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.predict.ElementType;
import io.retort.predict.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorEncoderTest implements EncoderContract {
    private static final EncoderSettings AS_IT_IS = new TensorEncoder.Settings(List.of(), 1, List.of(), List.of(), Layout.AUTO);

    @Override
    public List<EncoderSettings> different() {
        return List.of(
                AS_IT_IS,
                new TensorEncoder.Settings(List.of(), 255, List.of(), List.of(), Layout.AUTO),
                new TensorEncoder.Settings(List.of(), 1, List.of(1.0, 2.0), List.of(), Layout.AUTO),
                new TensorEncoder.Settings(List.of(), 1, List.of(), List.of(2.0), Layout.AUTO),
                new TensorEncoder.Settings(List.of(), 1, List.of(), List.of(), Layout.NHWC));
    }

    @Override
    public Schema rows() {
        return schema(Shape.image(2, 2, 3));
    }

    @Override
    public TensorSpec input() {
        return input(12);
    }

    @Test
    void keepsOrStandardisesByHand() {
        float[] row = {2, 6, 10};
        Schema columns = schema(Shape.vector(3));
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(columns, input(3)), row)).containsExactly(2, 6, 10);
        EncoderSettings standardised =
                new TensorEncoder.Settings(List.of(), 2, List.of(1.0, 2.0, 3.0), List.of(1.0, 0.5, 4.0), Layout.AUTO);
        assertThat(EncoderContract.encoded(standardised.encoder(columns, input(3)), row))
                .containsExactly(0, 2, 0.5f);
    }

    @Test
    void laysChannelsWhereTheInputHasThem() {
        float[] row = {1, 2, 3, 4, 5, 6};
        Schema image = schema(Shape.image(2, 1, 3));
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(2, 1, 3)), row))
                .containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(1, 3, 2)), row))
                .containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(6)), row)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void fillsOneOpenSize() {
        assertThat(AS_IT_IS.encoder(schema(Shape.vector(6)), input(2, -1)).sizes())
                .containsExactly(2, 3);
    }

    @Test
    void refusesRowsOfAnotherWidth() {
        assertThatThrownBy(() -> AS_IT_IS.encoder(schema(Shape.vector(3)), input(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kind tensor does not fit")
                .hasMessageContaining("float32 [batch, 4]");
        EncoderSettings twoMeans = new TensorEncoder.Settings(List.of(), 1, List.of(1.0, 2.0), List.of(), Layout.AUTO);
        assertThatThrownBy(() -> twoMeans.encoder(schema(Shape.vector(3)), input(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mean must have one value");
        assertThatThrownBy(() -> new TensorEncoder.Settings(List.of(), 0, List.of(), List.of(), Layout.AUTO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("divide-by must be > 0");
    }

    private static Schema schema(Shape shape) {
        return new Schema(shape, DataType.FLOAT32, List.of("a", "b"));
    }

    private static TensorSpec input(int... sizes) {
        List<Integer> all = new ArrayList<>(List.of(TensorSpec.OPEN));
        for (int size : sizes) {
            all.add(size);
        }
        return new TensorSpec("x", ElementType.FLOAT32, all);
    }
}
