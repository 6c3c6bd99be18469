package io.retort.report;

import static io.retort.report.Amounts.percent;

import io.retort.registry.Drift;
import io.retort.registry.Drift.FeatureShift;
import io.retort.registry.Gate;
import io.retort.report.Report.ChallengeSection;
import io.retort.report.Report.Contender;
import java.util.Locale;

/** A challenge as tables for the console: those who took part, each gate, and how the data has changed. */
public final class ChallengeTable {
    private ChallengeTable() {}

    /**
     * The tables.
     *
     * @param score the name of the task's score
     */
    public static String of(ChallengeSection challenge, String score) {
        return contenders(challenge, score) + "\n\n" + gates(challenge) + "\n\n"
                + drift(challenge.drift(), ScoreUnit.of(score));
    }

    private static String contenders(ChallengeSection challenge, String score) {
        ScoreUnit unit = ScoreUnit.of(score);
        ConsoleTable table = new ConsoleTable()
                .left("network")
                .right(score)
                .right("balanced")
                .right("agreement")
                .right("calibration error")
                .right("ONNX bytes")
                .right("p50 ms");
        for (Contender contender : challenge.contenders()) {
            table.row(
                    contender.name(),
                    unit.text(contender.scores().accuracy()),
                    contender.figures().stream()
                            .filter(figures -> !figures.classes().isEmpty())
                            .map(figures -> percent(figures.balancedAccuracy()))
                            .findFirst()
                            .orElse(""),
                    unit.text(contender.scores().agreement()),
                    Gate.figure(contender.scores().calibrationError()),
                    Amounts.count(contender.scores().bytes()),
                    Amounts.millis(contender.scores().latencyMillis()));
        }
        return table.text();
    }

    private static String gates(ChallengeSection challenge) {
        ConsoleTable table = new ConsoleTable()
                .left("gate")
                .right("measured")
                .left("must be")
                .right("threshold")
                .left("verdict")
                .left("threshold from");
        for (Gate gate : challenge.gates()) {
            table.row(
                    gate.name(),
                    Gate.figure(gate.value()),
                    gate.bound().toString(),
                    Gate.figure(gate.threshold()),
                    gate.verdict().toString(),
                    gate.reason());
        }
        return table.text();
    }

    private static String drift(Drift drift, ScoreUnit unit) {
        if (drift.newShards() == 0) {
            return "new data: none that the champion has not seen";
        }
        String teacher = drift.teacherAccuracy().isPresent()
                ? (unit == ScoreUnit.PERCENT
                        ? ", the teacher agrees with "
                                + percent(drift.teacherAccuracy().getAsDouble()) + " of their labels"
                        : ", the teacher has "
                                + unit.text(drift.teacherAccuracy().getAsDouble()) + " on them")
                : "";
        return String.format(
                Locale.ROOT,
                "new data: %,d rows in %,d shards, %,d rows gone; label distribution moved by %.4f (total variation), stability index %.4f%s%s",
                drift.newSamples(),
                drift.newShards(),
                drift.goneSamples(),
                drift.totalVariation(),
                drift.stabilityIndex(),
                teacher,
                drift.features().isEmpty()
                        ? ""
                        : "; features whose means moved farthest, in deviations: "
                                + FeatureShift.listed(drift.features()));
    }
}
