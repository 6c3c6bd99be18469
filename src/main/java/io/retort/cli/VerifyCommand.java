package io.retort.cli;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.export.TestVectors;
import io.retort.spark.SessionSetup;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
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
    private static final String ONNX = ".onnx";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "an ONNX file, on any Hadoop file system")
    private String file;

    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description = "the test vectors; FILE without .onnx and with .test-vectors.json where it is not given")
    private String vectors = "";

    @Override
    public Integer call() {
        Storage storage = SessionSetup.storage();
        String beside =
                (file.endsWith(ONNX) ? file.substring(0, file.length() - ONNX.length()) : file) + TestVectors.SUFFIX;
        Path path = new Path(vectors.isEmpty() ? beside : vectors);
        TestVectors rows = Json.parseOpen(storage.read(path), path, TestVectors.class);
        double difference;
        try (OnnxPredictor model = OnnxPredictor.open(storage.read(new Path(file)), 1)) {
            difference = rows.replay(model);
        } catch (ArtifactException e) {
            throw new ArtifactException(file + ": " + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%s: the same answers to %d rows, up to %.1g of the largest value (at most %.1g is allowed)",
                file,
                rows.rows(),
                difference,
                rows.tolerance()));
        out.flush();
        return Retort.DONE;
    }
}
