package io.retort.retrain;

import io.retort.plan.ColumnOrder;
import io.retort.plan.NamedData;
import io.retort.recipe.Recipe;
import io.retort.registry.ModelCard;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.Withdrawal;
import io.retort.report.Report;
import io.retort.run.ChallengerOrigin;
import io.retort.run.RecipeRun;
import io.retort.run.record.ReusableRun;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Lease;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A run that ends in a gate: it trains one challenger and makes it the champion of a registered model where it passes.
 *
 * <p>It holds the model's lease from beginning to end, so that of two starts one works and the other leaves. Whether
 * there is anything to do is found out from the names, lengths and times of the source's files, the teacher's files and
 * the recipe: a challenger that was promoted or refused once from the same of all is not trained again. A version that
 * was rolled back does not return by itself: it is known by its training samples, teacher and student before a
 * training, and by its parameters after one.
 */
public final class Retraining {
    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final RegisteredModel model;
    private final LastDecision last;

    /** @throws IllegalArgumentException where the recipe names no model, or none of several students */
    public Retraining(JavaSparkContext spark, RunContext context, Recipe recipe) {
        this.spark = spark;
        this.context = context;
        this.recipe = recipe.ofChallenger();
        this.model = model(context, recipe);
        this.last = new LastDecision(context, this.recipe, model);
    }

    private static RegisteredModel model(RunContext context, Recipe recipe) {
        return new RegisteredModel(
                context.storage(), context.root(), recipe.retrain().model().orElseThrow(), context.clock());
    }

    private static Lease lease(RegisteredModel model, Recipe recipe) {
        return model.lease("retrain " + recipe.name(), recipe.retrain().lock().terms());
    }

    /**
     * How a retraining ended.
     *
     * @param summary for people, one line
     * @param run its directory and report, where it trained
     */
    public record Result(Outcome outcome, String summary, Optional<RecipeRun.Result> run) {}

    /** The outcome. */
    public enum Outcome {
        /** There is a new champion. */
        PROMOTED,
        /** The challenger did not pass, and the champion stays. */
        REFUSED,
        /** Nothing has changed since the last decision. */
        NOTHING_TO_DO
    }

    /**
     * The outcome of a retraining that starts now, where that is known without Spark; nothing where it has something to
     * do.
     *
     * @param context whose progress receives nothing
     * @throws io.retort.storage.Lease.HeldException where another process is at it
     */
    public static Optional<Result> settled(RunContext context, Recipe recipe) {
        Recipe ofChallenger = recipe.ofChallenger();
        RegisteredModel model = model(context, recipe);
        try {
            if (model.versions().isEmpty() && model.refusal().isEmpty()) {
                return Optional.empty(); // and a recipe that may be wrong leaves no trace
            }
            try (Lease lease = lease(model, recipe)) {
                LastDecision last = new LastDecision(context, ofChallenger, model);
                return last.settled(lease, last.key());
            }
        } catch (ArtifactException | IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // it fails with Spark too, where the doctor has looked before
        }
    }

    /**
     * Retrains.
     *
     * @throws io.retort.storage.Lease.HeldException where another process is at it
     * @throws RunFailedException where a stage failed; the champion stays
     */
    public Result execute() {
        try (Lease lease = lease(model, recipe)) {
            String key = last.key();
            Optional<Result> settled = last.settled(lease, key);
            if (settled.isPresent()) {
                return settled.get();
            }
            Optional<Withdrawal> returning = returning();
            if (returning.isPresent()) {
                return new Result(
                        Outcome.NOTHING_TO_DO,
                        "nothing to do: training samples, teacher and student are those of a version that was taken back; "
                                + last.withdrawn(returning.get()) + "; " + last.stays(),
                        Optional.empty());
            }
            ChallengeStage challenge = new ChallengeStage(model, lease, key, origin());
            RecipeRun.Result run = new RecipeRun(spark, context, recipe, Optional.of(challenge)).execute();
            Report.ChallengeSection section = run.report().challenges().get(0);
            return section.outcome() == Report.ChallengeSection.Outcome.PROMOTED
                    ? new Result(
                            Outcome.PROMOTED,
                            "promoted: version " + section.champion() + " is the champion of '" + model.name() + "'",
                            Optional.of(run))
                    : new Result(Outcome.REFUSED, "refused: " + last.stays(), Optional.of(run));
        }
    }

