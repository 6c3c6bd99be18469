package io.retort.cli;

import io.retort.plan.Preview;
import io.retort.recipe.Recipe;
import io.retort.report.SummaryTable;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code retort run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Executes a recipe: shards the data, trains or loads the teacher, lets it label each sample once, trains students and their"
                    + " baselines, evaluates them, and exports each student as ONNX.",
            "What an earlier run computed under the same root is used again; a run that was killed goes on when it is started again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad configuration or usage; nothing was run"})
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private RootOptions root;

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        Storage storage = RecipeOptions.storage(recipe);
        RunContext ahead = new RunContext(storage, root.root(), Clock.systemUTC(), Progress.silent());
        Optional<RecipeRun.Result> known = RecipeRun.known(ahead, recipe);
        if (known.isPresent()) {
            return shown(known.get());
        }
        options.refuse(Preview.of(recipe, storage));
        PrintWriter err = spec.commandLine().getErr();
        String application = "retort " + recipe.name();
        return RecipeSession.execute(
                application,
                recipe,
                root.root(),
                err,
                (spark, context) -> shown(new RecipeRun(spark, context, recipe).execute()));
    }

    private int shown(RecipeRun.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(SummaryTable.of(result.report()));
        Terminal.warn(result.report(), out);
        switch (result.work()) {
            case DONE -> {}
            case ALL_REUSED -> out.println("nothing to do: all labels, networks and figures were in the store");
            case NONE -> out.println("nothing to do: recipe, data and teacher are those of an earlier run");
        }
        Terminal.files(result, out);
        out.flush();
        return Retort.DONE;
    }
}
