package io.retort.teacher;

import io.retort.engine.onnx.run.ForeignModel;
import io.retort.predict.ModelFiles;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** An ONNX file from elsewhere, with the data file beside it that it names. */
public record SavedOnnx(String path) implements SavedModel {
    @Override
    public String digest(Storage storage) {
        return files(storage).digest();
    }

    /** First the model, then its data. The model is copied here where it lies elsewhere, to see what it names. */
    public ModelFiles files(Storage storage) {
        Path file = new Path(path);
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
