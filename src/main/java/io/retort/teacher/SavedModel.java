package io.retort.teacher;

import io.retort.data.tokenize.TokenizerSettings;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.network.Signature;
import io.retort.predict.ModelFiles;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * A model that is there before the run, at a path that the recipe names. What lies there is part of what the run
 * depends on.
 */
public interface SavedModel {
    /** The directory or the file. */
    String path();

    /** The digest of all files that the model is read from. */
    String digest(Storage storage);

    /** Why there is no such model at the path, found without reading it whole; nothing where there may be one. */
    Optional<String> problem(Storage storage);

    /** What its inputs and outputs are called; nothing where there is no such model, or it does not say. */
    default Signature signature(Storage storage) {
        return Signature.none();
    }

    /**
     * An ONNX model and its tokenizer, by the keys that name them.
     *
     * @param at the part of the recipe that has both
     */
    static Map<String, SavedModel> onnx(String at, String path, Optional<TokenizerSettings> tokenizer) {
        Map<String, SavedModel> saved = new TreeMap<>(Map.of(at + ".path", new SavedOnnx(path)));
        tokenizer.ifPresent(settings -> saved.put(at + ".tokenizer.path", new SavedTokenizer(settings)));
        return saved;
    }

    /** A tokenizer's file, which is part of a teacher from elsewhere. */
    record SavedTokenizer(TokenizerSettings settings) implements SavedModel {
        @Override
        public String path() {
            return settings.path();
        }

        @Override
        public String digest(Storage storage) {
            return settings.file(storage).digest();
        }

        @Override
        public Optional<String> problem(Storage storage) {
            return settings.problem(storage);
        }
    }

    /** An ONNX file from elsewhere, with the data file beside it that it names. */
    record SavedOnnx(String path) implements SavedModel {
        @Override
        public String digest(Storage storage) {
            return files(storage).digest();
        }

        /** First the model, then its data. The model is copied here where it lies elsewhere, to see what it names. */
        public ModelFiles files(Storage storage) {
            Path given = new Path(path);
            Path file = given.isAbsolute() ? given : storage.whole(given);
            List<String> names = new ArrayList<>(List.of(file.getName()));
            ModelFiles model = ModelFiles.of(storage, file.getParent(), names);
            names.addAll(ForeignModel.dataFiles(model.onThisMachine()));
            return names.size() == 1 ? model : ModelFiles.of(storage, file.getParent(), names);
        }

        @Override
        public Optional<String> problem(Storage storage) {
            Path file = new Path(path);
            if (!storage.exists(file)) {
                return Optional.of(path + " does not exist; path takes an ONNX file, see docs/TEACHERS.md");
            }
            return storage.status(file).isFile()
                    ? Optional.empty()
                    : Optional.of(path + " is a directory; path takes an ONNX file, see docs/TEACHERS.md");
        }
    }
}
