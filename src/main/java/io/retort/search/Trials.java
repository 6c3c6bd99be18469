package io.retort.search;

import io.retort.recipe.SearchSettings;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.recipe.StudentSettings;
import io.retort.report.ScoreUnit;
import io.retort.run.Assessment.Assessed;
import io.retort.run.CandidateStage;
import io.retort.search.Costs.CandidateCost;
import io.retort.search.SearchReport.TrialSection;
import io.retort.search.SearchSpace.Candidate;
import io.retort.search.Strategy.Trial;
import io.retort.spark.FailureMessage;
import io.retort.spark.TaskSlots;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.EndOfProcess;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Trains the trials of one search, and shows how it stands. */
final class Trials {
    private final CandidateStage stage;
    private final String search;
    private final SearchSettings wanted;
    private final CandidateSettings settings;
    private final Costs costs;
    private final int epochs;
    private final Map<Integer, String> problems = new TreeMap<>();
    private final List<Outcome> ended = new ArrayList<>();

    /**
     * @param search its title
     * @param epochs of a whole training
     */
    Trials(CandidateStage stage, String search, CandidateSettings settings, Costs costs, int epochs) {
        this.stage = stage;
        this.search = search;
        this.wanted = stage.recipe().search().orElseThrow();
        this.settings = settings;
        this.costs = costs;
        this.epochs = epochs;
    }

    /** The name of a candidate: the same choices have the same one in every search. */
    static String name(Map<String, String> values) {
        return "c" + new Digest().addTexts(values.values()).hex().substring(0, 7);
    }

    static double score(Outcome outcome) {
        return -outcome.losses().get(0);
    }

    /** Those that ended well with all epochs. */
    List<Outcome> whole(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> !outcome.failed() && outcome.trial().epochs() == epochs)
                .toList();
    }

    /**
     * Trains and compresses a candidate, and measures it on the validation rows. One whose training fails loses, and so
     * does one that compression leaves with more than a limit.
     */
    Outcome outcome(Trial trial) {
        Candidate candidate = trial.candidate();
        StudentSettings student = settings.student(candidate).orElseThrow();
        String name = name(settings.values(candidate));
        List<Double> losses = new ArrayList<>();
        Optional<CandidateCost> cost = Optional.empty();
        try {
            Assessed made = stage.trained(name, student, trial.stints());
            CandidateCost left = CandidateCost.of(made);
            cost = Optional.of(left);
            left.requireWithin(wanted.limits());
            double score = stage.quality(made);
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("its score is " + score);
            }
            losses.add(-score);
            wanted.objectives()
                    .forEach(objective -> losses.add(
                            objective == Objective.LATENCY ? costs.of(candidate, objective) : left.of(objective)));
        } catch (ArtifactException | UncheckedIOException | TaskSlots.StoppedException e) {
            throw e; // the store's fault, or another part's
        } catch (RuntimeException e) {
            if (stage.isOver() || EndOfProcess.begun()) {
                throw e;
            }
            synchronized (this) {
                problems.put(trial.number(), FailureMessage.of(e));
            }
        }
        Outcome outcome = new Outcome(trial, losses, cost);
        tell(name, outcome);
        return outcome;
    }

    /** Why a trial failed, if one did. */
    synchronized Optional<String> problem() {
        return problems.values().stream().findFirst();
    }

    private synchronized void tell(String name, Outcome outcome) {
        ScoreUnit unit = ScoreUnit.of(stage.qualityName());
        ended.add(outcome);
        Trial trial = outcome.trial();
        String result = outcome.failed()
                ? "failed: " + problems.get(trial.number())
                : unit.text(score(outcome)) + " with "
                        + String.format(
                                Locale.ROOT, "%,d parameters", cost(outcome).parameters())
                        + latency(trial.candidate())
                        + (trial.epochs() < epochs ? " after " + trial.epochs() + " of " + epochs + " epochs" : "");
        stage.context()
                .progress()
                .say(search + ", trial " + trial.number() + " (" + name + "): " + result + front(outcome, unit));
    }

    /** Of the network that came out; of that which was to be trained, where none did. */
    private CandidateCost cost(Outcome outcome) {
        return outcome.cost().or(() -> costs.of(outcome.trial().candidate())).orElseThrow();
    }

    private String latency(Candidate candidate) {
        OptionalDouble millis = costs.millis(candidate);
        return millis.isPresent() ? String.format(Locale.ROOT, ", %.3f ms", millis.getAsDouble()) : "";
    }

    /** The front so far, where the outcome has changed it. */
    private String front(Outcome outcome, ScoreUnit unit) {
        List<Outcome> front = Outcome.front(whole(ended));
        return !front.contains(outcome)
                ? ""
                : "; front: "
                        + front.stream()
                                .sorted(Comparator.comparing(Trials::score))
                                .map(point -> String.format(
                                        Locale.ROOT, "%,d %s", cost(point).parameters(), unit.text(score(point))))
                                .collect(Collectors.joining(", "));
    }

    /** @param filterScore of its candidate */
    synchronized TrialSection section(Outcome outcome, OptionalDouble filterScore) {
        Trial trial = outcome.trial();
        Map<String, String> values = settings.values(trial.candidate());
        CandidateCost cost = cost(outcome);
        return new TrialSection(
                trial.number(),
                name(values),
                values,
                trial.epochs(),
                outcome.failed() ? OptionalDouble.empty() : OptionalDouble.of(score(outcome)),
                cost.parameters(),
                cost.macs(),
                cost.bytes(),
                costs.millis(trial.candidate()),
                filterScore,
                problems.getOrDefault(trial.number(), ""));
    }
}
