package io.retort.teacher;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A {@code PipelineModel} that Spark ML saved.
 *
 * <p>Spark makes an object of each class that the metadata name, so these are looked at first: a file must not choose
 * which code runs.
 */
public record SavedPipeline(String path) implements SavedModel {
    private static final String PIPELINE = "org.apache.spark.ml.PipelineModel";

    /** Where Spark's own stages are. */
    private static final List<String> KNOWN = List.of(
            PIPELINE,
            "org.apache.spark.ml.Pipeline",
            "org.apache.spark.ml.classification.",
            "org.apache.spark.ml.evaluation.",
            "org.apache.spark.ml.feature.",
            "org.apache.spark.ml.tuning.");

    /** It runs SQL of the file's author, which may call any method of Java. */
    private static final String SQL = "org.apache.spark.ml.feature.SQLTransformer";

    private static final int MAX_METADATA_BYTES = 1 << 20;
    private static final int MAX_FILES = 100_000;

    @Override
    public String digest(Storage storage) {
        Digest digest = new Digest().add("saved-pipeline/1");
        int directory = new Path(path).toUri().getPath().length();
        for (Path file : files(storage, new Path(path), new ArrayList<>())) {
            digest.add(file.toUri().getPath().substring(directory)).add(storage.read(file));
        }
        return digest.key();
    }

    /** All files of the model, sorted; Spark's markers and checksums are none. */
    private static List<Path> files(Storage storage, Path directory, List<Path> found) {
        for (FileStatus entry : storage.list(directory)) {
            String name = entry.getPath().getName();
            if (name.startsWith("_") || name.startsWith(".")) {
                continue;
            }
            if (entry.isDirectory()) {
                files(storage, entry.getPath(), found);
            } else {
                found.add(entry.getPath());
            }
            if (found.size() > MAX_FILES) {
                throw new ArtifactException(directory + " has more files than a saved pipeline");
            }
        }
        return found;
    }

    @Override
    public Optional<String> problem(Storage storage) {
        Path directory = new Path(path);
        if (!storage.exists(directory)) {
            return Optional.of(path + " does not exist; path takes the directory of a saved PipelineModel");
        }
        try {
            List<JsonNode> metadata = metadata(storage);
            if (metadata.isEmpty() || !metadata.get(0).path("class").asText().equals(PIPELINE)) {
                return Optional.of(path + " is no saved PipelineModel of Spark ML: it has no metadata of one; a single"
                        + " model can be put into a pipeline and saved again");
            }
            return metadata.stream()
                    .map(one -> one.path("class").asText())
                    .filter(name -> name.equals(SQL)
                            || KNOWN.stream()
                                    .noneMatch(
                                            known -> known.endsWith(".") ? name.startsWith(known) : name.equals(known)))
                    .findFirst()
                    .map(name -> path + " has a stage of class '" + name + "', which "
                            + (name.equals(SQL) ? "runs SQL of the file's author" : "is none of Spark ML's own")
                            + "; a model from elsewhere may not choose which code runs");
        } catch (ArtifactException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** The versions of Spark that saved it. */
    TreeSet<String> sparkVersions(Storage storage) {
        TreeSet<String> versions = new TreeSet<>();
        metadata(storage).forEach(one -> versions.add(one.path("sparkVersion").asText()));
        return versions;
    }

    /** Of all stages, at any depth: first that of the pipeline. */
    private List<JsonNode> metadata(Storage storage) {
        List<JsonNode> metadata = new ArrayList<>();
        List<Path> files = files(storage, new Path(path), new ArrayList<>());
        files.stream()
                .filter(file -> file.getParent().getName().equals("metadata"))
                .sorted((one, other) -> Integer.compare(one.depth(), other.depth()))
                .forEach(file -> new String(storage.read(file, MAX_METADATA_BYTES), StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line -> metadata.add(parsed(file, line))));
        return metadata;
    }

    private static JsonNode parsed(Path file, String line) {
        try {
            return Json.parse(line, JsonNode.class);
        } catch (RuntimeException e) {
            throw new ArtifactException(file + " is no metadata of Spark ML: it holds no JSON", e);
        }
    }
}
