package io.retort.run;

import io.retort.data.Schema;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowSampler;
import io.retort.data.shard.TableShares;
import io.retort.label.SoftLabels;
import io.retort.network.Structure;
import io.retort.plan.NamedData;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.report.Figures;
import io.retort.report.Report;
import io.retort.run.DataStage.RunData;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import java.util.List;

/** The end of a run that trains one challenger for a registered model, instead of students for their own sake. */
public interface Challenge {
    /** The run's key. */
    String key();

    /** The recipe's data in the order of the champion's columns. */
    NamedData data(RunContext context, Recipe recipe);

    /**
     * Compares the data with those of the champion, before anything is trained.
     *
     * @throws IllegalArgumentException where the champion was trained on data of another kind
     */
    void requireFits(RunContext context, Schema schema);

    /** Trains the challenger, measures it beside the champion, and promotes or refuses it. */
    Report.ChallengeSection hold(ChallengeInputs inputs);

    /**
     * What the stages before have made.
     *
     * @param scope of a recipe with one student and one seed
     * @param heldOut test samples to look at on the driver
     * @param planned the student's structure
     * @param teacher the fingerprint of its parameters
     * @param judging the assessment on the rows on which gates judge
     * @param views that the student learns in, and the teacher has labelled; none where it does not listen to the
     *     teacher
     */
    record ChallengeInputs(
            RunScope scope,
            RunData data,
            RowSampler heldOut,
            Structure planned,
            String teacher,
            Appraisal teacherFigures,
            List<View> views,
            TrainingStage training,
            SoftLabels softLabels,
            Assessment assessment,
            Assessment judging) {
        /**
         * Figures of a network.
         *
         * @param judged those that gates look at: of the validation rows, or of the held-out ones where there are no
         *     others
         */
        public record Appraisal(Figures heldOut, Figures judged) {}

        /** The figures of an exported network. */
        public Appraisal appraisal(String title, Assessment.Assessed assessed) {
            return new Appraisal(
                    assessed.figures(),
                    data.validation().isEmpty()
                            ? assessed.figures()
                            : judging.shipped(title, assessed.network(), assessed.onnx())
                                    .figures());
        }

        /** The rows on which gates judge. */
        public Dataset judged() {
            return data.ofChoosing().test();
        }

        public Dataset train() {
            return data.train();
        }

        public Dataset test() {
            return data.test();
        }

        /** How much of rows the table's encoding does not know. */
        public List<TableShares.ColumnShare> tableShares(Dataset rows) {
            return TableShares.of(scope.spark(), scope.shards(), rows);
        }

        public RunContext context() {
            return scope.context();
        }

        public Recipe recipe() {
            return scope.recipe();
        }

        public RunDirectory directory() {
            return scope.directory();
        }

        public StudentSettings student() {
            return recipe().students().get(0);
        }

        public long seed() {
            return recipe().seeds().get(0);
        }
    }
}
