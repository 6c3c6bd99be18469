package io.retort.run;

import io.retort.data.shard.Dataset;
import io.retort.distill.loss.LossSettings;
import io.retort.evaluate.CalibrationSettings;
import io.retort.evaluate.ShownAnswers;
import io.retort.label.SoftLabels;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.recipe.StudentSettings;
import io.retort.report.StudentSection;
import io.retort.report.StudentSection.ExportSection;
import io.retort.report.StudentSection.LayerSection;
import io.retort.report.StudentSection.StageSection;
import io.retort.run.DataStage.RunData;
import io.retort.run.StudentExport.CompactSizes;
import io.retort.teacher.TeacherTrainer.Trained;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * A student of one seed beside its baseline, where labels allow one: trained, compressed, measured, and exported into
 * the run's directory.
 */
final class StudentStage {
    private final RunScope scope;
    private final Dataset train;
    private final TrainingStage training;
    private final SoftLabels softLabels;
    private final Assessment assessment;
    private final CompressionStages compression;
    private final CalibrationStage calibration;
    private final StudentExport export;

    StudentStage(
            RunScope scope,
            RunData data,
            TrainingStage training,
            SoftLabels softLabels,
            Assessment assessment,
            StudentExport export) {
        this.scope = scope;
        this.train = data.train();
        this.training = training;
        this.softLabels = softLabels;
        this.assessment = assessment;
        this.compression = new CompressionStages(scope, data, training, softLabels, assessment);
        this.calibration = new CalibrationStage(scope, data, assessment);
        this.export = export;
    }

    /**
     * Where the training of a student begins.
     *
     * @param network nothing where the parameters are drawn
     * @param mask the weights of it that stay 0
     * @param stages that led there
     */
    private record Beginning(Structure structure, Optional<Network> network, Mask mask, List<StageSection> stages) {}

    /**
     * What became of a student.
     *
     * @param stages after the training
     * @param shown what it says of some rows
     */
    private record Distilled(
            List<StageSection> stages, Assessment.Assessed last, ExportSection exported, ShownAnswers shown) {}

    /** A network that is trained beside the student, and is not compressed. */
    private record Arm(Trained trained, Assessment.Assessed assessed) {}

    /**
     * Those beside a student.
     *
     * @param baseline nothing where there are no labels
     * @param control nothing where none is wanted
     */
    private record Arms(Optional<Arm> baseline, Optional<Arm> control) {}

    private Arms arms(CompressionStages.Subject subject, Beginning beginning) {
        Supplier<Optional<Arm>> baseline =
                () -> train.labelled() == 0 ? Optional.empty() : Optional.of(baseline(subject, beginning));
        return subject.student().control().isEmpty()
                ? new Arms(baseline.get(), Optional.empty())
                : scope.sideBySide().both(baseline, () -> Optional.of(control(subject, beginning)), Arms::new);
    }

    /**
     * Trains a student and its baseline of one seed, at the same time, where the store has them not, and exports the
     * student.
     *
     * @param structure of a student whose parameters are drawn
     * @param start where it begins otherwise
     */
    StudentSection section(StudentSettings student, long seed, Structure structure, Optional<Network> start) {
        String title = student.name() + " seed " + seed;
        CompressionStages.Subject subject =
                new CompressionStages.Subject(title, student, seed, provenance(student, seed));
        Beginning beginning = start.map(network -> beginning(subject, network))
                .orElseGet(() -> new Beginning(structure, Optional.empty(), Mask.none(), List.of()));
        return scope.sideBySide()
                .both(
                        () -> distilled(subject, beginning),
                        () -> arms(subject, beginning),
                        (distilled, arms) -> section(subject, beginning, distilled, arms));
    }

    private static StudentSection section(
            CompressionStages.Subject subject, Beginning beginning, Distilled distilled, Arms arms) {
        Optional<Arm> baseline = arms.baseline();
        List<StageSection> stages = new ArrayList<>(beginning.stages());
        stages.addAll(distilled.stages());
        return new StudentSection(
                subject.student().name(),
                subject.seed(),
                stages,
                baseline.map(known -> known.assessed().figures()),
                baseline.map(known -> known.trained().curves()).orElse(List.of()),
                baseline.map(known -> OptionalDouble.of(
                                distilled.last().score() - known.assessed().score()))
                        .orElse(OptionalDouble.empty()),
                arms.control().map(control -> control.assessed().figures()),
                arms.control().map(control -> control.trained().curves()).orElse(List.of()),
                distilled.exported(),
                LayerSection.of(distilled.last().network().structure()),
                distilled.shown().disagreements(),
                distilled.shown().numbers());
    }

