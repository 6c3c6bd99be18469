package io.retort.cli;

import picocli.CommandLine.Command;

/** {@code retort models}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = {
            "Looks into the registry of published models, and changes which of them is the champion.",
            "Programs that serve a model read <root>/registry/<model>/champion.json: its field onnx is the path of the model, beside that file."
        },
        subcommands = {
            ModelsListCommand.class,
            ModelsPromoteCommand.class,
            ModelsPruneCommand.class,
            ModelsRollbackCommand.class,
            ModelsShowCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad usage", "5:locked: a retraining is under way"})
final class ModelsCommand {}
