package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.report.Report;
import io.retort.softlabel.SoftLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A student of one seed beside its baseline: trained, compressed, measured, and exported into the run's directory. */
final class SparkStudentStage {
    private final Recipe recipe;
    private final Dataset train;
    private final SparkTrainingStage training;
    private final SoftLabels softLabels;
    private final SparkAssessment assessment;
    private final SparkCompressionStages compression;
    private final StudentExport export;
    private final Stopwatch stopwatch;
    private final RunDirectory directory;

    SparkStudentStage(
            Recipe recipe,
            Dataset train,
            SparkTrainingStage training,
            SoftLabels softLabels,
            SparkAssessment assessment,
            SparkCompressionStages compression,
            StudentExport export,
            Stopwatch stopwatch,
            RunDirectory directory) {
        this.recipe = recipe;
        this.train = train;
        this.training = training;
        this.softLabels = softLabels;
        this.assessment = assessment;
        this.compression = compression;
        this.export = export;
        this.stopwatch = stopwatch;
        this.directory = directory;
    }

    /** Trains a student and its baseline of one seed, where the store has them not, and exports the student. */
    Report.StudentSection section(StudentSettings student, long seed, Structure structure) {
        String title = student.name() + " seed " + seed;
        Network distilled = training.train(
                assignment(title, structure, student, student.losses(), Optional.of(softLabels), seed), train);
        Network baseline = training.train(
                assignment(title + " baseline", structure, student, student.baselineLosses(), Optional.empty(), seed),
                train);
        Map<String, String> provenance = provenance(student, seed);
        SparkAssessment.Assessed assessed = assessment.of(title, distilled, provenance);
        Report.Figures baselineFigures = assessment
                .of(title + " baseline", baseline, Map.of("producer", "retort"))
                .figures();
        SparkCompressionStages.Result compressed =
                compression.run(new SparkCompressionStages.Subject(title, student, seed, provenance), assessed);
        SparkAssessment.Assessed last = compressed.last();
        CompactSizes compact = new CompactSizes(student.compactFiles(), assessed.figures());
        List<Report.StageSection> stages = new ArrayList<>(
                List.of(Report.StageSection.trained("distill", assessed.figures(), compact.of(assessed))));
        stages.addAll(compressed.stages());
        Report.ExportSection exported = stopwatch.time(
                "export",
                () -> export.write(
                        last, directory, "student-" + student.name() + "-seed" + seed, student.compactFiles()));
        return new Report.StudentSection(
                student.name(),
                seed,
                stages,
                baselineFigures,
                last.figures().accuracy() - baselineFigures.accuracy(),
                exported);
    }

    private SparkTrainingStage.Assignment assignment(
            String title,
            Structure structure,
            StudentSettings student,
            List<LossSettings> losses,
            Optional<SoftLabels> softLabels,
            long seed) {
        return new SparkTrainingStage.Assignment(
                title,
                structure,
                student.training(),
                losses,
                softLabels,
                recipe.data().viewSeed(),
                seed,
                Optional.empty(),
                Mask.none());
    }

    /** Nothing that differs from run to run: the same student is the same bytes. */
    private Map<String, String> provenance(StudentSettings student, long seed) {
        return Map.of(
                "producer", "retort",
                "recipe", recipe.name(),
                "student", student.name(),
                "seed", Long.toString(seed));
    }
}
