package io.retort.ml;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;

/**
 * The directory of a saved stage: {@code metadata/part-00000}, one line of JSON as Spark ML writes it, so that pipelines
 * find the stage's class there, and whatever else the stage keeps beside it.
 *
 * <p>Only what was set is kept; defaults are those of the version that reads it.
 */
record StageFiles(Storage storage, Path directory, JsonNode metadata) {
    private static final String METADATA = "metadata/part-00000";
    private static final long MAX_METADATA_BYTES = 1 << 20;

    /** What a stage keeps beside its parameters. */
    interface Further {
        void write(Storage storage, Path directory);
    }

    /** @param except parameters that are not kept as JSON */
    static MLWriter writer(Params stage, Set<String> except, Further further) {
        return new MLWriter() {
            @Override
            public void saveImpl(String path) {
                Storage storage = Storage.of(sc().hadoopConfiguration());
                Path directory = new Path(path);
                String line = Json.compact(metadata(stage, except, sc().version())) + "\n";
                further.write(storage, directory);
                storage.write(new Path(directory, METADATA), line.getBytes(StandardCharsets.UTF_8));
                storage.write(new Path(directory, "metadata/_SUCCESS"), new byte[0]);
            }
        };
    }

    private static Map<String, Object> metadata(Params stage, Set<String> except, String sparkVersion) {
        Map<String, JsonNode> set = new TreeMap<>();
        for (Param<?> param : stage.params()) {
            if (stage.isSet(param) && !except.contains(param.name())) {
                set.put(param.name(), encoded(stage, param));
            }
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("class", stage.getClass().getName());
        metadata.put("timestamp", System.currentTimeMillis());
        metadata.put("sparkVersion", sparkVersion);
        metadata.put("uid", stage.uid());
        metadata.put("paramMap", set);
        metadata.put("defaultParamMap", Map.of());
        return metadata;
    }

    private static <T> JsonNode encoded(Params stage, Param<T> param) {
        return Json.parse(param.jsonEncode(stage.getOrDefault(param)), JsonNode.class);
    }

    /**
     * Reads the parameters of a stage.
     *
     * @throws ArtifactException where another class was saved there, or nothing
     */
    static StageFiles read(MLReader<?> reader, String path, Class<?> expected) {
        Storage storage = Storage.of(reader.sc().hadoopConfiguration());
        Path directory = new Path(path);
        Path file = new Path(directory, METADATA);
        if (!storage.exists(file)) {
            throw new ArtifactException(path + " holds no saved " + expected.getSimpleName() + ": "
                    + (storage.exists(directory) ? "there is no " + METADATA + " in it" : "it does not exist"));
        }
        JsonNode metadata = Json.parseOpen(storage.read(file, MAX_METADATA_BYTES), file, JsonNode.class);
        String found = metadata.path("class").asText();
        if (!found.equals(expected.getName())) {
            throw new ArtifactException(path + " holds a saved " + found + ", must hold a " + expected.getName());
        }
        return new StageFiles(storage, directory, metadata);
    }

    String uid() {
        return metadata.path("uid").asText();
    }

    /** Sets what was set when the stage was saved. */
    <S extends Params> S into(S stage) {
        metadata.path("paramMap").fields().forEachRemaining(entry -> {
            if (!stage.hasParam(entry.getKey())) {
                throw new ArtifactException(directory + " has the parameter " + entry.getKey()
                        + ", which this version of " + stage.getClass().getSimpleName() + " does not know");
            }
            Param<Object> param = stage.getParam(entry.getKey());
            stage.set(param, param.jsonDecode(entry.getValue().toString()));
        });
        return stage;
    }

    Path file(String name) {
        return new Path(directory, name);
    }
}
