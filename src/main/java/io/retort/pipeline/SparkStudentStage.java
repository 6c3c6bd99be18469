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

    /**
     * Where the training of a student begins.
     *
     * @param network nothing where the parameters are drawn
     * @param mask the weights of it that stay 0
     * @param stages that led there
     */
    private record Beginning(
            Structure structure, Optional<Network> network, Mask mask, List<Report.StageSection> stages) {}

    /**
     * Trains a student and its baseline of one seed, where the store has them not, and exports the student.
     *
     * @param structure of a student whose parameters are drawn
     * @param start where it begins otherwise
     */
    Report.StudentSection section(StudentSettings student, long seed, Structure structure, Optional<Network> start) {
        String title = student.name() + " seed " + seed;
        Map<String, String> provenance = provenance(student, seed);
        SparkCompressionStages.Subject subject = new SparkCompressionStages.Subject(title, student, seed, provenance);
        Beginning beginning = start.map(network -> beginning(subject, network))
                .orElseGet(() -> new Beginning(structure, Optional.empty(), Mask.none(), List.of()));
        Trained distilled = training.train(
                assignment(title, beginning, student, student.losses(), Optional.of(softLabels), seed), train);
        Trained baseline = training.train(
                assignment(title + " baseline", beginning, student, student.baselineLosses(), Optional.empty(), seed),
                train);
        SparkAssessment.Assessed assessed = assessment.of(title, distilled.network(), provenance);
        Report.Figures baselineFigures = assessment
                .of(title + " baseline", baseline.network(), Map.of("producer", "retort"))
                .figures();
        CompactSizes compact = new CompactSizes(student.compactFiles(), assessed.figures());
        SparkCompressionStages.Result compressed = compression.after(subject, assessed, beginning.mask(), compact);
        SparkAssessment.Assessed last = compressed.last();
        List<Report.StageSection> stages = new ArrayList<>(beginning.stages());
        stages.add(Report.StageSection.trained(
                Report.StageSection.DISTILL, assessed.figures(), compact.of(assessed), distilled.curves()));
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
                baseline.curves(),
                last.figures().accuracy() - baselineFigures.accuracy(),
                exported);
    }

    /** What the stages before the training make of the network where the student begins. */
    private Beginning beginning(SparkCompressionStages.Subject subject, Network start) {
        SparkAssessment.Assessed assessed = assessment.of(subject.title() + " start", start, subject.provenance());
        CompactSizes compact = new CompactSizes(subject.student().compactFiles(), assessed.figures());
        SparkCompressionStages.Result first = compression.first(subject, assessed, compact);
        List<Report.StageSection> stages = new ArrayList<>(
                List.of(Report.StageSection.trained("start", assessed.figures(), compact.of(assessed), List.of())));
        stages.addAll(first.stages());
        Network left = first.last().network();
        return new Beginning(left.structure(), Optional.of(left), first.mask(), stages);
    }

    private SparkTrainingStage.Assignment assignment(
            String title,
            Beginning beginning,
            StudentSettings student,
            List<LossSettings> losses,
            Optional<SoftLabels> softLabels,
            long seed) {
        return new SparkTrainingStage.Assignment(
                title,
                beginning.structure(),
                student.training(),
                losses,
                softLabels,
                recipe.data().viewSeed(),
                seed,
                beginning.network(),
                beginning.mask());
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
