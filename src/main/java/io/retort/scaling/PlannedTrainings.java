package io.retort.scaling;

import io.retort.compress.CompressorSettings;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.distill.MicroBatches;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Structure;
import io.retort.plan.Plan;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.StepMemory;
import io.retort.scaling.Workload.Training;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trainings of a recipe in their order. As in a run, what begins alike is trained once: baselines, distilled
 * students, and stages of compression after the same stages.
 */
final class PlannedTrainings {
    /**
     * How many of the training rows networks learn from.
     *
     * @param all but those of a validation split, as teachers do that other teachers teach
     * @param byTeacher that have a label, as far as the recipe says
     * @param byStudents of the classes that students see
     */
    record LearnedRows(long all, long byTeacher, long byStudents) {
        /**
         * Of a validation split that is a part of the training rows the expected number.
         *
         * @param unseen training rows of classes that students do not see
         */
        static LearnedRows of(DataSettings data, long samples, long unseen) {
            double learned = 1
                    - data.validation()
                            .flatMap(DataSettings.Validation::fraction)
                            .orElse(0.0);
            long all = Math.max(1, Math.round(learned * samples));
            return new LearnedRows(
                    all,
                    data.labelLimit().map(limit -> Math.min(limit, all)).orElse(all),
                    Math.max(1, Math.round(learned * (samples - unseen))));
        }
    }

    private final TrainerSettings trainer;
    private final LearnedRows rows;
    private final Target target;
    private final Map<String, NetworkSize> sizes;

    /** The training's number, by its beginning and its settings. */
    private final Map<Object, Integer> counted = new HashMap<>();

    private final List<Training> trainings = new ArrayList<>();
    private final Map<Object, Optional<StepMemory>> steps = new HashMap<>();

    private PlannedTrainings(TrainerSettings trainer, LearnedRows rows, Target target, Map<String, NetworkSize> sizes) {
        this.trainer = trainer;
        this.rows = rows;
        this.target = target;
        this.sizes = sizes;
    }

    /** @param sizes of the networks, by name */
    static List<Training> of(
            Recipe recipe, Plan plan, LearnedRows rows, Target target, Map<String, NetworkSize> sizes) {
        PlannedTrainings all = new PlannedTrainings(recipe.trainer(), rows, target, sizes);
        plan.teacher().networks().forEach(all::add);
        for (StudentSettings student : recipe.students()) {
            Structure structure = plan.students().get(student.name());
            long tapBytes = PlannedWorkload.bytes(plan.taps().get(student.name()));
            recipe.seeds().forEach(seed -> all.add(student, structure, tapBytes, seed));
        }
        return all.trainings;
    }

    /** What losses become for the labels, so that the same ones are seen to be the same. */
    private List<LossSettings> fitted(List<LossSettings> losses) {
        LabelCounts none = new LabelCounts(target, 0, List.of());
        return losses.stream().map(loss -> loss.fitted(none)).toList();
    }

    /** Networks that teach it are trained before. */
    private void add(PlannedNetwork network) {
        network.training().ifPresent(training -> {
            Optional<Integer> after = training.taughtBy().stream()
                    .flatMap(title -> Optional.ofNullable(counted.get(title)).stream())
                    .max(Integer::compare);
            Subject subject = new Subject(network.title(), network.title(), network.structure(), 0);
            counted.put(
                    network.title(),
                    add(subject, new StudentSettings.Tuning(training.settings(), training.losses()), after));
        });
    }

    /** Whose network is trained. */
    private record Subject(String title, String network, Structure structure, long tapBytes) {
        Subject as(String other) {
            return new Subject(title + " " + other, network, structure, 0);
        }
    }

    private void add(StudentSettings student, Structure structure, long tapBytes, long seed) {
        String title = student.name() + " seed " + seed;
        Subject subject = new Subject(title, Workload.nameOf(student.name()), structure, tapBytes);
        Object beginning = student.from().<Object>map(from -> from).orElse(structure);
        List<Object> start = List.of(beginning, seed);
        Optional<Integer> cut = addTunings(subject, student, student.compressFirst(), start, Optional.empty());
        List<Object> trained = List.of(start, student.compressFirst(), student.training());
        List<Object> distilled = List.of(trained, fitted(student.losses()));
        int ready = addOnce(distilled, subject, new StudentSettings.Tuning(student.training(), student.losses()), cut);
        addOnce(
                List.of(trained, fitted(student.baselineLosses())),
                subject.as("baseline"),
                new StudentSettings.Tuning(student.training(), student.baselineLosses()),
                cut);
        if (student.control().isPresent()) {
            addOnce(
                    List.of(trained, student.controlLosses()),
                    subject.as("control"),
                    new StudentSettings.Tuning(student.training(), student.controlLosses()),
                    cut);
        }
        addTunings(subject, student, student.compress(), distilled, Optional.of(ready));
    }

    /**
     * Of networks as large as the one that is distilled: more than they are after it, and less than before.
     *
     * @param before the networks with which the stages begin
     * @param first the training that gives it
     * @return the last of them, or that where there is none
     */
    private Optional<Integer> addTunings(
            Subject subject,
            StudentSettings student,
            List<CompressorSettings> stages,
            List<Object> before,
            Optional<Integer> first) {
        Optional<Integer> last = first;
        for (int i = 0; i < stages.size(); i++) {
            Optional<StudentSettings.Tuning> tuning = student.tuningOf(stages.get(i));
            for (int step = 0; tuning.isPresent() && step < stages.get(i).steps(); step++) {
                List<Object> key = List.of(before, stages.subList(0, i + 1), step);
                last = Optional.of(addOnce(key, subject.as("fine-tuning"), tuning.get(), last));
            }
        }
        return last;
    }

    /** The number of the training, which is there already where another student begins alike. */
    private int addOnce(Object key, Subject subject, StudentSettings.Tuning tuning, Optional<Integer> after) {
        Optional<Integer> known = Optional.ofNullable(counted.get(key));
        int number = known.orElseGet(() -> add(subject, tuning, after));
        counted.put(key, number);
        return number;
    }

    /** Connectors at taps, which are small, count as nothing. */
    private Optional<StepMemory> step(Structure structure, int batch, int microBatches) {
        int rows = (batch + microBatches - 1) / microBatches;
        return steps.computeIfAbsent(
                List.of(structure, batch, rows),
                unknown -> trainer.compute().trainingBytes(structure, rows, batch).stream()
                        .mapToObj(bytes -> new StepMemory(rows, bytes))
                        .findFirst());
    }

    private int add(Subject subject, StudentSettings.Tuning tuning, Optional<Integer> after) {
        TrainingSettings training = tuning.training();
        long updaterValues =
                training.updater(1).stateSize(sizes.get(subject.network()).trainedParameters());
        int microBatches = trainer instanceof SynchronousTrainer.Settings synchronous
                ? MicroBatches.of(
                        Long.MAX_VALUE,
                        training.batchSize(),
                        subject.structure(),
                        tuning.losses(),
                        synchronous.microBatch())
                : 1;
        boolean isOfStudent = subject.network().startsWith(Workload.OF_STUDENT);
        trainings.add(new Training(
                subject.title(),
                subject.network(),
                after,
                isOfStudent ? rows.byStudents() : tuning.isTaught() ? rows.all() : rows.byTeacher(),
                training.epochs(),
                training.batchSize(),
                microBatches,
                updaterValues,
                tuning.isTaught(),
                subject.tapBytes(),
                step(subject.structure(), training.batchSize(), microBatches)));
        return trainings.size() - 1;
    }
}
