package io.retort.engine.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Column;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.encode.TableInput;
import io.retort.data.encode.TableInput.TableModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.TableEncoding;
import io.retort.network.TableEncoding.Category;
import io.retort.network.TableEncoding.Numeric;
import io.retort.predict.Predictor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RawColumnsTest {
    private static final List<String> CLASSES = List.of("no", "yes");

    /** A column is called as the network's output is. */
    private static final TableEncoding MIXED = new TableEncoding(
            List.of(new Numeric("age", 40, 10, true), new Numeric("logits", 1.5, 0.25, false)),
            List.of(new Category("city", List.of("Rome", "", "Ulm")), new Category("job", List.of("cook"))));

    private static final float NONE = Float.NaN;

    @Test
    void takesTheColumnsAndComputesTheSame() {
        float[] numbers = {31, 1.7f, NONE, 1.2f, 55, NONE, NONE, NONE};
        requireSame(MIXED, numbers, Map.of("city", new String[] {"Rome", "Oslo", null, "Ulm"}, "job", new String[] {
            "", "cook", "cook", "Cook"
        }));
    }

    @Test
    void takesATableOfNumbersAloneAndOneOfCategoriesAlone() {
        TableEncoding numbers = new TableEncoding(MIXED.numbers(), List.of());
        requireSame(numbers, new float[] {31, 1.7f, NONE, NONE}, Map.of());
        TableEncoding categories = new TableEncoding(List.of(), MIXED.categories());
        requireSame(categories, new float[0], Map.of("city", new String[] {"Ulm"}, "job", new String[] {"judge"}));
    }

    @Test
    void namesItsInputsAsTheColumns() {
        try (OnnxPredictor model = OnnxPredictor.open(RawColumns.before(encoded(MIXED), MIXED), 1)) {
            assertThat(model.inputs())
                    .extracting(TensorSpec::describe)
                    .containsExactly(
                            "float32 [batch, 1]", "float32 [batch, 1]", "string [batch, 1]", "string [batch, 1]");
            assertThat(model.inputs())
                    .extracting(TensorSpec::name)
                    .containsExactly("age", "column/logits", "city", "job");
        }
    }

    @Test
    void isTakenOffAgain() {
        byte[] model = encoded(MIXED);
        assertThat(RawColumns.without(RawColumns.before(model, MIXED), MIXED)).isEqualTo(model);
    }

    private static byte[] encoded(TableEncoding table) {
        Structure structure = Structure.from(Shape.vector(table.width()))
                .then("hidden", new Layer.Dense(5, Layer.Bias.PER_CHANNEL))
                .then("relu", new Layer.Activate(Layer.Activate.Function.RELU))
                .then("logits", new Layer.Dense(2, Layer.Bias.PER_CHANNEL))
                .build()
                .withScaling(table.standardisation())
                .withSignature(new Signature(table.columns(), CLASSES, Optional.of(table)));
        return OnnxModel.bytes(Network.initialised(structure, 3), CLASSES, Map.of());
    }

    private static void requireSame(TableEncoding table, float[] numbers, Map<String, String[]> texts) {
        TableInput input = new TableInput(table, true);
        List<Column> columns = input.rowColumns();
        List<Rows.Values> values = columns.stream()
                .map(column -> column instanceof Column.NumberColumn
                        ? new Rows.NumberValues(
                                stored(numbers), Float.BYTES * table.numbers().size())
                        : (Rows.Values) new Rows.TextValues(texts.get(column.name())))
                .toList();
        int count = values.get(0).rows();
        Rows rows = new Rows(columns, new long[count], Labels.ofClasses(new int[count]), values);
        Schema schema = new Schema(columns, new Target.ClassTarget(CLASSES), input);
        byte[] model = encoded(table);
        try (OnnxSession session = OnnxSession.open(model, 1);
                TableModel raw = new TableModel(OnnxPredictor.open(RawColumns.before(model, table), 1), table)) {
            ShownRows shown = new ShownRows(schema, rows, View.plain());
            float[] expected = session.logits(shown.input(), count);
            assertThat(raw.predict(shown)).containsExactly(expected);
            assertThat(expected).doesNotContain(Float.NaN);
        }
    }

    private static byte[] stored(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }
}
