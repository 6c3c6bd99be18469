package io.retort.data.tokenize;

import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.data.tokenize.TokenizerFile.Padding;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.ModelFiles;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs of a model that are token ids and masks, made of texts by a tokenizer of Hugging Face. A text is tokenized
 * once for all of them.
 *
 * @param file of the tokenizer
 * @param columns the column of texts; a second one where the model reads pairs
 * @param maxLength the most tokens of a text, special ones among them; what is beyond is cut off
 * @param fixedLength to which all texts are filled up; 0 where the model takes any length
 * @param inputs of the model, sorted by name
 */
public record TokenizedTexts(
        ModelFiles file, List<String> columns, int maxLength, int fixedLength, Padding padding, List<Input> inputs)
        implements Serializable, Fingerprinted {
    /** What an input of the model holds for each token. */
    public enum Part {
        /** The token's id. */
        IDS,
        /** 1; 0 for padding. */
        MASK,
        /** Of which text the token is. */
        TYPES
    }

    /** An input of the model. */
    public record Input(String name, Part part, ElementType type) implements Serializable {}

    public TokenizedTexts {
        columns = List.copyOf(columns);
        inputs = List.copyOf(inputs);
    }

    /** The content of a tokenizer's file on this machine; messages name it. */
    static TokenizerFile read(ModelFiles file) {
        Path here = file.onThisMachine();
        try {
            return TokenizerFile.of(Files.readAllBytes(here));
        } catch (ArtifactException e) {
            throw named(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(here + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ArtifactException named(ModelFiles file, ArtifactException e) {
        return new ArtifactException(file.contents().get(0).name() + " " + e.getMessage(), e);
    }

    /** Opens the tokenizer on this machine. */
    public Open open() {
        try {
            TokenizerFile read = read(file);
            return new Open(this, read.open(maxLength), read.truncatesLeft());
        } catch (ArtifactException e) {
            throw e.getMessage().startsWith(file.contents().get(0).name()) ? e : named(file, e);
        }
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("tokenized-texts/1").add(file.digest()).addTexts(columns).add(maxLength);
        digest.add(fixedLength).add(padding.id()).add(padding.type()).add(padding.left() ? 1 : 0);
        for (Part part : Part.values()) {
            digest.addTexts(inputs.stream()
                    .filter(input -> input.part() == part)
                    .map(Input::name)
                    .toList());
        }
    }

    /** At work; any number of threads may use it. */
    public static final class Open implements AutoCloseable {
        /**
         * Letters of a text that are looked at for each token that stays. Tokens have four or five; a text of megabytes
         * would take minutes, all but a page of which is cut off.
         */
        private static final int LETTERS_PER_TOKEN = 200;

        private final TokenizedTexts how;
        private final TextTokenizer tokenizer;
        private final boolean truncatesLeft;

        private Open(TokenizedTexts how, TextTokenizer tokenizer, boolean truncatesLeft) {
            this.how = how;
            this.tokenizer = tokenizer;
            this.truncatesLeft = truncatesLeft;
        }

        /** The tokens of each row. */
        public List<TextTokens> tokens(RowBatch rows) {
            List<TextTokens> tokens = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                String text = shortened(rows.text(how.columns.get(0), row));
                tokens.add(
                        how.columns.size() == 1
                                ? tokenizer.encode(text)
                                : tokenizer.encode(text, shortened(rows.text(how.columns.get(1), row))));
            }
            return tokens;
        }

        private String shortened(String text) {
            int most = LETTERS_PER_TOKEN * how.maxLength;
            if (text.length() <= most) {
                return text;
            }
            return truncatesLeft ? text.substring(text.length() - most) : text.substring(0, most);
        }

        /** Rows in batches by length. */
        public List<TokenBatch> batches(RowBatch rows, int mostRows) {
            return TokenBatch.byLength(tokens(rows), how.fixedLength, how.padding.left(), mostRows);
        }

        /** The tensors of a batch, by the names of the model's inputs. */
        public Map<String, BatchTensor> tensors(TokenBatch batch) {
            Map<String, BatchTensor> tensors = new HashMap<>();
            for (Input input : how.inputs) {
                tensors.put(
                        input.name(),
                        switch (input.part()) {
                            case IDS -> batch.tensor(input.type(), TextTokens::ids, how.padding.id());
                            case MASK -> batch.tensor(input.type(), Open::ones, 0);
                            case TYPES -> batch.tensor(input.type(), TextTokens::types, how.padding.type());
                        });
            }
            return tensors;
        }

        private static long[] ones(TextTokens tokens) {
            long[] ones = new long[tokens.count()];
            Arrays.fill(ones, 1);
            return ones;
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }
}