    private Distilled distilled(CompressionStages.Subject subject, Beginning beginning) {
        StudentSettings student = subject.student();
        Trained distilled = training.train(
                assignment(subject, subject.title(), beginning, student.losses(), Optional.of(softLabels)), train);
        Assessment.Assessed assessed = assessment.of(subject.title(), distilled.network(), subject.provenance());
        CompactSizes compact = new CompactSizes(student.compactFiles(), distilled.network());
        CompressionStages.Result compressed = compression.after(subject, assessed, beginning.mask(), compact);
        Optional<CalibrationStage.Calibrated> calibrated = student.calibration()
                .map(settings -> calibration.calibrated(
                        subject.title() + " calibrate",
                        compressed.last(),
                        settings,
                        subject.seed(),
                        subject.provenance()));
        Assessment.Assessed last =
                calibrated.map(CalibrationStage.Calibrated::assessed).orElse(compressed.last());
        List<StageSection> stages = new ArrayList<>(List.of(StageSection.trained(
                StageSection.DISTILL, assessed.figures(), compact.of(assessed), distilled.curves())));
        stages.addAll(compressed.stages());
        calibrated.ifPresent(made -> stages.add(
                StageSection.calibrated(made.assessed().figures(), compact.of(compressed.last()), made.section())));
        String name = "student-" + student.name() + "-seed" + subject.seed();
        ExportSection exported = scope.slots()
                .beside(() -> scope.stopwatch()
                        .time("export", () -> export.write(last, scope.directory(), name, student.compactFiles())));
        return new Distilled(stages, last, exported, assessment.shown(last));
    }

    private Arm baseline(CompressionStages.Subject subject, Beginning beginning) {
        String title = subject.title() + " baseline";
        Trained baseline = training.train(
                assignment(subject, title, beginning, subject.student().baselineLosses(), Optional.empty()), train);
        return new Arm(
                baseline,
                assessed(
                        subject,
                        title,
                        baseline,
                        subject.student().calibration().filter(CalibrationSettings::readsLabels)));
    }

    private Arm control(CompressionStages.Subject subject, Beginning beginning) {
        String title = subject.title() + " control";
        Trained control = training.train(
                assignment(subject, title, beginning, subject.student().controlLosses(), Optional.of(softLabels)),
                train);
        return new Arm(
                control, assessed(subject, title, control, subject.student().calibration()));
    }

    /**
     * The figures of a network beside the student.
     *
     * @param likewise how it is calibrated: as the student, but a baseline not by the teacher
     */
    private Assessment.Assessed assessed(
            CompressionStages.Subject subject, String title, Trained trained, Optional<CalibrationSettings> likewise) {
        Map<String, String> provenance = Map.of("producer", "retort");
        Assessment.Assessed raw = assessment.of(title, trained.network(), provenance);
        return likewise.map(settings -> calibration
                        .calibrated(title + " calibrate", raw, settings, subject.seed(), provenance)
                        .assessed())
                .orElse(raw);
    }

    /** What the stages before the training make of the network where the student begins. */
    private Beginning beginning(CompressionStages.Subject subject, Network start) {
        Assessment.Assessed assessed = assessment.of(subject.title() + " start", start, subject.provenance());
        CompactSizes compact = new CompactSizes(subject.student().compactFiles(), start);
        CompressionStages.Result first = compression.first(subject, assessed, compact);
        List<StageSection> stages = new ArrayList<>(
                List.of(StageSection.trained("start", assessed.figures(), compact.of(assessed), List.of())));
        stages.addAll(first.stages());
        Network left = first.last().network();
        return new Beginning(left.structure(), Optional.of(left), first.mask(), stages);
    }

    private TrainingStage.Assignment assignment(
            CompressionStages.Subject subject,
            String title,
            Beginning beginning,
            List<LossSettings> losses,
            Optional<SoftLabels> softLabels) {
        return new TrainingStage.Assignment(
                title,
                beginning.structure(),
                subject.student().training(),
                losses,
                softLabels,
                scope.recipe().data().viewSeed(),
                subject.seed(),
                beginning.network(),
                beginning.mask());
    }

    /** Nothing that differs from run to run: the same student is the same bytes. */
    private Map<String, String> provenance(StudentSettings student, long seed) {
        return Map.of(
                "producer", "retort",
                "recipe", scope.recipe().name(),
                "student", student.name(),
                "seed", Long.toString(seed));
    }
}
