package io.retort.scaling;

import static io.retort.report.Amounts.bytes;
import static io.retort.report.Amounts.count;
import static io.retort.report.Amounts.duration;
import static io.retort.report.Amounts.figure;

import io.retort.report.ConsoleTable;
import io.retort.scaling.PlanReport.PredictionSection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A plan for a terminal. */
public final class PlanText {
    private PlanText() {}

    public static String of(PlanReport plan) {
        StringBuilder text = new StringBuilder();
        text.append("plan of ").append(plan.recipe()).append("; nothing was run\n\n");
        line(text, "training", data(plan.train()));
        line(text, "held out", data(plan.test()));
        line(
                text,
                "soft labels",
                plan.labels().views() + (plan.labels().views() == 1 ? " view" : " views")
                        + " and the held-out rows, "
                        + plan.labels().codec() + ": " + plan.labels().bytesEach() + " bytes each with the id, "
                        + count(plan.labels().files()) + " files, "
                        + bytes(plan.labels().bytes()));
        for (PlanReport.TapSection taps : plan.taps()) {
            line(
                    text,
                    "taps",
                    String.join(", ", taps.students()) + ": " + taps.taps() + ", float16, "
                            + many(taps.views(), "view") + ": " + count(taps.bytesEach())
                            + " bytes each with the id, " + bytes(taps.bytes()));
        }
        memory(text, plan);
        for (PlanReport.TrainingSection trainings : plan.trainings()) {
            line(text, "batches", batches(trainings, plan));
        }
        if (plan.sameOnAnyNumber()) {
            line(text, "result", "the same student on any number of executors, and of slots");
        }
        PlanReport.Basis basis = plan.basis();
        line(text, "probed on", basis.rates().cpu() + "; network assumed: " + figure(basis.networkGbit()) + " Gbit/s");
        if (!basis.earlier().run().isEmpty()) {
            line(text, "earlier run", earlier(basis.earlier()));
        }
        line(text, "times", basis.uncertainty());
        text.append('\n').append(stages(plan.predictions())).append("\n\n");
        text.append(terms(plan.predictions())).append("\n\n");
        plan.advice().forEach(advice -> text.append(advice).append('\n'));
        return text.toString();
    }

    private static String data(PlanReport.DataSection data) {
        return count(data.samples()) + " rows in " + count(data.shards()) + " shards, " + bytes(data.bytes())
                + " before compression";
    }

    private static String earlier(EarlierTimes earlier) {
        List<String> known = new ArrayList<>(earlier.labelled() > 0 ? List.of("labelling") : List.of());
        if (!earlier.trained().isEmpty()) {
            known.add(many(earlier.trained().size(), "training"));
        }
        return earlier.run() + " gives the times of " + String.join(" and ", known);
    }

    private static String batches(PlanReport.TrainingSection trainings, PlanReport plan) {
        int others = trainings.titles().size() - 1;
        return trainings.titles().get(0) + (others == 0 ? "" : " and " + others + " more") + ": "
                + (trainings.rows() == plan.train().samples() ? "" : count(trainings.rows()) + " rows an epoch, ")
                + trainings.batch() + " rows = "
                + (plan.sameOnAnyNumber()
                        ? microBatches(trainings.microBatches())
                        : many(trainings.microBatches(), "replica"))
                + " of "
                + trainings.microBatchRows() + "; "
                + slots(trainings.ranks())
                + "; state " + bytes(trainings.stateBytes())
                + ", a step's memory " + bytes(trainings.stepBytes()) + " in each slot";
    }

    /** Up to the number of executors from which on it stays the same. */
    private static String slots(Map<Integer, Integer> ranks) {
        int most = Collections.max(ranks.values());
        List<Integer> executors =
                ranks.keySet().stream().filter(count -> ranks.get(count) < most).toList();
        String before = executors.stream()
                .map(count -> count(ranks.get(count)) + " on " + count(count))
                .collect(Collectors.joining(", "));
        int from = ranks.keySet().stream()
                .filter(count -> ranks.get(count) == most)
                .findFirst()
                .orElseThrow();
        return "slots at work: " + before + (before.isEmpty() ? "" : ", ") + count(most) + " on " + count(from)
                + (ranks.size() > executors.size() + 1
                        ? " and more executors"
                        : from == 1 ? " executor" : " executors");
    }

    private static void memory(StringBuilder text, PlanReport plan) {
        Memory executor = plan.executor();
        int slots = plan.slots().perExecutor();
        line(
                text,
                "executor",
                count(executor.total()) + " MiB for " + slots + (slots == 1 ? " task" : " tasks") + " at once: heap "
                        + count(executor.heap()) + ", overhead " + count(executor.overhead())
                        + " (arrays of engines and ONNX Runtime " + count(executor.offHeap())
                        + ", stacks, code and glibc " + count(executor.other()) + ")");
        line(
                text,
                "driver",
                count(plan.driver().total()) + " MiB: heap "
                        + count(plan.driver().heap()) + ", overhead "
                        + count(plan.driver().overhead()));
    }

    private static String stages(List<PredictionSection> predictions) {
        ConsoleTable table = new ConsoleTable().left("executors");
        for (String stage : predictions.get(0).stages().keySet()) {
            table.right(stage);
        }
        table.right("total").right("speed-up");
        double one = predictions.get(0).seconds();
        for (PredictionSection prediction : predictions) {
            row(table, prediction, prediction.stages(), String.format(Locale.ROOT, "%.2f", one / prediction.seconds()));
        }
        return table.text();
    }

    private static String terms(List<PredictionSection> predictions) {
        ConsoleTable table = new ConsoleTable().left("of which");
        predictions.get(0).terms().keySet().forEach(table::right);
        table.right("total").right("most");
        for (PredictionSection prediction : predictions) {
            row(table, prediction, prediction.terms(), prediction.dominant());
        }
        return table.text();
    }

    private static void row(ConsoleTable table, PredictionSection prediction, Map<String, Double> cells, String last) {
        String[] row = new String[cells.size() + 3];
        row[0] = prediction.isLocal() ? "local[" + prediction.slots() + "]" : count(prediction.executors());
        int at = 1;
        for (double seconds : cells.values()) {
            row[at++] = duration(seconds);
        }
        row[at++] = duration(prediction.seconds());
        row[at] = last;
        table.row(row);
    }

    private static void line(StringBuilder text, String title, String content) {
        text.append(String.format(Locale.ROOT, "%-12s %s%n", title, content));
    }

    static String many(int number, String what) {
        return count(number) + " " + what + (number == 1 ? "" : "s");
    }

    static String microBatches(int number) {
        return count(number) + (number == 1 ? " micro-batch" : " micro-batches");
    }
}
