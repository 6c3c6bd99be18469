package io.retort.scaling;

import io.retort.compress.CompressorSettings;
import io.retort.network.Structure;
import io.retort.pipeline.Plan;
import io.retort.pipeline.PlannedNetwork;
import io.retort.pipeline.Recipe;
import io.retort.pipeline.StudentSettings;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.Training;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The trainings of a recipe in their order. As in a run, what begins alike is trained once: baselines, distilled students, and stages of compression after the
 * same stages.
 */
final class PlannedTrainings {
    private final Map<String, NetworkSize> sizes;
    private final Set<Object> counted = new HashSet<>();
    private final List<Training> trainings = new ArrayList<>();

    private PlannedTrainings(Map<String, NetworkSize> sizes) {
        this.sizes = sizes;
    }

    /** @param sizes of the networks, by name */
    static List<Training> of(Recipe recipe, Plan plan, Map<String, NetworkSize> sizes) {
        PlannedTrainings all = new PlannedTrainings(sizes);
        plan.teacher().networks().forEach(all::add);
        for (StudentSettings student : recipe.students()) {
            Structure structure = plan.students().get(student.name());
            long tapBytes = PlannedWorkload.bytes(plan.taps().get(student.name()));
            recipe.seeds().forEach(seed -> all.add(student, structure, tapBytes, seed));
        }
        return all.trainings;
    }

    private void add(PlannedNetwork network) {
        network.training()
                .ifPresent(training -> add(
                        network.title(),
                        network.title(),
                        new StudentSettings.Tuning(training.settings(), training.losses()),
                        0));
    }

    private void add(StudentSettings student, Structure structure, long tapBytes, long seed) {
        String network = Workload.nameOf(student.name());
        String title = student.name() + " seed " + seed;
        Object beginning = student.from().<Object>map(from -> from).orElse(structure);
        List<Object> start = List.of(beginning, seed);
        addTunings(student, student.compressFirst(), start, title);
        List<Object> trained = List.of(start, student.compressFirst(), student.training());
        List<Object> distilled = List.of(trained, student.losses());
        if (counted.add(distilled)) {
            add(title, network, new StudentSettings.Tuning(student.training(), student.losses()), tapBytes);
        }
        if (counted.add(List.of(trained, student.baselineLosses()))) {
            add(
                    title + " baseline",
                    network,
                    new StudentSettings.Tuning(student.training(), student.baselineLosses()),
                    0);
        }
        addTunings(student, student.compress(), distilled, title);
    }

    /**
     * Of networks as large as the one that is distilled: more than they are after it, and less than before.
     *
     * @param before what the stages begin with
     */
    private void addTunings(
            StudentSettings student, List<CompressorSettings> stages, List<Object> before, String title) {
        for (int i = 0; i < stages.size(); i++) {
            Optional<StudentSettings.Tuning> tuning = student.tuningOf(stages.get(i));
            if (tuning.isPresent() && counted.add(List.of(before, stages.subList(0, i + 1)))) {
                for (int step = 0; step < stages.get(i).steps(); step++) {
                    add(title + " fine-tuning", Workload.nameOf(student.name()), tuning.get(), 0);
                }
            }
        }
    }

    private void add(String title, String network, StudentSettings.Tuning tuning, long tapBytes) {
        long updaterValues = tuning.training()
                .optimizer()
                .create(tuning.training().learningRate().create(1))
                .stateSize(sizes.get(network).trainedParameters());
        trainings.add(new Training(
                title,
                network,
                tuning.training().epochs(),
                tuning.training().batchSize(),
                updaterValues,
                tuning.isTaught(),
                tapBytes));
    }
}
