package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.SettingException;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Column.TextColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.ImageEncoder.Layout;
import io.retort.network.Shape;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorEncoderTest implements EncoderContract {
    private static final EncoderSettings AS_IT_IS =
            new TensorEncoder.Settings(List.of(), 1, List.of(), List.of(), Layout.AUTO);

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
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(columns, input(3)), row))
                .containsExactly(2, 6, 10);
        EncoderSettings standardised =
                new TensorEncoder.Settings(List.of(), 2, List.of(1.0, 2.0, 3.0), List.of(1.0, 0.5, 4.0), Layout.AUTO);
        assertThat(EncoderContract.encoded(standardised.encoder(columns, input(3)), row))
                .containsExactly(0, 2, 0.5f);
    }

    @Test
    void picksColumnsAndSingleValuesByName() {
        NumberColumn table = new NumberColumn("features", DataType.FLOAT32, Shape.vector(3), List.of("a", "b", "c"));
        NumberColumn price = new NumberColumn("price", DataType.FLOAT32, Shape.vector(1), List.of());
        Schema schema = new Schema(
                List.of(table, price, new TextColumn("city")),
                new Target.ClassTarget(List.of("no", "yes")),
                new InputEncoder.Numbers(table));
        RowBatch rows = new RowBatch() {
            @Override
            public int size() {
                return 2;
            }

            @Override
            public long id(int row) {
                return row;
            }

            @Override
            public boolean hasLabel(int row) {
                return false;
            }

            @Override
            public float[] input() {
                return numbers("features");
            }

            @Override
            public float[] numbers(String column) {
                return column.equals("price") ? new float[] {100, 200} : new float[] {1, 2, 3, 4, 5, 6};
            }

            @Override
            public String text(String column, int row) {
                return column + row;
            }
        };
        assertThat(row(settings("price", "c", "a").encoder(schema, input(3)), rows, 1))
                .containsExactly(200, 6, 4);
        assertThat(row(settings("features").encoder(schema, input(3)), rows, 1)).containsExactly(4, 5, 6);
        TensorSpec b = new TensorSpec("b", ElementType.FLOAT32, List.of(-1, 1));
        assertThat(row(AS_IT_IS.encoder(schema, b), rows, 0))
                .as("the value that is called as the input")
                .containsExactly(2);
        assertThatThrownBy(() -> AS_IT_IS.encoder(schema, input(1)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("columns missing")
                .hasMessageContaining("the values a, b, c of features")
                .hasMessageContaining("city (text)");
        assertThatThrownBy(() -> settings("town").encoder(schema, input(1)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("no column of numbers 'town'");
        assertThatThrownBy(() -> new TextEncoder.Settings(List.of())
                        .encoder(schema, new TensorSpec("x", ElementType.STRING, List.of(-1, 1))))
                .as("the only text need not be meant where there are other columns")
                .hasMessageStartingWith("columns missing");
        Encoder texts = new TextEncoder.Settings(List.of())
                .encoder(schema, new TensorSpec("city", ElementType.STRING, List.of(-1, 1)));
        BatchTensor tensor = new BatchTensor(ElementType.STRING, texts.sizes(), 2);
        texts.work().encode(rows, 1, tensor, 1);
        assertThat(tensor.texts(1, 1)).containsExactly("city1");
        assertThatThrownBy(() -> new TextEncoder.Settings(List.of()).encoder(schema, input(1)))
                .hasMessageStartingWith("kind must be tensor or image");
        assertThatThrownBy(() -> new TextEncoder.Settings(List.of("city", "city"))
                        .encoder(schema, new TensorSpec("x", ElementType.STRING, List.of(-1, 1))))
                .hasMessageStartingWith("columns are 2");
    }

    private static EncoderSettings settings(String... columns) {
        return new TensorEncoder.Settings(List.of(columns), 1, List.of(), List.of(), Layout.AUTO);
    }

    private static float[] row(Encoder encoder, RowBatch rows, int row) {
        BatchTensor tensor = new BatchTensor(ElementType.FLOAT32, encoder.sizes(), 1);
        encoder.work().encode(rows, row, tensor, 0);
        float[] values = new float[tensor.rowElements()];
        tensor.bytes(0, 1).asFloatBuffer().get(values);
        return values;
    }

    @Test
    void laysChannelsWhereTheInputHasThem() {
        float[] row = {1, 2, 3, 4, 5, 6};
        Schema image = schema(Shape.image(2, 1, 3));
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(2, 1, 3)), row))
                .containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(1, 3, 2)), row))
                .containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(EncoderContract.encoded(AS_IT_IS.encoder(image, input(6)), row))
                .containsExactly(1, 2, 3, 4, 5, 6);
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
