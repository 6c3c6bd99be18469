package io.retort.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.data.shard.ShardRows;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A row of which a network and its teacher name different classes.
 *
 * @param id as a text, for it has 64 bits
 * @param label the index of its class; -1 where it has no label
 * @param teacher the class that the teacher names, {@code teacherConfidence} the probability that it gives it
 * @param student the class that the network names, {@code studentConfidence} likewise
 * @param shown the row itself
 */
public record Disagreement(
        String id,
        int label,
        int teacher,
        double teacherConfidence,
        int student,
        double studentConfidence,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) ShownRow shown)
        implements Serializable {
    private static final Comparator<Disagreement> SUREST_FIRST = Comparator.comparingDouble(
                    (Disagreement one) -> -one.teacherConfidence * one.studentConfidence)
            .thenComparing(Disagreement::id);

    /** The surest of some, those with the greatest product of both confidences, at most so many. */
    static List<Disagreement> surest(List<Disagreement> all, int most) {
        return all.stream().sorted(SUREST_FIRST).limit(most).toList();
    }

    /**
     * The surest of a shard's rows.
     *
     * @param answers of the network and the teacher, logits
     */
    static List<Disagreement> surest(ShardRows rows, AnsweredRows answers, int most) {
        record Place(int row, Disagreement found) {}
        return IntStream.range(0, answers.rows())
                .filter(row -> named(answers.outputs(), row, answers) != named(answers.teacherOutputs(), row, answers))
                .mapToObj(row -> new Place(row, of(rows, answers, row)))
                .sorted(Comparator.comparing(Place::found, SUREST_FIRST))
                .limit(most)
                .map(place -> place.found()
                        .with(ShownRow.of(rows.schema(), rows.rows().rows(place.row()))))
                .toList();
    }

    private static int named(float[] logits, int row, AnsweredRows answers) {
        return Prediction.greatest(logits, row * answers.classes(), answers.classes());
    }

    private static Disagreement of(ShardRows rows, AnsweredRows answers, int row) {
        int student = named(answers.outputs(), row, answers);
        int teacher = named(answers.teacherOutputs(), row, answers);
        return new Disagreement(
                Long.toString(rows.rows().ids()[row]),
                answers.labels().classOf(row),
                teacher,
                answers.teacherProbabilities(row)[teacher],
                student,
                answers.probabilities(row)[student],
                ShownRow.NOTHING);
    }

    private Disagreement with(ShownRow row) {
        return new Disagreement(id, label, teacher, teacherConfidence, student, studentConfidence, row);
    }
}
