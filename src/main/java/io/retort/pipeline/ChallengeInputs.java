package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.SparkRowSample;
import io.retort.data.View;
import io.retort.network.Structure;
import io.retort.report.Report;
import io.retort.softlabel.SoftLabels;
import java.util.List;

/**
 * What the stages before have made.
 *
 * @param scope of a recipe with one student and one seed
 * @param heldOut test samples to look at on the driver
 * @param planned the student's structure
 * @param teacher the fingerprint of its parameters
 * @param judging the assessment on the rows on which gates judge
 * @param views that the student learns in, and the teacher has labelled; none where it does not listen to the teacher
 */
record ChallengeInputs(
        SparkScope scope,
        RunData data,
        SparkRowSample heldOut,
        Structure planned,
        String teacher,
        Appraisal teacherFigures,
        List<View> views,
        SparkTrainingStage training,
        SoftLabels softLabels,
        SparkAssessment assessment,
        SparkAssessment judging) {
    /**
     * Figures of a network.
     *
     * @param judged those that gates look at: of the validation rows, or of the held-out ones where there are no others
     */
    record Appraisal(Report.Figures heldOut, Report.Figures judged) {}

    /** The figures of an exported network. */
    Appraisal appraisal(String title, SparkAssessment.Assessed assessed) {
        return new Appraisal(
                assessed.figures(),
                data.validation().isEmpty()
                        ? assessed.figures()
                        : judging.shipped(title, assessed.network(), assessed.onnx())
                                .figures());
    }

    /** The rows on which gates judge. */
    Dataset judged() {
        return data.ofChoosing().test();
    }

    Dataset train() {
        return data.train();
    }

    Dataset test() {
        return data.test();
    }

    RunContext context() {
        return scope.context();
    }

    Recipe recipe() {
        return scope.recipe();
    }

    RunDirectory directory() {
        return scope.directory();
    }

    StudentSettings student() {
        return recipe().students().get(0);
    }

    long seed() {
        return recipe().seeds().get(0);
    }
}
