package io.retort.retrain;

import io.retort.recipe.Recipe;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.Withdrawal;
import io.retort.retrain.Retraining.Outcome;
import io.retort.retrain.Retraining.Result;
import io.retort.run.record.ReusableRun;
import io.retort.run.record.RunContext;
import io.retort.storage.Digest;
import io.retort.storage.Lease;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An earlier decision about a retraining's data, teacher and recipe. It needs no Spark. */
final class LastDecision {
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
                        nothing + "the challenger that was refused at " + refusal.at() + " (" + refusal.run() + "); "
                                + stays(),
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
        return new Digest().add(CODE).add(ReusableRun.inputs(context, recipe)).key();
    }
}
