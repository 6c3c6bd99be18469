package io.retort.cli;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.export.TestVectors;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Asks an exported student about the rows of its test vectors, in the ONNX Runtime of this machine, and compares the answers.",
            "It needs no Spark and no data."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it answers as it did when it was exported", "1:it does not, or a file is missing or damaged"
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions root;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "an ONNX file, on any Hadoop file system, the directory of a run with one student, or a model of the registry, whose champion is asked")
    private String name;

    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description =
                    "the test vectors; the ONNX file without .onnx and with .test-vectors.json where it is not given")
    private String vectors = "";

    @Override
    public Integer call() {
        Storage storage = root.storage();
        NamedStudent student = NamedStudent.find(root, name);
        Path path = vectors.isEmpty() ? student.testVectors() : new Path(vectors);
        TestVectors rows = Json.parseOpen(storage.read(path), path, TestVectors.class);
        double difference;
        try (OnnxPredictor model =
                OnnxPredictor.open(storage.read(student.onnx()), List.of(), 1, OnnxPredictor.Kinds.NUMBERS_AND_TEXTS)) {
            difference = rows.replay(model);
        } catch (ArtifactException e) {
            throw new ArtifactException(student.onnx() + ": " + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%s: the same answers to %d rows, up to %.1g of the largest value (at most %.1g is allowed)",
                student.onnx(),
                rows.rows(),
                difference,
                rows.tolerance()));
        out.flush();
        return Retort.DONE;
    }
}
