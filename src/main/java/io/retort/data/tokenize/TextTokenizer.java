package io.retort.data.tokenize;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

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

    /**
     * The tokens of a text, or of two texts, with the special ones.
     *
     * @param ids in the tokenizer's vocabulary
     * @param types 0 or 1: the text that a token is of
     * @param truncated whether there were more than the tokenizer leaves
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    public record TextTokens(long[] ids, long[] types, boolean truncated) {
        public int count() {
            return ids.length;
        }
    }

    /**
     * What DJL reads before it loads its native library: system properties, unless the environment has the same names.
     *
     * <p>Left alone it looks for a build for GPUs in the network where it sees CUDA, asks a metadata server whether it
     * runs in a cloud, and unpacks the library into the home directory, which executors may lack. Here the build for
     * CPUs in the jar is unpacked into a temporary directory: {@code <temporary directory>/retort-tokenizers-<user>},
     * which all processes of the user share. DJL moves the unpacked file to its place, so that none sees half of it.
     */
    private static final class NativeTokenizers {
        private NativeTokenizers() {}

        static void prepare() {
            Map.of("ai.djl.offline", "true", "OPT_OUT_TRACKING", "true", "RUST_FLAVOR", "cpu")
                    .forEach(NativeTokenizers::set);
            if (System.getProperty("ENGINE_CACHE_DIR") == null) {
                set("ENGINE_CACHE_DIR", directory().toString());
            }
        }

        private static void set(String name, String value) {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        }

        /**
         * For nobody else, as a library is loaded from there: one that another user has made is refused, for its owner
         * alone may set permissions.
         */
        private static Path directory() {
            Path directory = Path.of(
                    System.getProperty("java.io.tmpdir"), "retort-tokenizers-" + System.getProperty("user.name"));
            try {
                Files.createDirectories(directory);
                if (Files.isSymbolicLink(directory)) {
                    throw new IOException("it is a link");
                }
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                return directory;
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the tokenizers' library cannot be unpacked into " + directory + ": " + e.getMessage(), e);
            }
        }
    }
}
