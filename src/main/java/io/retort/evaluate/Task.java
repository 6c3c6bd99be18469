package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.evaluate.TaughtTask.ImitationTask;
import java.io.Serializable;
import java.util.Map;

/**
 * What networks are to do, which follows from the {@link Target} of the data alone: what is measured of them, and by
 * which figure they are chosen, compared and judged.
 *
 * <p>This is the one place where the kind of the target decides. Floors of compression, sensitivity scans, the gain and
 * its verdict all go by {@link #score}, whatever it is; what is private to one task, such as classes and their
 * confusion, stays in the class of that task.
 */
public interface Task extends Serializable {
    /** A metric of classes. */
    String DIVERGENCE = "teacher-divergence";

    /** The task of a target. */
    static Task of(Target target) {
        return target.accept(new Target.Visitor<>() {
            @Override
            public Task none(Target.NoTarget none) {
                return new ImitationTask(none.outputs());
            }

            @Override
            public Task oneClass(Target.ClassTarget classes) {
                return new ClassTask(classes.outputs());
            }

            @Override
            public Task severalClasses(Target.MultiLabelTarget classes) {
                return new MultiLabelTask(classes.outputs());
            }

            @Override
            public Task numbers(Target.NumberTarget numbers) {
                return new NumberTask(numbers.names());
            }

            @Override
            public Task embedding(Target.EmbeddingTarget vectors) {
                return new EmbeddingTask(vectors.outputs());
            }
        });
    }

    /** The metric that decides, by its name among {@link Evaluation#metrics}: at most 1, greater is better. */
    String score();

    /**
     * How far a network is from its teacher on the rows of an evaluation: 0 where they say the same, smaller is better.
     * Of classes it is the mean of {@code KL(p ‖ q)} from the teacher's distribution p to the network's q in nats, of
     * several classes over rows and classes.
     */
    default double divergence(Evaluation evaluation) {
        return evaluation.metrics().get(DIVERGENCE);
    }

    /** Whether only rows with a label count. */
    boolean needsLabels();

    /** An empty tally of all metrics. */
    Accumulator tally(Evaluation.Settings settings);

    /**
     * The score of a network on a few rows; those that lack a label that they need are left out. Not a number where
     * none is left.
     *
     * @param outputs {@code [rows, outputs]}
     * @param teacherOutputs what it is held against where the task has no labels, likewise
     */
    double score(float[] outputs, float[] teacherOutputs, Labels labels);

    /**
     * The score that the best constant answer has: what a network that learned anything exceeds.
     *
     * @param labels of the rows on which the score is measured
     */
    double constantScore(LabelCounts labels);

    /**
     * How often each of two networks does better on the same rows, those without a label left out. Where the score
     * counts rows on which a network is right, "both right" does too; else it counts those on which they do equally
     * well.
     *
     * @param first {@code [rows, outputs]}
     * @param second likewise
     */
    ContingencyTable pairs(float[] first, float[] second, Labels labels);

    /**
     * Whether two networks say the same of a row.
     *
     * @param outputs {@code [rows, outputs]}
     * @param reference likewise
     */
    boolean agree(float[] outputs, float[] reference, int row);

    /** Rows that are to be looked at together, beside the tallies; 0 where none are. */
    default int compared() {
        return 0;
    }

    /** Metrics of such rows that no tally of parts gives, by name. */
    default Map<String, Double> comparing(AnsweredRows rows) {
        return Map.of();
    }

    /** What evaluations add up over rows. It travels, and tallies of parts add up to that of all. */
    interface Accumulator extends Serializable {
        /**
         * Adds rows.
         *
         * @param outputs of the network, {@code [rows, outputs]}
         * @param teacherOutputs of its teacher, likewise
         * @param labels of the rows, where the task has some
         */
        void add(float[] outputs, float[] teacherOutputs, Labels labels);

        /** Adds a tally of the same kind. */
        void add(Accumulator other);

        Evaluation evaluation();
    }
}
