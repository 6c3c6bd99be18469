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
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableViewTest {
    private static final int COUNT = 2000;
    private static final TableInput INPUT = TableInput.unfitted(List.of("a", "b"), List.of("city"));
    private static final Schema SCHEMA =
            new Schema(INPUT.rowColumns(), new Target.ClassTarget(List.of("0", "1")), INPUT);
    private static final Rows ROWS = rows();

    /** A column about 1,000 with the deviation 10, a tenth of it missing; one of 0 to 4; cities of a few names. */
    private static Rows rows() {
        SplittableRandom random = new SplittableRandom(1);
        float[] numbers = new float[2 * COUNT];
        String[] cities = new String[COUNT];
        long[] ids = new long[COUNT];
        for (int row = 0; row < COUNT; row++) {
            ids[row] = 7L * row;
            numbers[2 * row] = row % 10 == 0 ? Float.NaN : (float) (1000 + 10 * random.nextGaussian());
            numbers[2 * row + 1] = random.nextInt(5);
            cities[row] = row % 7 == 0 ? null : List.of("Rome", "Oslo", "Ulm").get(random.nextInt(3));
        }
        byte[] stored = new byte[numbers.length * Float.BYTES];
        DataType.FLOAT32.encode(numbers, 0, stored, 0, numbers.length);
        return new Rows(
                SCHEMA.columns(),
                ids,
                Labels.ofClasses(new int[COUNT]),
                List.of(new Rows.NumberValues(stored, 2 * Float.BYTES), new Rows.TextValues(cities)));
    }

    private static View view(double resample, double noise, long seed, int index) {
        return new ViewSettings(0, Flip.NONE, resample, noise, Optional.empty(), index + 1)
                .views(seed, SCHEMA)
                .get(index);
    }

    private static Rows shown(View view) {
        return view.shown(SCHEMA.input().columns(), ROWS);
    }

    private static float[] numbers(Rows rows, int column) {
        float[] all = INPUT.numbers(rows);
        float[] own = new float[rows.count()];
        for (int row = 0; row < own.length; row++) {
            own[row] = all[2 * row + column];
        }
        return own;
    }

    private static double changed(float[] before, float[] after) {
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            changed += Float.compare(before[i], after[i]) == 0 ? 0 : 1;
        }
        return (double) changed / before.length;
    }

    @Test
    void drawsValuesAnewFromTheirOwnColumns() {
        Rows shown = shown(view(0.3, 0, 1, 0));
        float[] before = numbers(ROWS, 1);
        float[] after = numbers(shown, 1);
        // 0.3 of them are drawn, of which a fifth are the same again
        assertThat(changed(before, after)).isCloseTo(0.3 * 0.8, within(0.04));
        assertThat(Set.of(0f, 1f, 2f, 3f, 4f)).containsAll(boxed(after));
        assertThat(changed(numbers(ROWS, 0), numbers(shown, 0))).isCloseTo(0.3, within(0.04));
        assertThat(missing(numbers(shown, 0))).isCloseTo(0.1, within(0.03));
        String[] cities = shown.texts("city");
        assertThat(cities).containsOnly("Rome", "Oslo", "Ulm", null);
        assertThat(Arrays.equals(cities, ROWS.texts("city"))).isFalse();
        assertThat(shown.ids()).isEqualTo(ROWS.ids());
        assertThat(shown.labels()).isEqualTo(ROWS.labels());
    }

    @Test
    void addsNoiseByTheDeviationOfAColumn() {
        float[] before = numbers(ROWS, 0);
        float[] after = numbers(shown(view(0, 0.5, 1, 0)), 0);
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int row = 0; row < COUNT; row++) {
            assertThat(Float.isNaN(after[row])).isEqualTo(Float.isNaN(before[row]));
            if (!Float.isNaN(before[row])) {
                double added = after[row] - before[row];
                sum += added;
                squares += added * added;
                count++;
            }
        }
        assertThat(sum / count).isCloseTo(0, within(0.4));
        assertThat(Math.sqrt(squares / count)).isCloseTo(0.5 * 10, within(0.3));
        assertThat(shown(view(0, 0.5, 1, 0)).texts("city")).isEqualTo(ROWS.texts("city"));
    }

    @Test
    void isTheSameForAllWhoLookAndAnotherForEachSeedAndIndex() {
        String first = shown(view(0.1, 0.1, 1, 0)).key();
        assertThat(shown(view(0.1, 0.1, 1, 0)).key()).isEqualTo(first);
        assertThat(List.of(
                        first,
                        ROWS.key(),
                        shown(view(0.1, 0.1, 2, 0)).key(),
                        shown(view(0.1, 0.1, 1, 1)).key(),
                        shown(view(0.2, 0.1, 1, 0)).key(),
                        shown(view(0.1, 0.2, 1, 0)).key()))
                .doesNotHaveDuplicates();
        assertThat(List.of(
                        View.plain().fingerprint(),
                        view(0.1, 0.1, 1, 0).fingerprint(),
                        view(0.1, 0.1, 2, 0).fingerprint(),
                        view(0.1, 0.1, 1, 1).fingerprint(),
                        view(0.2, 0.1, 1, 0).fingerprint(),
                        view(0.1, 0.2, 1, 0).fingerprint()))
                .doesNotHaveDuplicates();
        assertThat(View.plain().shown(SCHEMA.input().columns(), ROWS)).isSameAs(ROWS);
    }

    /** A model of columns and a network read the same rows. */
    @Test
    void showsNetworksAndOtherModelsTheSame() {
        View view = view(0.5, 0.5, 1, 0);
        ShownRows rows = new ShownRows(SCHEMA, ROWS, view);
        byte[] encoded = SCHEMA.input().encode(shown(view));
        float[] expected = new float[COUNT * SCHEMA.shape().elements()];
        DataType.FLOAT32.decode(encoded, 0, expected, 0, expected.length);
        assertThat(rows.input()).isEqualTo(expected);
        assertThat(rows.numbers(Schema.FEATURES)).isEqualTo(INPUT.numbers(shown(view)));
        assertThat(rows.text("city", 3)).isEqualTo(shown(view).texts("city")[3]);
        int[] some = {1999, 4, 5}; // of which a data set has these rows
        Samples samples = new ShardRows(SCHEMA, "key", ROWS, some, ROWS.rows(some)).samples(view);
        float[] read = new float[SCHEMA.shape().elements()];
        samples.copyFeatures(0, read, 0);
        assertThat(read).containsExactly(Arrays.copyOfRange(expected, 1999 * read.length, 2000 * read.length));
        assertThat(samples.ids()).containsExactly(7L * 1999, 7L * 4, 7L * 5);
    }

    @Test
    void refusesWhatHasNoColumnsOfNumbers() {
        ViewSettings settings = new ViewSettings(0, Flip.NONE, 0.1, 0.1, Optional.empty(), 2);
        assertThatThrownBy(() -> settings.views(1, Shape.image(1, 8, 8))).hasMessageContaining("are for tables");
        Schema bytes = new Schema(new NumberColumn("x", DataType.UINT8, Shape.vector(2), List.of()), SCHEMA.target());
        assertThatThrownBy(() -> settings.views(1, bytes)).hasMessageContaining("element = float32");
        assertThatThrownBy(() -> new ViewSettings(0, Flip.NONE, 1.5, 0, Optional.empty(), 1))
                .hasMessageContaining("resample");
        assertThatThrownBy(() -> new ViewSettings(0, Flip.NONE, 0, -1, Optional.empty(), 1))
                .hasMessageContaining("noise");
    }

    private static double missing(float[] values) {
        int missing = 0;
        for (float value : values) {
            missing += Float.isNaN(value) ? 1 : 0;
        }
        return (double) missing / values.length;
    }

    private static List<Float> boxed(float[] values) {
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return List.of(boxed);
    }
}
