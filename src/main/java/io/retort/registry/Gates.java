package io.retort.registry;

import static io.retort.registry.Gate.atLeast;
import static io.retort.registry.Gate.atMost;
import static io.retort.registry.Gate.figure;

import io.retort.config.Decimals;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.ContingencyTable.McNemar;
import io.retort.registry.Drift.FeatureShift;
import io.retort.registry.GateSettings.Required;
import io.retort.registry.ModelCard.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges challengers. All gates are always judged, so that a report shows by how much each was passed.
 *
 * <p>A value that is not a number passes no gate.
 */
public final class Gates {
    private final GateSettings settings;

    private final String score;

    /** @param score what the score of the task is called */
    public Gates(GateSettings settings, String score) {
        this.settings = settings;
        this.score = score;
    }

    /** Every gate that has a threshold in this trial, in a fixed order. */
    public List<Gate> judge(Input trial) {
        List<Gate> gates = new ArrayList<>();
        accuracy(trial, gates);
        Scores challenger = trial.challenger();
        Optional<Scores> champion = trial.champion().map(Input.Champion::scores);
        gates.add(calibration(challenger, champion));
        gates.add(agreement(challenger, champion));
        bytes(challenger, champion).ifPresent(gates::add);
        latency(challenger, champion).ifPresent(gates::add);
        trial.champion().ifPresent(there -> gates.add(championByItsCard(there)));
        featureShift(trial.drift()).ifPresent(gates::add);
        return List.copyOf(gates);
    }

    private void accuracy(Input trial, List<Gate> gates) {
        GateSettings.Accuracy allowed = settings.accuracy();
        double accuracy = trial.challenger().accuracy();
        double floor = Math.max(allowed.floor(), trial.majorityShare());
        gates.add(atLeast(
                score + " floor",
                accuracy,
                floor,
                floor == allowed.floor()
                        ? "floor"
                        : score.equals("accuracy")
                                ? "the share of the most frequent class"
                                : "the best constant answer"));
        gates.add(atLeast(
                score + " by teacher",
                accuracy,
                trial.teacherAccuracy() - allowed.teacherGap(),
                "teacher has " + figure(trial.teacherAccuracy()) + "; gap " + figure(allowed.teacherGap())));
        trial.champion().ifPresent(champion -> {
            gates.add(atLeast(
                    score + " by champion",
                    accuracy,
                    champion.bestAccuracy() - allowed.margin(),
                    "champion " + champion.version() + " has "
                            + figure(champion.scores().accuracy()) + ", the best champion had "
                            + figure(champion.bestAccuracy()) + "; margin " + figure(allowed.margin())));
            gates.add(paired(champion, allowed));
        });
    }

    private static Gate paired(Input.Champion champion, GateSettings.Accuracy allowed) {
        McNemar test = McNemar.of(champion.pairs());
        String won = "of " + (champion.pairs().onlyFirst() + champion.pairs().onlySecond())
                + " rows on which they differ in being right, the challenger wins "
                + champion.pairs().onlyFirst();
        return allowed.required() == Required.BETTER
                ? atMost("mcnemar p of no gain", test.better(), allowed.significance(), won)
                : atLeast("mcnemar p of no loss", test.worse(), allowed.significance(), won);
    }

    private Gate calibration(Scores challenger, Optional<Scores> champion) {
        GateSettings.Calibration allowed = settings.calibration();
        double relative = champion.map(scores -> scores.calibrationError() + allowed.margin())
                .orElse(1.0);
        return atMost(
                "calibration error",
                challenger.calibrationError(),
                Math.min(relative, allowed.most()),
                relative < allowed.most()
                        ? "champion has " + figure(champion.orElseThrow().calibrationError()) + "; margin "
                                + figure(allowed.margin())
                        : "most");
    }

