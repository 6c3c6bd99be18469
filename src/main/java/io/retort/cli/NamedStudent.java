package io.retort.cli;

import io.retort.export.TestVectors;
import io.retort.network.compact.CompactFile;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * An exported student that somebody names: a file with its companions beside it.
 *
 * @param name that of the registry, or the file's without its ending
 */
record NamedStudent(String name, Path onnx) {
    private static final String ONNX = ".onnx";

    /**
     * Finds a student.
     *
     * @param name an ONNX file, a directory that has one, or a model of the registry, whose champion is meant
     * @throws ArtifactException where there is none, or more than one
     */
    static NamedStudent find(RootOptions root, String name) {
        Storage storage = root.storage();
        Path path = new Path(name);
        if (storage.exists(path)) {
            Path file = storage.status(path).isFile() ? path : only(storage, path);
            return new NamedStudent(stem(file), file);
        }
        if (name.contains("/") || name.endsWith(ONNX) || name.endsWith(CompactFile.SUFFIX)) {
            throw new ArtifactException(name + " does not exist");
        }
        RegisteredModel model = root.model(name);
        Promotion champion = model.champion()
                .orElseThrow(() -> new ArtifactException("model '" + name + "' has no champion under " + root.root()));
        return new NamedStudent(name, new Path(model.directory(), champion.onnx()));
    }

    private static Path only(Storage storage, Path directory) {
        List<String> students = storage.list(directory).stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(file -> file.endsWith(ONNX))
                .toList();
        if (students.size() != 1) {
            throw new ArtifactException(directory + " has "
                    + (students.isEmpty() ? "no ONNX file" : "several ONNX files, " + students) + "; name one");
        }
        return new Path(directory, students.get(0));
    }

    /** The rows that it was asked about when it was exported. */
    Path testVectors() {
        return new Path(onnx.getParent(), stem(onnx) + TestVectors.SUFFIX);
    }

    private static String stem(Path file) {
        return file.getName().replaceFirst("\\.(onnx|compact)$", "");
    }
}
