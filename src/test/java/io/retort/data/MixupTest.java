package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Column.NumberColumn;
import io.retort.data.ViewSettings.Flip;
import io.retort.data.encode.TableInput;
import io.retort.data.shard.ShardRows;
import io.retort.network.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixupTest {
    private static final int COUNT = 4000;

    /** Row i has the values i and 0, and the label i where labels are numbers, and else the class i mod 2. */
    private static Rows rows(Schema schema) {
        boolean areNumbers = schema.target().kind() == LabelColumns.Kind.NUMBERS;
        float[] labels = new float[COUNT];
        float[] values = new float[2 * COUNT];
        for (int i = 0; i < COUNT; i++) {
            labels[i] = areNumbers ? i : i % 2;
            values[2 * i] = schema.element() == DataType.UINT8 ? i % 256 : i;
        }
        byte[] stored = new byte[values.length * schema.element().bytes()];
        schema.element().encode(values, 0, stored, 0, values.length);
        return new Rows(
                schema.columns(),
                IntStream.range(0, COUNT).mapToLong(i -> 3L * i).toArray(),
                new Labels(labels, 1),
                List.of(new Rows.NumberValues(stored, schema.featureBytes())));
    }

    private static Schema schema(Target target) {
        return new Schema(Shape.vector(2), DataType.FLOAT32, target);
    }

    private static final Schema NUMBERS = schema(new Target.NumberTarget(List.of("y")));
    private static final Schema CLASSES = schema(new Target.ClassTarget(List.of("even", "odd")));

    private static View view(double alpha, long seed, int index) {
        return new ViewSettings(0, Flip.NONE, 0, 0, Optional.of(alpha), index + 1)
                .views(seed, NUMBERS)
                .get(index);
    }

    private static float[] first(Samples samples) {
        float[] values = new float[samples.count()];
        float[] row = new float[2];
        for (int i = 0; i < values.length; i++) {
            samples.copyFeatures(i, row, 0);
            values[i] = row[0];
        }
        return values;
    }

    private static Samples whole(Schema schema, View view) {
        int[] all = IntStream.range(0, COUNT).toArray();
        return new ShardRows(schema, "key", rows(schema), all, rows(schema)).samples(view);
    }

    /** Numbers are mixed as the values are, so that the label of row i, which is i, shows λ and the partner. */
    @Test
    void mixesValuesAndNumbersInTheSameShares() {
        Samples samples = whole(NUMBERS, view(1, 1, 0));
        assertThat(samples.labels().values()).containsExactly(first(samples), within(0.01f));
        double mean = 0;
        for (float value : first(samples)) {
            mean += value / COUNT;
        }
        assertThat(mean).isCloseTo(COUNT / 2.0, within(60.0));
    }

    /** The variance of Beta(α, α) is 1 / (4 (2α + 1)). */
    @Test
    void drawsSharesFromTheBetaDistribution() {
        for (double alpha : List.of(0.2, 0.5, 1.0)) {
            // rows whose id is 0, in a shard of two rows 0 and 1: x is 0, or 1 − λ where the partner is the other
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (int seed = 0; seed < 20_000; seed++) {
                Rows two = rows(NUMBERS).rows(0, 1);
                byte[] shown = view(alpha, seed, 0)
                        .shown(List.of(Schema.FEATURES), two)
                        .numbers(Schema.FEATURES);
                float[] values = new float[4];
                DataType.FLOAT32.decode(shown, 0, values, 0, 4);
                if (values[0] > 0) {
                    sum += values[0];
                    squares += values[0] * values[0];
                    count++;
                }
            }
            double mean = sum / count;
            assertThat(count).isBetween(9_000, 11_000);
            assertThat(mean).isCloseTo(0.5, within(0.02));
            assertThat(squares / count - mean * mean).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.005));
        }
    }

    @Test
    void takesAClassByItsShare() {
        View view = view(1, 1, 0);
        Samples mixed = whole(CLASSES, view);
        int[] classes = mixed.labels().classes();
        int changed = 0;
        for (int i = 0; i < COUNT; i++) {
            changed += classes[i] == i % 2 ? 0 : 1;
        }
        // half of the partners are of the other class, and half of these give the label
        assertThat(changed / (double) COUNT).isCloseTo(0.25, within(0.03));
    }

    @Test
    void showsNoLabelThatTheDataSetHasNot() {
        View view = view(1, 1, 0);
        int[] even = IntStream.range(0, COUNT / 2).map(i -> 2 * i).toArray();
        Rows own = rows(CLASSES).rows(even);
        Samples samples = new ShardRows(CLASSES, "key", rows(CLASSES), even, own).samples(view);
        int[] classes = samples.labels().classes();
        assertThat(classes).containsOnly(0, Labels.NONE);
        assertThat(Arrays.stream(classes).filter(label -> label == Labels.NONE).count() / (double) classes.length)
                .isCloseTo(0.25, within(0.04));
        // the values are those that the whole shard gives, as the teacher sees them
        float[] all = first(whole(CLASSES, view));
        float[] some = first(samples);
        for (int i = 0; i < even.length; i++) {
            assertThat(some[i]).isEqualTo(all[even[i]]);
        }
    }

    @Test
    void pixelsStayWholeAndMoveAfterwards() {
        Schema images = new Schema(Shape.image(1, 1, 2), DataType.UINT8, List.of("even", "odd"));
        View view = new ViewSettings(0, Flip.HORIZONTAL, 0, 0, Optional.of(0.5), 1)
                .views(1, images)
                .get(0);
        ShownRows shown = new ShownRows(images, rows(images), view);
        float[] teacher = shown.input();
        Samples samples = whole(images, view);
        float[] student = new float[teacher.length];
        for (int i = 0; i < COUNT; i++) {
            view.copy(samples, i, student, i);
        }
        assertThat(student).isEqualTo(teacher);
        int mirrored = 0;
        for (int i = 0; i < COUNT; i++) {
            assertThat(student[2 * i]).isEqualTo((float) Math.rint(student[2 * i]));
            mirrored += student[2 * i + 1] > 0 ? 1 : 0;
        }
        assertThat(mirrored / (double) COUNT).isCloseTo(0.5, within(0.04));
    }

    @Test
    void isTheSameForAllWhoLookAndAnotherForEachSettingSeedAndIndex() {
        assertThat(first(whole(NUMBERS, view(0.2, 1, 0)))).isEqualTo(first(whole(NUMBERS, view(0.2, 1, 0))));
        assertThat(List.of(view(0.2, 1, 0), view(0.3, 1, 0), view(0.2, 2, 0), view(0.2, 1, 1)).stream()
                        .map(View::fingerprint)
                        .toList())
                .doesNotHaveDuplicates();
        assertThat(first(whole(NUMBERS, view(0.2, 1, 0)))).isNotEqualTo(first(whole(NUMBERS, view(0.2, 1, 1))));
    }

    @Test
    void refusesWhatCannotBeMixed() {
        for (double alpha : List.of(0.0, 1.1, Double.NaN)) {
            assertThatThrownBy(() -> new ViewSettings(0, Flip.NONE, 0, 0, Optional.of(alpha), 1))
                    .hasMessage("mixup must be in [0.05, 1], or left out, was " + alpha);
        }
        TableInput table = TableInput.unfitted(List.of("a"), List.of("city"));
        Schema categories = new Schema(table.rowColumns(), CLASSES.target(), table);
        ViewSettings settings = new ViewSettings(0, Flip.NONE, 0, 0, Optional.of(0.2), 1);
        assertThatThrownBy(() -> settings.views(1, categories)).hasMessageContaining("texts or categories");
        assertThat(settings.views(
                        1,
                        new Schema(
                                new NumberColumn("x", DataType.FLOAT32, Shape.vector(2), List.of()), CLASSES.target())))
                .hasSize(1);
    }
}
