package io.retort.cli;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import io.retort.export.ServedStudent;
import io.retort.export.ServingLayout;
import io.retort.recipe.ExportSettings;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a student as a server wants it, with its test vectors. A compact file is unpacked.",
            "It needs no Spark and no data."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:written",
            "1:nothing was written: the student is missing, damaged or answers otherwise, or DIR is there already",
            "2:bad usage"
        })
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions root;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "an ONNX file or a compact file, on any Hadoop file system, the directory of a run with one student, or a model of the registry, whose champion is exported")
    private String student;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "the directory that is written, on any Hadoop file system; new or empty")
    private String out;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            defaultValue = "plain",
            description =
                    "plain (student.onnx), triton (a model repository) or kserve (the same, and an InferenceService); default: ${DEFAULT-VALUE}")
    private ServingLayout layout;

    @Option(
            names = "--outputs",
            split = ",",
            paramLabel = "OUTPUT",
            description =
                    "logits, and of classes probabilities and label; where it is not given, those that the file has, and of a compact file logits")
    private List<Output> outputs = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "by which a server knows it; the name in the registry, or the file's without its ending, where it is not given")
    private String name = "";

    @Override
    public Integer call() {
        check();
        Storage storage = root.storage();
        NamedStudent found = NamedStudent.find(root, student);
        String served = name.isEmpty() ? found.name() : name;
        requireForPath(served);
        ServedStudent read = ServedStudent.read(storage, found.onnx());
        ServedStudent wanted = outputs.isEmpty() ? read : read.with(EnumSet.copyOf(outputs));
        Path directory = new Path(out);
        layout.write(storage, served, wanted, directory);
        PrintWriter stdout = spec.commandLine().getOut();
        stdout.println(directory + ": " + served + "; " + layout.advice(served, directory)
                + "; prove it with: retort verify " + new Path(directory, layout.onnx(served)));
        wanted.notes().forEach(note -> stdout.println("note: " + note));
        stdout.flush();
        return Retort.DONE;
    }

    private void check() {
        if (!outputs.isEmpty()) {
            try {
                new ExportSettings(outputs);
            } catch (SettingException e) {
                throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
            }
        }
        if (!name.isEmpty()) {
            requireForPath(name);
        }
    }

    private void requireForPath(String served) {
        if (!Names.isForPath(served)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--name must be up to 100 letters, digits, '_', '.' and '-', and begin with a letter or digit, was '"
                            + served + "'");
        }
    }
}
