package io.retort.cli;

import io.retort.plan.Preview;
import io.retort.recipe.Recipe;
import io.retort.report.ChallengeTable;
import io.retort.retrain.Retraining;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code retort retrain}. */
@Command(
        name = "retrain",
        mixinStandardHelpOptions = true,
        description = {
            "Retrains a registered model, for a scheduler: trains one student of the recipe as a challenger, on what is new and what is not, and"
                    + " makes it the champion only where it passes every gate against the champion and the teacher.",
            "Leaves in seconds where nothing has changed. Start it again after a crash; there is nothing to clean."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:promoted: there is a new champion",
            "1:failed; the champion stays",
            "2:bad configuration or usage; nothing was run",
            "3:nothing to do: data, teacher and recipe are those of the last decision",
            "4:refused: the challenger did not pass, the champion stays",
            "5:locked: another process is retraining the model"
        })
final class RetrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private RootOptions root;

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        options.require(recipe::ofChallenger);
        int challenger =
                recipe.students().indexOf(recipe.ofChallenger().students().get(0));
        options.refuse(
                List.of("students[" + challenger + "].baseline-losses", "defaults.students.baseline-losses"),
                "has no effect, for a retraining trains no baseline; leave it out");
        Storage storage = RecipeOptions.storage(recipe);
        RunContext ahead = new RunContext(storage, root.root(), Clock.systemUTC(), Progress.silent());
        Optional<Retraining.Result> settled = Retraining.settled(ahead, recipe);
        if (settled.isPresent()) {
            return shown(settled.get());
        }
        options.refuse(Preview.of(recipe, storage));
        PrintWriter err = spec.commandLine().getErr();
        String application = "retort retrain " + recipe.name();
        return RecipeSession.execute(
                application,
                recipe,
                root.root(),
                err,
                (spark, context) -> shown(new Retraining(spark, context, recipe).execute()));
    }

    private int shown(Retraining.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        result.run().ifPresent(run -> {
            out.println(ChallengeTable.of(
                    run.report().challenges().get(0), run.report().dataset().score()));
            Terminal.warn(run.report(), out);
            Terminal.files(run, out);
        });
        out.println(result.summary());
        out.flush();
        return switch (result.outcome()) {
            case PROMOTED -> Retort.DONE;
            case NOTHING_TO_DO -> Retort.NOTHING_TO_DO;
            case REFUSED -> Retort.REFUSED;
        };
    }
}
