package io.retort.teacher;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Schema;
import io.retort.data.tokenize.TokenizedTexts;
import io.retort.data.tokenize.TokenizerSettings;
import io.retort.engine.onnx.run.ForeignModel.GraphFacts;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.label.EncodedFile;
import io.retort.label.EncodedFile.Together;
import io.retort.predict.ElementType;
import io.retort.predict.ModelFiles;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.ProbeReport;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the inputs of an ONNX file are made of rows, as a recipe has it, held against the file and the data.
 *
 * @param path of the settings in the recipe
 * @param given inputs that a recipe names, each with its encoder
 * @param tokenizer of those that it makes of texts
 */
record ForeignInputs(
        TeacherPlanning planning,
        String path,
        List<OnnxTeacherSettings.Input> given,
        Optional<TokenizerSettings> tokenizer) {
    /**
     * The file with its inputs.
     *
     * @param specs of the model's inputs
     * @throws RecipeMismatchException with all that does not fit
     */
    EncodedFile of(ModelFiles files, List<TensorSpec> specs) {
        List<Misfit> misfits = new ArrayList<>();
        List<TokenizedTexts> texts = texts(specs, misfits);
        Map<String, EncodedFile.Input> inputs = encoded(specs, texts, misfits);
        for (TensorSpec spec : misfits.isEmpty() ? specs : List.<TensorSpec>of()) {
            if (!inputs.containsKey(spec.name()) && !isMade(texts, spec.name())) {
                misfits.add(new Misfit(path + ".inputs", nothingMakes(spec)));
            }
        }
        if (!misfits.isEmpty()) {
            throw new RecipeMismatchException(misfits);
        }
        return new EncodedFile(files, inputs, texts, Together.BATCH);
    }

    private List<TokenizedTexts> texts(List<TensorSpec> specs, List<Misfit> misfits) {
        try {
            return tokenizer.map(settings -> settings.texts(planning.storage(), planning.schema(), specs)).stream()
                    .toList();
        } catch (SettingException e) {
            misfits.add(Misfit.at(path + ".tokenizer", e));
            return List.of();
        }
    }

    private Map<String, EncodedFile.Input> encoded(
            List<TensorSpec> specs, List<TokenizedTexts> texts, List<Misfit> misfits) {
        List<String> names = specs.stream().map(TensorSpec::name).toList();
        Map<String, EncodedFile.Input> inputs = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            OnnxTeacherSettings.Input one = given.get(i);
            String at = path + ".inputs[" + i + "]";
            Optional<TensorSpec> spec = specs.stream()
                    .filter(input -> input.name().equals(one.name()))
                    .findFirst();
            if (spec.isEmpty()) {
                String meant = Names.nearest(one.name(), names)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("its inputs are " + described(specs));
                misfits.add(new Misfit(at + ".name", "the model has no input '" + one.name() + "'; " + meant));
                continue;
            } else if (isMade(texts, one.name())) {
                misfits.add(new Misfit(at + ".name", "'" + one.name() + "' is made by the tokenizer"));
                continue;
            }
            try {
                inputs.put(
                        one.name(),
                        new EncodedFile.Input(one.encoder(), one.encoder().encoder(planning.schema(), spec.get())));
            } catch (IllegalArgumentException e) {
                misfits.add(Misfit.at(at + ".encoder", e));
            }
        }
        return inputs;
    }

    private static boolean isMade(List<TokenizedTexts> texts, String name) {
        return texts.stream()
                .flatMap(tokens -> tokens.inputs().stream())
                .anyMatch(input -> input.name().equals(name));
    }

    private String nothingMakes(TensorSpec spec) {
        Schema schema = planning.schema();
        boolean isOfTokens =
                spec.rowSizes().size() == 1 && spec.type().isWhole() && tokenizer.isEmpty() && hasTexts(schema);
        return "nothing makes the model's input '" + spec.name() + "', " + spec.describe() + ", of the data's columns "
                + schema.columns().stream().map(Column::describe).toList()
                + (isOfTokens
                        ? "; where it takes ids of tokens, add tokenizer { path = \"tokenizer.json\" }, or else"
                                + " add to inputs { name = "
                        : "; add { name = ")
                + spec.name() + ", encoder { kind = " + kind(spec) + " ... } }";
    }

    private static boolean hasTexts(Schema schema) {
        return schema.columns().stream().anyMatch(Column.TextColumn.class::isInstance);
    }

    private String kind(TensorSpec input) {
        return input.type() == ElementType.STRING
                ? "text"
                : planning.schema().shape().isImage() ? "image" : "tensor";
    }

    /** What a file shows, for people. */
    static List<String> description(Schema schema, EncodedFile file, GraphFacts facts, OnnxPredictor predictor) {
        List<String> lines = new ArrayList<>();
        file.files().contents().forEach(one -> lines.add("file: " + one.name() + ", " + one.bytes() + " bytes"));
        described(predictor.inputs())
                .forEach(input -> lines.add("input: " + input + ", of " + schema.noun() + " " + schema.shape()));
        file.texts()
                .forEach(texts -> lines.add("tokens: of " + texts.columns() + ", at most " + texts.maxLength()
                        + " with special ones; token " + texts.padding().id() + " fills up "
                        + (texts.padding().left() ? "before" : "after") + " the text"
                        + (texts.fixedLength() > 0 ? " to " + texts.fixedLength() : "")));
        described(predictor.outputs()).forEach(output -> lines.add("reads: " + output));
        if (!facts.classLabels().isEmpty()) {
            lines.add("classes in the file: " + facts.classLabels());
        }
        if (!facts.batchDependent().isEmpty()) {
            lines.add("rows of a batch influence each other: " + facts.batchDependent());
        }
        if (!facts.random().isEmpty()) {
            lines.add("draws random numbers: " + facts.random());
        }
        return lines;
    }

    /** Why a model whose answers depend on neighbours is refused. */
    static String dependence(ProbeReport found, String path) {
        return "its answer for a row depends on the rows beside it: "
                + found.neighbours().orElseThrow().text()
                + ". Export it without dynamic quantization and in inference mode, or set " + path
                + ".batch-dependent = one-by-one, which is slower";
    }

    static List<String> described(List<TensorSpec> specs) {
        return specs.stream().map(spec -> spec.name() + " " + spec.describe()).toList();
    }
}