    /**
     * The version that was taken back and would come again, known before the night is spent on it. It costs the
     * training samples' shards, which the run needs anyhow, and one reading of them, only where something was taken
     * back.
     */
    private Optional<Withdrawal> returning() {
        List<Withdrawal> withdrawals = model.withdrawals();
        if (withdrawals.isEmpty()) {
            return Optional.empty();
        }
        try {
            String origin = origin().ofToday(NamedData.of(
                            context.storage(), recipe.data(), ColumnOrder.ofChampion(context.storage(), recipe, model))
                    .settings());
            return withdrawals.stream()
                    .filter(withdrawal -> withdrawal.isOfOrigin(origin))
                    .findFirst();
        } catch (ArtifactException | IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // it fails the run too, which has a log for it
        }
    }

    private ChallengerOrigin origin() {
        return new ChallengerOrigin(spark, context, recipe);
    }

    static String passed(ModelCard card) {
        return "passed its gates in " + card.run();
    }

    /** An earlier decision about a retraining's data, teacher and recipe. It needs no Spark. */
    static final class LastDecision {
        private static final String CODE = "retrain/2";

        private final RunContext context;
        private final Recipe recipe;
        private final RegisteredModel model;

        LastDecision(RunContext context, Recipe recipe, RegisteredModel model) {
            this.context = context;
            this.recipe = recipe;
            this.model = model;
        }

        /** The earlier decision about the same data, teacher and recipe. */
        Optional<Result> settled(Lease lease, String key) {
            List<Integer> promoted =
                    model.history().stream().map(Promotion::version).toList();
            List<Version> same = model.versions().stream()
                    .filter(version -> version.card().key().equals(key))
                    .toList();
            Optional<Version> published = last(same.stream().filter(version -> promoted.contains(version.number())));
            String nothing = "nothing to do: data, teacher and recipe are those of ";
            if (published.isPresent()) {
                int number = published.get().number();
                String takenBack = model.withdrawals().stream()
                        .filter(withdrawal -> withdrawal.version() == number)
                        .map(withdrawal -> withdrawn(withdrawal) + "; ")
                        .collect(Collectors.joining());
                return Optional.of(new Result(
                        Outcome.NOTHING_TO_DO,
                        nothing + "version " + number + "; " + takenBack + stays(),
                        Optional.empty()));
            }
            long reign = model.champion().map(Promotion::sequence).orElse(0L);
            Optional<Version> waiting =
                    last(same.stream().filter(version -> version.card().against() == reign));
            if (waiting.isPresent()) {
                // it passed its gates against this champion, and the process died before it could move the pointer
                Version version = waiting.get();
                model.promote(lease, version.number(), Retraining.passed(version.card()));
                return Optional.of(new Result(
                        Outcome.PROMOTED,
                        "promoted: version " + version.number() + " is the champion of '" + model.name()
                                + "'; an earlier run had trained it and was interrupted before it was published",
                        Optional.empty()));
            }
            return model.refusal()
                    .filter(refusal -> refusal.key().equals(key))
                    .map(refusal -> new Result(
                            Outcome.NOTHING_TO_DO,
                            nothing + "the challenger that was refused at " + refusal.at() + " (" + refusal.run()
                                    + "); " + stays(),
                            Optional.empty()));
        }

        /** The sentence of a withdrawal, and how it is undone. */
        String withdrawn(Withdrawal withdrawal) {
            return withdrawal.sentence() + "; " + model.remedy(withdrawal);
        }

        private static Optional<Version> last(Stream<Version> versions) {
            return versions.reduce((earlier, later) -> later);
        }

        /** Which version remains the champion, as a clause. */
        String stays() {
            return model.champion()
                    .map(champion -> "version " + champion.version() + " stays the champion of '" + model.name() + "'")
                    .orElse("'" + model.name() + "' has no champion");
        }

        /** The digest of all that a challenger depends on, other than the champion. */
        String key() {
            return new Digest()
                    .add(CODE)
                    .add(ReusableRun.inputs(context, recipe))
                    .key();
        }
    }
}
