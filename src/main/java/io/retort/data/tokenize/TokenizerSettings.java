package io.retort.data.tokenize;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Column.TextColumn;
import io.retort.data.Schema;
import io.retort.data.tokenize.TokenizedTexts.Input;
import io.retort.data.tokenize.TokenizedTexts.Part;
import io.retort.data.tokenize.TokenizerFile.Padding;
import io.retort.predict.ElementType;
import io.retort.predict.ModelFiles;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * A tokenizer of Hugging Face that makes several inputs of a model of one column of texts.
 *
 * @param path of its {@code tokenizer.json}
 * @param column of texts; may be absent where there is one
 * @param secondColumn of the second text, of models that read pairs
 * @param maxLength the most tokens of a text, special ones among them; may be absent where the file says it or the
 *     model fixes it
 * @param padToken that fills texts up, where the file does not say it
 * @param inputIds what the model calls its input of ids, {@code attentionMask} and {@code tokenTypeIds} likewise; may
 *     be absent where it is their usual name
 */
public record TokenizerSettings(
        @FilePath String path,
        Optional<String> column,
        Optional<String> secondColumn,
        Optional<Integer> maxLength,
        Optional<String> padToken,
        Optional<String> inputIds,
        Optional<String> attentionMask,
        Optional<String> tokenTypeIds) {
    /** Two special tokens, and one of the text. */
    private static final int LEAST = 3;

    private static final Map<Part, String> USUAL =
            Map.of(Part.IDS, "input_ids", Part.MASK, "attention_mask", Part.TYPES, "token_type_ids");
    private static final Set<ElementType> TYPES = Set.of(ElementType.INT64, ElementType.INT32);

    public TokenizerSettings {
        maxLength.ifPresent(most -> {
            if (most < LEAST || most > 1 << 20) {
                throw new SettingException("max-length", "must be in [" + LEAST + ", " + (1 << 20) + "], was " + most);
            }
        });
    }

    /** The file, read once for its digest. */
    public ModelFiles file(Storage storage) {
        Path file = new Path(path);
        return ModelFiles.of(storage, file.getParent(), List.of(file.getName()));
    }

    /** Why there is no tokenizer at the path; nothing where there may be one. */
    public Optional<String> problem(Storage storage) {
        Path file = new Path(path);
        if (!storage.exists(file)) {
            return Optional.of(path + " does not exist; it must be a tokenizer.json, see docs/TEACHERS.md");
        }
        return storage.status(file).isFile()
                ? Optional.empty()
                : Optional.of(path + " is a directory; path takes its tokenizer.json, see docs/TEACHERS.md");
    }

    /**
     * Holds it against the model and the rows.
     *
     * @param model its inputs
     * @throws SettingException where something does not fit
     */
    public TokenizedTexts texts(Storage storage, Schema rows, List<TensorSpec> model) {
        try {
            ModelFiles file = file(storage);
            TokenizerFile tokenizer = TokenizedTexts.read(file);
            List<String> columns = columns(rows);
            Map<Part, TensorSpec> inputs = inputs(model);
            int fixed = fixedLength(inputs);
            TokenizedTexts texts = new TokenizedTexts(
                    file,
                    columns,
                    length(tokenizer, fixed),
                    fixed,
                    padding(tokenizer),
                    inputs.entrySet().stream()
                            .map(input -> new Input(
                                    input.getValue().name(),
                                    input.getKey(),
                                    input.getValue().type()))
                            .sorted(Comparator.comparing(Input::name))
                            .toList());
            texts.open().close(); // a file that the library does not take is found now
            return texts;
        } catch (ArtifactException e) {
            throw new SettingException("path", e.getMessage());
        }
    }

    private List<String> columns(Schema rows) {
        List<String> there = rows.columns().stream()
                .filter(TextColumn.class::isInstance)
                .map(Column::name)
                .toList();
        List<String> columns = new ArrayList<>();
        columns.add(column.orElseGet(() -> {
            if (there.size() != 1) {
                throw new SettingException("column", "missing; name the column of texts, one of " + there);
            }
            return there.get(0);
        }));
        requireThere("column", columns.get(0), there);
        secondColumn.ifPresent(second -> {
            requireThere("second-column", second, there);
            columns.add(second);
        });
        return columns;
    }

    private static void requireThere(String key, String name, List<String> there) {
        if (!there.contains(name)) {
            throw new SettingException(
                    key,
                    "there is no column of texts '" + name + "'"
                            + Names.nearest(name, there)
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; there are " + there));
        }
    }

    private Map<Part, TensorSpec> inputs(List<TensorSpec> model) {
        Map<Part, TensorSpec> inputs = new EnumMap<>(Part.class);
        find(Part.IDS, "input-ids", inputIds, model, inputs);
        find(Part.MASK, "attention-mask", attentionMask, model, inputs);
        find(Part.TYPES, "token-type-ids", tokenTypeIds, model, inputs);
        if (!inputs.containsKey(Part.IDS)) {
            throw new SettingException(
                    "input-ids",
                    "missing; name the model's input that takes token ids, one of "
                            + model.stream()
                                    .map(input -> input.name() + " " + input.describe())
                                    .toList());
        }
        return inputs;
    }

    private static void find(
            Part part, String key, Optional<String> named, List<TensorSpec> model, Map<Part, TensorSpec> found) {
        String name = named.orElse(USUAL.get(part));
        Optional<TensorSpec> input =
                model.stream().filter(one -> one.name().equals(name)).findFirst();
        if (named.isPresent() && input.isEmpty()) {
            throw new SettingException(
                    key,
                    "the model has no input '" + name + "'; its inputs are "
                            + model.stream().map(TensorSpec::name).toList());
        }
        input.ifPresent(one -> {
            if (one.rowSizes().size() != 1 || !TYPES.contains(one.type())) {
                throw new SettingException(
                        key, "'" + name + "' is " + one.describe() + ", but must be int64 or int32 [batch, tokens]");
            }
            found.put(part, one);
        });
    }

    /** 0 where the model takes texts of any length. */
    private static int fixedLength(Map<Part, TensorSpec> inputs) {
        Set<Integer> sizes = inputs.values().stream()
                .map(input -> input.rowSizes().get(0))
                .filter(size -> size != TensorSpec.OPEN)
                .collect(Collectors.toSet());
        if (sizes.size() > 1) {
            throw new SettingException("path", "the model's inputs take texts of different lengths, " + sizes);
        }
        return sizes.stream().findFirst().orElse(0);
    }

    private int length(TokenizerFile tokenizer, int fixed) {
        if (maxLength.isEmpty() && tokenizer.maxLength().isEmpty() && fixed == 0) {
            throw new SettingException(
                    "max-length",
                    "missing, for the tokenizer's file says nothing of truncation; set it to the most tokens that the"
                            + " model was trained with, such as 128");
        }
        int length = maxLength.orElseGet(() -> tokenizer.maxLength().orElse(fixed));
        if (fixed > 0 && length > fixed) {
            if (maxLength.isPresent()) {
                throw new SettingException(
                        "max-length",
                        "must be at most " + fixed + ", the length that the model's inputs are fixed at, was "
                                + length);
            }
            return fixed;
        }
        return Math.max(LEAST, length);
    }

    private Padding padding(TokenizerFile tokenizer) {
        return tokenizer
                .padding(padToken)
                .orElseThrow(() -> new SettingException(
                        "pad-token",
                        padToken.map(token -> "the tokenizer has no special token '" + token + "'")
                                .orElse("missing, for the tokenizer has no padding and no token called [PAD] or <pad>;"
                                        + " name the one that the model was trained with, such as <|endoftext|>")));
    }
}
