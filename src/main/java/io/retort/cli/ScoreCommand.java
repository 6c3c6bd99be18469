package io.retort.cli;

import io.retort.ml.FileScoring;
import io.retort.ml.OnnxTransformer;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort score}. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Asks a model about the rows of files, as a job of Spark: Parquet with all rows and columns, and the model's outputs behind them.",
            "A job that was killed goes on when it is started again, and files that were added since are scored alone."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad usage; nothing was scored", "5:another process scores into --out"})
final class ScoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions root;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "an ONNX file (float32 or int8), the directory of a run with one student, or a model of the registry, whose champion is asked")
    private String name;

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "files, directories or patterns, on any Hadoop file system")
    private List<String> data;

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "the directory of the scores")
    private String out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "of the data, as Spark calls it; csv for names that end in .csv or .csv.gz, otherwise parquet")
    private String format = "";

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "of the format; csv has header=true and inferSchema=true unless this says otherwise")
    private Map<String, String> options = Map.of();

    @Option(
            names = "--input",
            paramLabel = "INPUT=COLUMN",
            description =
                    "a column that an input of the model reads; several of one input are put side by side. Without it each input reads the"
                            + " column of its name")
    private List<String> inputs = List.of();

    @Option(
            names = "--output",
            paramLabel = "OUTPUT=COLUMN",
            description =
                    "an output of the model, and its new column; all outputs that are numbers or strings where it is not given")
    private List<String> outputs = List.of();

    @Option(
            names = "--missing",
            paramLabel = "refuse|keep",
            defaultValue = "refuse",
            description = "a null in the model's columns; default: ${DEFAULT-VALUE}")
    private String missing;

    @Option(names = "--batch-size", paramLabel = "ROWS", description = "rows that the model sees together, at most")
    private Integer batchSize;

    @Override
    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    public Integer call() {
        OnnxTransformer model = model();
        PrintWriter err = spec.commandLine().getErr();
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start("retort score " + name)) {
            FileScoring scoring = new FileScoring(session, Terminal.progress(err), model, new Path(out));
            FileScoring.Result result = scoring.score(input());
            PrintWriter stdout = spec.commandLine().getOut();
            stdout.println(String.format(
                    Locale.ROOT,
                    "%s: %,d rows of %,d files scored%s",
                    out,
                    result.rows(),
                    result.files(),
                    result.finished() == 0 ? "" : ", " + result.finished() + " files were scored before"));
            stdout.flush();
            return Retort.DONE;
        }
    }

    private FileScoring.Input input() {
        String chosen = !format.isEmpty()
                ? format
                : data.stream().allMatch(path -> path.endsWith(".csv") || path.endsWith(".csv.gz")) ? "csv" : "parquet";
        Map<String, String> all = new LinkedHashMap<>();
        if (chosen.equals("csv")) {
            all.put("header", "true");
            all.put("inferSchema", "true");
        }
        all.putAll(options);
        return new FileScoring.Input(data, chosen, all);
    }

    private OnnxTransformer model() {
        OnnxTransformer model = new OnnxTransformer();
        if (!inputs.isEmpty()) {
            model.setInputNames(sides(inputs, 0)).setInputCols(sides(inputs, 1));
        }
        if (!outputs.isEmpty()) {
            model.setOutputNames(sides(outputs, 0)).setOutputCols(sides(outputs, 1));
        }
        try {
            model.setMissing(missing);
            if (batchSize != null) {
                model.setBatchSize(batchSize);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return model.setModel(NamedStudent.find(root, name).onnx().toString());
    }

    private List<String> sides(List<String> pairs, int side) {
        List<String> sides = new ArrayList<>();
        for (String pair : pairs) {
            int at = pair.indexOf('=');
            if (at < 1) {
                throw new ParameterException(spec.commandLine(), "must be NAME=COLUMN, was '" + pair + "'");
            }
            sides.add(side == 0 ? pair.substring(0, at) : pair.substring(at + 1));
        }
        return sides;
    }
}