    private Gate agreement(Scores challenger, Optional<Scores> champion) {
        GateSettings.Agreement allowed = settings.agreement();
        double relative =
                champion.map(scores -> scores.agreement() - allowed.margin()).orElse(0.0);
        return atLeast(
                "agreement",
                challenger.agreement(),
                Math.max(relative, allowed.floor()),
                relative > allowed.floor()
                        ? "champion has " + figure(champion.orElseThrow().agreement()) + "; margin "
                                + figure(allowed.margin())
                        : "floor");
    }

    private Optional<Gate> bytes(Scores challenger, Optional<Scores> champion) {
        Optional<Double> most = settings.bytes().most().map(Long::doubleValue);
        Optional<Double> relative =
                champion.map(scores -> (double) Decimals.most(settings.bytes().growth(), scores.bytes()));
        return smaller(most, relative)
                .map(threshold -> atMost(
                        "bytes",
                        (double) challenger.bytes(),
                        threshold,
                        relative.filter(threshold::equals).isPresent()
                                ? "champion has "
                                        + champion.orElseThrow().bytes() + "; growth "
                                        + figure(settings.bytes().growth())
                                : "most"));
    }

    private Optional<Gate> latency(Scores challenger, Optional<Scores> champion) {
        Optional<Double> most = settings.latency().most();
        Optional<Double> relative = champion.map(
                scores -> scores.latencyMillis() * settings.latency().growth());
        return smaller(most, relative)
                .map(threshold -> atMost(
                        "latency ms",
                        challenger.latencyMillis(),
                        threshold,
                        relative.filter(threshold::equals).isPresent()
                                ? "champion has "
                                        + figure(champion.orElseThrow().latencyMillis())
                                        + "; growth "
                                        + figure(settings.latency().growth())
                                : "most"));
    }

    /** A gate of the data: the champion has not changed, so if its accuracy falls, the samples have. */
    private Gate championByItsCard(Input.Champion champion) {
        double fall = settings.data().championFall();
        double threshold = champion.cardAccuracy() - fall;
        return atLeast(
                "champion by its card",
                champion.scores().accuracy(),
                threshold,
                "champion " + champion.version() + " had " + figure(champion.cardAccuracy())
                        + " when it was published; fall " + figure(fall) + "; where it is below, look at the data");
    }

    /** The mean of n samples is off by chance, in deviations, about 1/√n; three times that is allowed for. */
    private Optional<Gate> featureShift(Drift drift) {
        if (drift.features().isEmpty()) {
            return Optional.empty();
        }
        double allowed = settings.data().featureShift();
        return Optional.of(atMost(
                "feature shift",
                drift.greatestShift(),
                allowed + 3 / Math.sqrt((double) drift.newSamples()),
                "deviations, " + figure(allowed) + " and 3/√n for n = " + drift.newSamples()
                        + " new rows; farthest are " + FeatureShift.listed(drift.features())));
    }

    private static Optional<Double> smaller(Optional<Double> one, Optional<Double> other) {
        if (one.isPresent() && other.isPresent()) {
            return Optional.of(Math.min(one.get(), other.get()));
        }
        return one.or(() -> other);
    }

    /**
     * A challenger beside those whom it must face, all on the same held-out samples.
     *
     * @param teacherAccuracy of the teacher
     * @param majorityShare the score of the best constant answer: of a class, the fraction of the samples that are of
     *     the most frequent one
     * @param champion nothing on the first run
     * @param drift of the new training samples
     */
    public record Input(
            Scores challenger, double teacherAccuracy, double majorityShare, Optional<Champion> champion, Drift drift) {
        /**
         * The published model.
         *
         * @param version in the registry
         * @param cardAccuracy its accuracy when it was published, on the held-out samples of then
         * @param pairs of challenger (first) and champion (second)
         * @param bestAccuracy the greatest that a champion ever had on these samples, this one's included: so that
         *     small losses do not add up, night by night
         */
        public record Champion(
                int version, Scores scores, double cardAccuracy, ContingencyTable pairs, double bestAccuracy) {}
    }
}
