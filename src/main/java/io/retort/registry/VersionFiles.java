package io.retort.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.retort.data.encode.TokenizerFiles;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.registry.RegisteredModel.Exported;
import io.retort.registry.RegisteredModel.Version;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The versions of one model: {@code versions/<n>/} with {@code student.onnx} and its {@code student.test-vectors.json},
 * {@code network/}, {@code shards.txt}, {@code card.json}, {@linkplain TokenizerFiles tokenizer files} of a network of texts, and {@code manifest.json}, which
 * lists the others with their SHA-256 and is written last. A directory without it is nothing.
 */
final class VersionFiles {
    static final String ONNX = "student.onnx";

    private static final String TEST_VECTORS = "student.test-vectors.json";
    private static final String NETWORK = "network";
    private static final String SHARDS = "shards.txt";
    private static final String CARD = "card.json";
    private static final String MANIFEST = "manifest.json";

    private final Storage storage;
    private final Path directory;

    VersionFiles(Storage storage, Path directory) {
        this.storage = storage;
        this.directory = directory;
    }

    record Manifest(int format, List<Version.Content> files) {
        static final int FORMAT = 1;
    }

    Path path(int number) {
        return new Path(directory, Integer.toString(number));
    }

    /** The numbers of all directories, complete or not, ascending. */
    List<Integer> numbers() {
        return storage.list(directory).stream()
                .filter(FileStatus::isDirectory)
                .map(status -> status.getPath().getName())
                .filter(name -> name.matches("[1-9]\\d{0,8}"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
    }

    boolean complete(int number) {
        return storage.exists(new Path(path(number), MANIFEST));
    }

    /** A complete version, whose card has its digest. */
    Optional<Version> find(int number) {
        if (!complete(number)) {
            return Optional.empty();
        }
        Path manifest = new Path(path(number), MANIFEST);
        List<Version.Content> files = RegistryJson.parse(
                        storage.read(manifest), manifest, Manifest.FORMAT, Manifest.class)
                .files();
        Path card = new Path(path(number), CARD);
        Version bare = new Version(number, path(number), RegistryJson.card(storage.read(card), card), files);
        verified(bare, CARD);
        return Optional.of(bare);
    }

    void write(int number, ModelCard card, Network network, Exported exported, List<String> shards) {
        Path path = path(number);
        storage.write(new Path(path, ONNX), exported.onnx());
        storage.write(new Path(path, TEST_VECTORS), exported.testVectors());
        NetworkFiles.write(network, storage, new Path(path, NETWORK));
        TokenizerFiles.of(network.structure()).forEach((file, bytes) -> storage.write(new Path(path, file), bytes));
        storage.write(new Path(path, SHARDS), String.join("\n", shards).getBytes(StandardCharsets.UTF_8));
        storage.write(new Path(path, CARD), Json.file(card));
        List<Version.Content> files = new ArrayList<>();
        for (Path file : filesBelow(path)) {
            byte[] bytes = storage.read(file); // the manifest vouches for the bytes that stand there now
            files.add(new Version.Content(relative(path, file), bytes.length, DigestUtils.sha256Hex(bytes)));
        }
        files.sort(Comparator.comparing(Version.Content::name));
        storage.write(new Path(path, MANIFEST), Json.file(new Manifest(Manifest.FORMAT, files)));
    }

    /** First the file that completes it, so that nobody takes for whole a version that is being removed. */
    void delete(int number) {
        storage.delete(new Path(path(number), MANIFEST));
        storage.delete(path(number));
    }

    /** The bytes of a file, proven to be those that were written. */
    byte[] verified(Version version, String name) {
        Version.Content written = version.file(name);
        Path path = new Path(version.directory(), name);
        byte[] bytes = storage.read(path);
        String sha256 = DigestUtils.sha256Hex(bytes);
        if (!sha256.equals(written.sha256())) {
            throw new ArtifactException(path + " is damaged: its SHA-256 is " + sha256 + ", the manifest has "
                    + written.sha256() + "; promote another version, or roll back");
        }
        return bytes;
    }

    void verify(Version version) {
        version.files().forEach(file -> verified(version, file.name()));
    }

    Network network(Version version) {
        version.files().stream()
                .filter(file -> file.name().startsWith(NETWORK + "/"))
                .forEach(file -> verified(version, file.name()));
        return NetworkFiles.read(storage, new Path(version.directory(), NETWORK));
    }

    List<String> shards(Version version) {
        String lines = new String(verified(version, SHARDS), StandardCharsets.UTF_8);
        return lines.lines().toList();
    }

    private List<Path> filesBelow(Path path) {
        List<Path> files = new ArrayList<>();
        for (FileStatus status : storage.list(path)) {
            Path found = new Path(path, status.getPath().getName());
            if (status.isDirectory()) {
                files.addAll(filesBelow(found));
            } else if (!found.getName().startsWith(".")) {
                files.add(found);
            }
        }
        return files;
    }

    private static String relative(Path directory, Path file) {
        return file.toString().substring(directory.toString().length() + 1);
    }

    /** The small files of the registry. Each has its {@code format}; unknown fields are left alone. */
    static final class RegistryJson {
        private RegistryJson() {}

        /** A card; fields that earlier programs did not write are empty. */
        static ModelCard card(byte[] bytes, Path path) {
            JsonNode noInputs = Json.parse(Json.compact(ModelCard.Inputs.unknown()), JsonNode.class);
            return parse(
                    bytes,
                    path,
                    ModelCard.FORMAT,
                    ModelCard.class,
                    Map.of("origin", TextNode.valueOf(""), "score", TextNode.valueOf("accuracy"), "inputs", noInputs));
        }

        /**
         * @throws ArtifactException where the bytes are something else, or of a format that this program does not know
         */
        static <T> T parse(byte[] bytes, Path path, int format, Class<T> type) {
            return parse(bytes, path, format, type, Map.of());
        }

        private static <T> T parse(byte[] bytes, Path path, int format, Class<T> type, Map<String, JsonNode> missing) {
            JsonNode content = Json.parse(bytes, path, JsonNode.class);
            JsonNode found = content.path("format");
            if (!found.isInt() || found.intValue() != format) {
                throw new ArtifactException(path + " has format " + (found.isMissingNode() ? "none" : found)
                        + "; this program reads format " + format);
            }
            ObjectNode complete = (ObjectNode) content; // it has a field
            missing.forEach((name, value) -> complete.putIfAbsent(name, value));
            if (complete.path("inputs") instanceof ObjectNode inputs) {
                inputs.putIfAbsent("shares", complete.arrayNode());
            }
            return Json.parseOpen(Json.compact(complete).getBytes(StandardCharsets.UTF_8), path, type);
        }
    }
}
