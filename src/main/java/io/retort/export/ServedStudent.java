package io.retort.export;

import io.retort.config.Names;
import io.retort.data.LabelColumns;
import io.retort.data.encode.TokenizerFiles;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.export.Parity.FurtherAnswers;
import io.retort.network.compact.CompactFile;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;

/** A student as somebody serves it: an ONNX file, its test vectors, and the tokenizer of one that reads texts. */
public final class ServedStudent {
    private static final String ONNX = ".onnx";

    private final Path source;
    private final byte[] onnx;
    private final Optional<TestVectors> testVectors;
    private final Map<String, byte[]> tokenizer;
    private final List<String> notes;

    private ServedStudent(
            Path source,
            byte[] onnx,
            Optional<TestVectors> testVectors,
            Map<String, byte[]> tokenizer,
            List<String> notes) {
        this.source = source;
        this.onnx = onnx;
        this.testVectors = testVectors;
        this.tokenizer = tokenizer;
        this.notes = notes;
    }

    /**
     * Reads an ONNX file, which must answer its test vectors where they lie beside it, or unpacks a
     * {@linkplain CompactFile compact one}, which has logits alone and gets vectors of its own answers.
     *
     * @throws ArtifactException where it is damaged, or answers otherwise
     */
    public static ServedStudent read(Storage storage, Path file) {
        List<String> notes = new ArrayList<>();
        if (file.getName().endsWith(CompactFile.SUFFIX)) {
            CompactStudent compact = CompactStudent.of(storage, file);
            ServedStudent student = beside(storage, file, compact.stem(), compact.onnx(), notes);
            if (compact.isNamed()) {
                return student.withOwnAnswers();
            }
            notes.add("without " + compact.stem() + "/structure.json beside it, classes and columns have no names,"
                    + " categories are not encoded, logits are not calibrated, and there are no test vectors");
            return new ServedStudent(file, student.onnx, Optional.empty(), student.tokenizer, notes);
        }
        String stem = file.getName().endsWith(ONNX)
                ? file.getName().substring(0, file.getName().length() - ONNX.length())
                : file.getName();
        ServedStudent student = beside(storage, file, stem, storage.read(file), notes);
        student.testVectors.ifPresent(rows -> student.asked(rows::replay));
        return student;
    }

    private static ServedStudent beside(Storage storage, Path source, String stem, byte[] onnx, List<String> notes) {
        Path vectors = new Path(source.getParent(), stem + TestVectors.SUFFIX);
        Optional<TestVectors> testVectors = storage.exists(vectors)
                ? Optional.of(Json.parseOpen(storage.read(vectors), vectors, TestVectors.class))
                : Optional.empty();
        if (testVectors.isEmpty()) {
            notes.add("there are no test vectors, for " + vectors.getName() + " is not beside it");
        }
        Map<String, byte[]> tokenizer = new LinkedHashMap<>();
        for (String file : List.of(TokenizerFiles.TOKENIZER, TokenizerFiles.TEST)) {
            for (String name : List.of(stem + "." + file, file)) { // of a run, of the registry
                Path path = new Path(source.getParent(), name);
                if (!tokenizer.containsKey(file) && storage.exists(path)) {
                    tokenizer.put(file, storage.read(path));
                }
            }
        }
        return new ServedStudent(source, onnx, testVectors, tokenizer, notes);
    }

    /**
     * The student with these outputs, whatever it has.
     *
     * @param outputs logits among them
     * @throws ArtifactException where its file cannot give them
     */
    public ServedStudent with(Set<Output> outputs) {
        List<String> there =
                asked(OnnxPredictor::outputs).stream().map(TensorSpec::name).toList();
        if (there.equals(outputs.stream().map(Names::kebab).toList())) {
            return this;
        }
        List<String> known =
                EnumSet.allOf(Output.class).stream().map(Names::kebab).toList();
        if (!known.containsAll(there)) {
            throw new ArtifactException(source + " has the outputs " + there + " and not " + known.get(0)
                    + " of classes; leave --outputs out");
        }
        Set<Output> further = EnumSet.copyOf(outputs);
        further.remove(Output.LOGITS);
        byte[] alone = FurtherOutputs.without(onnx);
        if (further.isEmpty()) {
            return new ServedStudent(source, alone, testVectors, tokenizer, notes).withOwnAnswers();
        }
        for (TensorSpec input : asked(OnnxPredictor::inputs)) {
            if (further.stream().map(Names::kebab).anyMatch(input.name()::equals)) {
                throw new ArtifactException(source + " has an input '" + input.name()
                        + "', so no output can have that name; set export.outputs in the recipe and run it again");
            }
        }
        Activation activation = activation(outputs);
        byte[] all = FurtherOutputs.behind(alone, further, activation);
        ServedStudent student = new ServedStudent(source, all, testVectors, tokenizer, notes);
        testVectors.ifPresent(rows -> student.asked(model -> proved(model, rows, activation)));
        return student.withOwnAnswers();
    }

    private Outputs proved(OnnxPredictor model, TestVectors rows, Activation activation) {
        Outputs answers = model.predict(rows.inputsOf(model));
        float[] logits = answers.of(model.outputs().get(0).name());
        FurtherAnswers.require(answers, logits, OnnxModel.classNames(onnx), activation, "the model");
        return answers;
    }

    /** The same, whose vectors have the answers of its file. */
    private ServedStudent withOwnAnswers() {
        Optional<TestVectors> own =
                testVectors.map(rows -> asked(model -> TestVectors.of(model, rows.inputsOf(model))));
        return new ServedStudent(source, onnx, own, tokenizer, notes);
    }

    /** What the file answers in ONNX Runtime. */
    <T> T asked(Function<OnnxPredictor, T> question) {
        try (OnnxPredictor model = OnnxPredictor.open(onnx, List.of(), 1, OnnxPredictor.Kinds.NUMBERS_AND_TEXTS)) {
            return question.apply(model);
        } catch (ArtifactException e) {
            throw new ArtifactException(source + ": " + e.getMessage(), e);
        }
    }

    private Activation activation(Set<Output> outputs) {
        String task = OnnxModel.provenance(onnx).getOrDefault(OnnxModel.TASK, "");
        if (task.equals(Names.kebab(LabelColumns.Kind.CLASS))) {
            return Activation.SOFTMAX;
        }
        if (task.equals(Names.kebab(LabelColumns.Kind.SEVERAL_CLASSES)) && !outputs.contains(Output.LABEL)) {
            return Activation.SIGMOID;
        }
        throw new ArtifactException(source
                + (task.isEmpty()
                        ? " does not say what it predicts, for an earlier version wrote it or it was unpacked without"
                                + " its ONNX file; set export.outputs in the recipe and run it again"
                        : " predicts " + task.replace('-', ' ') + ", of which it cannot give "
                                + outputs.stream().map(Names::kebab).toList()));
    }

    /** What whoever serves it has to know. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Its files, whose names begin with a path. */
    Map<String, byte[]> files(String path) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(path + ONNX, onnx);
        testVectors.ifPresent(rows -> files.put(path + TestVectors.SUFFIX, Json.file(rows)));
        tokenizer.forEach((file, bytes) -> files.put(path + "." + file, bytes));
        return files;
    }
}
