package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.Labels;
import io.retort.data.Target;
import io.retort.data.encode.PrincipalComponents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Metrics of vectors and their reduction, against what numpy gives for the same vectors (make_vectors.py). */
class EmbeddingTaskTest {
    private static final Target VECTORS = new Target.EmbeddingTarget(6, List.of("a", "b", "c"));
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(128, 2, 15, 12);

    private final JsonNode expected = expected();
    private final float[] teacher = vectors("teacher");
    private final float[] student = vectors("student");
    private final Labels labels =
            Labels.ofClasses(StreamSupport.stream(expected.at("/classes").spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray());

    @Test
    void tallyHasTheFiguresOfNumpy() {
        Task.Accumulator all = Task.of(VECTORS).tally(SETTINGS);
        for (int[] part : new int[][] {{0, 11}, {11, 30}}) {
            Task.Accumulator some = Task.of(VECTORS).tally(SETTINGS);
            some.add(
                    Arrays.copyOfRange(student, 6 * part[0], 6 * part[1]),
                    Arrays.copyOfRange(teacher, 6 * part[0], 6 * part[1]),
                    Labels.ofClasses(labels.classes(part[0], part[1] - part[0])));
            all.add(some);
        }
        Map<String, Double> metrics = all.evaluation().metrics();
        assertThat(metrics).containsOnlyKeys("agreement", "cosine", "mean-squared-error");
        assertThat(metrics.get("cosine")).isCloseTo(number("cosine"), within(1e-6));
        assertThat(metrics.get("mean-squared-error")).isCloseTo(number("mean-squared-error"), within(1e-6));
        assertThat(Task.of(VECTORS).score(student, teacher, labels)).isEqualTo(metrics.get("cosine"));
        assertThat(Task.of(VECTORS).divergence(all.evaluation())).isEqualTo(metrics.get("mean-squared-error"));
    }

    @Test
    void neighboursAreThoseOfNumpy() {
        Map<String, Double> metrics = Task.of(VECTORS).comparing(new AnsweredRows(6, student, teacher, labels));
        assertThat(metrics).containsOnlyKeys("constant-cosine", "neighbour-accuracy", "recall-at-10");
        metrics.forEach((name, value) -> assertThat(value).as(name).isCloseTo(number(name), within(1e-6)));
    }

    @Test
    void rowsWithoutLabelAreNoNeighboursOfOthersByClass() {
        float[] twice = new float[2 * student.length];
        System.arraycopy(student, 0, twice, 0, student.length);
        System.arraycopy(
                student, 0, twice, student.length, student.length); // each is its own nearest, and has no label
        float[] values = Arrays.copyOf(labels.values(), 60);
        Arrays.fill(values, 30, 60, Float.NaN);
        AnsweredRows rows = new AnsweredRows(6, twice, twice, new Labels(values, 1));
        assertThat(Task.of(VECTORS).comparing(rows).get("neighbour-accuracy"))
                .isCloseTo(number("neighbour-accuracy"), within(1e-12));
    }

    @Test
    void tooFewRowsHaveNoNeighbours() {
        assertThat(Task.of(VECTORS).comparing(new AnsweredRows(6, new float[60], new float[60], labels.rows(range()))))
                .isEmpty();
    }

    @Test
    void vectorsAgreeWhereTheyPointTheSameWay() {
        Task task = Task.of(new Target.EmbeddingTarget(2, List.of()));
        assertThat(task.agree(new float[] {3, 4}, new float[] {6, 8.1f}, 0)).isTrue();
        assertThat(task.agree(new float[] {3, 4}, new float[] {4, 3}, 0)).isFalse();
        assertThat(task.score(new float[] {0, 0, 1, 0}, new float[] {1, 0, 1, 0}, Labels.ofClasses(-1, -1)))
                .as("a vector of zeros points nowhere")
                .isEqualTo(0.5);
    }

    @Test
    void principalComponentsAreThoseOfNumpy() {
        PrincipalComponents components =
                PrincipalComponents.of(teacher, 6, expected.at("/dimension").asInt());
        assertThat(components.kept()).isCloseTo(number("kept"), within(1e-6));
        float[] reduced = components.of(teacher);
        float[] wanted = vectors("reduced");
        assertThat(reduced).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(reduced[i]).isCloseTo(wanted[i], within(1e-4f));
        }
    }

    private static int[] range() {
        return new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    }

    private double number(String name) {
        return expected.path(name).asDouble();
    }

    private float[] vectors(String name) {
        double[] values = StreamSupport.stream(expected.path(name).spliterator(), false)
                .flatMap(row -> StreamSupport.stream(row.spliterator(), false))
                .mapToDouble(JsonNode::asDouble)
                .toArray();
        float[] vectors = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            vectors[i] = (float) values[i];
        }
        return vectors;
    }

    private static JsonNode expected() {
        try {
            return new ObjectMapper()
                    .readTree(Path.of("src/test/resources/tasks/vectors.json").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
