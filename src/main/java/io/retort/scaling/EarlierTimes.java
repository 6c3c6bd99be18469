package io.retort.scaling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.scaling.Workload.Training;
import io.retort.storage.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What rows took in an earlier run of a recipe, on this kind of processor and in local mode: seconds of one slot.
 *
 * @param run its directory's name; empty where there is none that fits
 * @param labelled a row that was labelled; 0 where that is not known
 * @param trained a row of a training, by the training's title
 */
public record EarlierTimes(String run, double labelled, Map<String, Double> trained) {
    /** In a shorter stage the JVM had not yet compiled what it ran, so that a row took several times as long. */
    private static final double LEAST_SECONDS = 20;

    public EarlierTimes {
        trained = new TreeMap<>(trained);
    }

    public static EarlierTimes none() {
        return new EarlierTimes("", 0, Map.of());
    }

    /**
     * The times in a report of stages that took a while and whose settings were the same, numbers of epochs and of rows
     * apart.
     */
    public static EarlierTimes of(Report report, Recipe recipe, PlannedWorkload planned, String cpu) {
        JsonNode then = report.recipe();
        JsonNode now = tree(recipe);
        int slots = report.slots().values().stream()
                .mapToInt(Report.SlotsSection::available)
                .max()
                .orElse(0);
        if (slots == 0
                || !cpu.equals(report.environment().get("cpu"))
                || !report.environment().getOrDefault("master", "").startsWith("local")
                || !then.path("trainer").equals(now.path("trainer"))
                || !report.dataset().shape().equals(planned.schema().shape().sizes())) {
            return none();
        }
        boolean sameTeacher = same(then.path("teacher"), now.path("teacher"));
        Workload workload = planned.workload();
        Map<String, Double> trained = new TreeMap<>();
        for (Training training : workload.trainings()) {
            if (training.isOfTeacher() ? sameTeacher : same(student(then, training), student(now, training))) {
                long beside = workload.trainings().stream()
                        .filter(other -> other.isOfTeacher() == training.isOfTeacher())
                        .count();
                seconds(report, training, Math.max(1, slots / beside))
                        .ifPresent(seconds -> trained.put(training.title(), seconds));
            }
        }
        double rate = rate(report, Report.LABELLING);
        boolean labelled = rate > 0 && sameTeacher && then.path("labels").equals(now.path("labels"));
        return labelled || !trained.isEmpty()
                ? new EarlierTimes(report.run(), labelled ? slots / rate : 0, trained)
                : none();
    }

    /** @param share of the slots, which it had while trainings beside it were under way */
    private static Optional<Double> seconds(Report report, Training training, long share) {
        String key = Report.training(training.title());
        Report.SlotsSection slots = report.slots().get(key);
        double rate = rate(report, key);
        return slots == null || !(rate > 0) ? Optional.empty() : Optional.of(Math.min(slots.used(), share) / rate);
    }

    /** Rows a second; 0 where nothing was computed or the stage was too short to tell. */
    private static double rate(Report report, String stage) {
        return report.timings().getOrDefault(stage, 0.0) < LEAST_SECONDS
                ? 0
                : report.throughput().getOrDefault(stage, 0.0);
    }

    private static JsonNode student(JsonNode recipe, Training training) {
        for (JsonNode student : recipe.path("students")) {
            if (Workload.nameOf(student.path("name").asText()).equals(training.network())) {
                return student;
            }
        }
        return recipe.path("students").path(-1);
    }

    private static boolean same(JsonNode then, JsonNode now) {
        return !then.isMissingNode() && withoutEpochs(then).equals(withoutEpochs(now));
    }

    private static JsonNode withoutEpochs(JsonNode settings) {
        JsonNode copy = settings.deepCopy();
        copy.findParents("epochs").forEach(parent -> ((ObjectNode) parent).remove("epochs"));
        return copy;
    }

    private static JsonNode tree(Recipe recipe) {
        return Json.parse(Kinds.canonical().text(recipe), JsonNode.class);
    }
}
