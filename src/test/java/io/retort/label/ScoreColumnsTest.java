package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Column.TextColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.engine.Softmax;
import io.retort.network.Shape;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.RowBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreColumnsTest {
    private static final List<String> COLUMNS = List.of("places", "scores");
    private static final NumberColumn FEATURES = numbers("features", 1);
    private static final double FLOOR = 1e-6;

    @Test
    void theRestOfTheMassIsSpreadEvenly() {
        // places 2 and 0 have 0.5 and 0.3; the remaining 0.2 falls to the classes 1 and 3
        ScoreColumns scores = top(OutputKind.PROBABILITIES);
        RowBatch rows = rows(new float[] {2, 0}, new float[] {0.5f, 0.3f}, "");
        assertThat(ask(scores.raw(), rows)).containsExactly(new float[] {0.3f, 0.1f, 0.5f, 0.1f}, within(1e-6f));
        assertThat(ask(scores.keptMass().orElseThrow(), rows)).containsExactly(new float[] {0.8f}, within(1e-6f));
        RowBatch logs = rows(new float[] {2, 0}, new float[] {(float) Math.log(0.5), (float) Math.log(0.3)}, "");
        assertThat(ask(top(OutputKind.LOG_PROBABILITIES), logs))
                .containsExactly(
                        new float[] {
                            (float) Math.log(0.3), (float) Math.log(0.1), (float) Math.log(0.5), (float) Math.log(0.1)
                        },
                        within(1e-5f));
    }

    @Test
    void refusesPlacesAndValuesThatAreNone() {
        refuses(
                new float[] {2, 2},
                new float[] {0.5f, 0.3f},
                "must be different whole numbers from 0 to 3, were [2.0, 2.0]");
        refuses(new float[] {2, 4}, new float[] {0.5f, 0.3f}, "from 0 to 3, were [2.0, 4.0]");
        refuses(new float[] {2, 0.5f}, new float[] {0.5f, 0.3f}, "from 0 to 3, were [2.0, 0.5]");
        refuses(new float[] {2, 0}, new float[] {-0.1f, 0.3f}, "must be probabilities, were [-0.1, 0.3]");
        refuses(new float[] {2, 0}, new float[] {0.9f, 0.3f}, "of at most 1 together, were [0.9, 0.3]");
    }

    private static void refuses(float[] places, float[] values, String message) {
        assertThatThrownBy(() -> ask(top(OutputKind.PROBABILITIES), rows(places, values, "")))
                .hasMessageStartingWith("the scores of row 77, columns [places, scores]: ")
                .hasMessageContaining(message);
    }

    /** Logits (2, 4) and their softmax at temperature 4, which is that of (0.5, 1). */
    @Test
    void scoresOfATemperatureAreTakenBackToLogits() {
        float[] divided = {0.5f, 1};
        double p = 1 / (1 + Math.exp(0.5));
        float[] softened = {(float) p, (float) (1 - p)};
        double hard = 1 / (1 + Math.exp(2));
        assertThat(probability(OutputKind.LOGITS, divided, 4)).isCloseTo(hard, within(1e-6));
        assertThat(probability(OutputKind.PROBABILITIES, softened, 4)).isCloseTo(hard, within(1e-6));
        assertThat(probability(
                        OutputKind.LOG_PROBABILITIES, new float[] {(float) Math.log(p), (float) Math.log(1 - p)}, 4))
                .isCloseTo(hard, within(1e-6));
        assertThat(probability(OutputKind.PROBABILITIES, softened, 1)).isCloseTo(p, within(1e-6));
    }

    /** Of the first class, at temperature 1. */
    private static double probability(OutputKind kind, float[] scores, double temperature) {
        Scores whole = new Scores.Whole(List.of("scores"), NumberPicks.of(schema(), List.of("scores")), kind);
        float[] logits = ask(new ScoreColumns(whole, List.of(), FLOOR, temperature), rows(new float[2], scores, ""));
        return Softmax.rows(new double[] {logits[0], logits[1]}, 2, 1)[0];
    }

    @Test
    void aClassIsCertainUpToTheFloorAndOthersAreRefused() {
        Scores said = new Scores.OneClass("said", Scores.OneClass.ColumnKind.TEXT, List.of("no", "yes"));
        ScoreColumns scores = new ScoreColumns(said, List.of(), FLOOR, 1);
        assertThat(ask(scores, rows(new float[2], new float[2], "yes"))).containsExactly((float) Math.log(FLOOR), 0);
        assertThatThrownBy(() -> ask(scores, rows(new float[2], new float[2], "maybe")))
                .hasMessage(
                        "the scores of row 77, columns [said]: must be a class index from 0 to 1 or one of the class"
                                + " names [no, yes], was maybe");
        assertThatThrownBy(() -> ask(scores, rows(new float[2], new float[2], null)))
                .hasMessageEndingWith(", was empty");
    }

    @Test
    void theFingerprintIsThatOfAllThatChangesLabels() {
        Scores whole = whole(OutputKind.PROBABILITIES);
        ScoreColumns one = new ScoreColumns(whole, List.of(), FLOOR, 1);
        assertThat(List.of(
                                one,
                                new ScoreColumns(whole, List.of(1, 0), FLOOR, 1),
                                new ScoreColumns(whole, List.of(), 1e-3, 1),
                                new ScoreColumns(whole, List.of(), FLOOR, 2),
                                new ScoreColumns(whole(OutputKind.LOG_PROBABILITIES), List.of(), FLOOR, 1))
                        .stream()
                        .map(ScoreColumns::fingerprint))
                .doesNotHaveDuplicates();
        assertThat(new ScoreColumns(whole(OutputKind.LOGITS), List.of(), FLOOR, 1).fingerprint())
                .isEqualTo(new ScoreColumns(whole(OutputKind.LOGITS), List.of(), 1e-3, 1).fingerprint());
    }

    private static Scores whole(OutputKind kind) {
        return new Scores.Whole(List.of("scores"), NumberPicks.of(schema(), List.of("scores")), kind);
    }

    private static ScoreColumns top(OutputKind kind) {
        Scores top = new Scores.Top(
                COLUMNS,
                NumberPicks.of(schema(), List.of("places")),
                NumberPicks.of(schema(), List.of("scores")),
                kind,
                4);
        return new ScoreColumns(top, List.of(), FLOOR, 1);
    }

    private static float[] ask(ModelHandle handle, RowBatch rows) {
        return handle.open(1).predict(rows);
    }

    private static Schema schema() {
        List<Column> columns = List.of(FEATURES, numbers("places", 2), numbers("scores", 2), new TextColumn("said"));
        return new Schema(
                columns, new Target.ClassTarget(List.of("a", "b", "c", "d")), new InputEncoder.Numbers(FEATURES));
    }

    private static NumberColumn numbers(String name, int width) {
        return new NumberColumn(name, DataType.FLOAT32, Shape.vector(width), List.of());
    }

    private static ShownRows rows(float[] places, float[] scores, String said) {
        Rows rows = new Rows(
                schema().columns(),
                new long[] {77},
                Labels.ofClasses(0),
                List.of(stored(new float[1]), stored(places), stored(scores), new Rows.TextValues(new String[] {said
                })));
        return new ShownRows(schema(), rows, View.plain());
    }

    private static Rows.NumberValues stored(float[] values) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        DataType.FLOAT32.encode(values, 0, bytes, 0, values.length);
        return new Rows.NumberValues(bytes, bytes.length);
    }
}
