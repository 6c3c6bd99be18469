package io.retort.data.tokenize;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.retort.storage.ArtifactException;

/**
 * A tokenizer of Hugging Face at work. Any number of threads may use it until it is closed.
 *
 * <p>The native library is called directly: DJL's own {@code HuggingFaceTokenizer} pads and truncates by settings of
 * its own whatever the file says, makes objects for each token that nobody here needs, and needs a newer Gson than
 * Spark's distributions put first in the class path.
 */
public final class TextTokenizer implements AutoCloseable {
    private static final TokenizersLibrary LIBRARY = library();

    private final long handle;

    private TextTokenizer(long handle) {
        this.handle = handle;
    }

    private static TokenizersLibrary library() {
        NativeTokenizers.prepare();
        LibUtils.checkStatus();
        return TokenizersLibrary.LIB;
    }

    /**
     * Opens a tokenizer, which truncates and pads as its description says.
     *
     * @param json the content of a {@code tokenizer.json}
     * @throws ArtifactException if the library does not take it
     */
    public static TextTokenizer open(String json) {
        try {
            return new TextTokenizer(LIBRARY.createTokenizerFromString(json));
        } catch (RuntimeException e) { // all that the native code throws
            throw new ArtifactException(
                    "is no tokenizer that the library of Hugging Face reads (" + e.getMessage()
                            + "); save it anew with tokenizers 0.21 or transformers (save_pretrained)",
                    e);
        }
    }

    /** The tokens of a text. */
    public TextTokens encode(String text) {
        return tokens(LIBRARY.encode(handle, text, true));
    }

    /** The tokens of two texts, one after the other. */
    public TextTokens encode(String first, String second) {
        return tokens(LIBRARY.encodeDual(handle, first, second, true));
    }

    private static TextTokens tokens(long encoding) {
        try {
            return new TextTokens(
                    LIBRARY.getTokenIds(encoding),
                    LIBRARY.getTypeIds(encoding),
                    LIBRARY.getOverflowCount(encoding) > 0);
        } finally {
            LIBRARY.deleteEncoding(encoding);
        }
    }

    @Override
    public void close() {
        LIBRARY.deleteTokenizer(handle);
    }
}
