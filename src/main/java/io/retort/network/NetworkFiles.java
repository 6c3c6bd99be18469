package io.retort.network;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json.StrictJson;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * The saved form of a network: a directory with {@code structure.json} (layers by kind, no class names) and
 * {@code tensors.safetensors}.
 *
 * <p>{@code structure.json} is written last and holds the digest of the tensors, so a pair that does not belong
 * together is not read. The same network gives the same bytes. One that reads texts has its vocabulary in its
 * structure, and for other programs in its {@linkplain Vocabulary#file() file} too. What a file holds is data: nothing in it is
 * executed, and nothing is allocated on its word alone.
 */
public final class NetworkFiles {
    /** The version written; older ones are read as long as this class knows them. */
    static final int VERSION = 1;

    /** Written last: where it is, the rest is there. */
    public static final String STRUCTURE = "structure.json";

    static final String TENSORS = "tensors.safetensors";

    /** A structure of thousands of layers has a hundredth of that; a tokenizer may need most of it. */
    private static final long MAX_STRUCTURE_BYTES = 64L << 20;

    private static final JsonMapper MAPPER = StrictJson.mapper();
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter()
            .withObjectIndenter(INDENTER)
            .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance));

    private NetworkFiles() {}

    record Saved(int version, String tensorsDigest, Structure structure) {}

    /** Writes a network into a directory, replacing the one that is there. */
    public static void write(Network network, Storage storage, Path directory) {
        byte[] tensors = new TensorFile(network.parameters(), Map.of()).toBytes();
        storage.write(new Path(directory, TENSORS), tensors);
        network.structure()
                .vocabulary()
                .ifPresent(words -> storage.write(new Path(directory, words.file()), words.toBytes()));
        storage.write(
                new Path(directory, STRUCTURE), json(PRETTY, new Saved(VERSION, digest(tensors), network.structure())));
    }

    /**
     * Reads a network.
     *
     * @throws ArtifactException if either file is missing, damaged, of an unknown version, or does not belong to the
     *     other
     */
    public static Network read(Storage storage, Path directory) {
        Path structureFile = new Path(directory, STRUCTURE);
        Path tensorsFile = new Path(directory, TENSORS);
        Saved saved = parse(storage.read(structureFile, MAX_STRUCTURE_BYTES), structureFile);
        byte[] tensors = storage.read(tensorsFile, most(saved.structure()));
        if (!digest(tensors).equals(saved.tensorsDigest())) {
            throw new ArtifactException(tensorsFile + " is not the file that " + structureFile
                    + " was written with; one of them is damaged or from another network");
        }
        try {
            return new Network(
                    saved.structure(),
                    TensorFile.of(tensors, tensorsFile.toString()).tensors());
        } catch (ShapeException | ArithmeticException e) {
            throw new ArtifactException(tensorsFile + " does not fit " + structureFile + ": " + e.getMessage(), e);
        }
    }

    /** The names of a saved network's inputs and outputs; its tensors are not read. */
    public static Signature signature(Storage storage, Path directory) {
        Path file = new Path(directory, STRUCTURE);
        return parse(storage.read(file, MAX_STRUCTURE_BYTES), file).structure().signature();
    }

    /** The digest of a saved network: that of its smaller file, which holds the digest of the other. */
    public static String digest(Storage storage, Path directory) {
        return new Digest()
                .add(storage.read(new Path(directory, STRUCTURE), MAX_STRUCTURE_BYTES))
                .key();
    }

    /** The maximal bytes of the tensors of a structure: their values, and a header that names each. */
    private static long most(Structure structure) {
        double bytes = structure.parameterSpecs().values().stream()
                .mapToDouble(spec ->
                        spec.sizes().stream().mapToDouble(Integer::intValue).reduce(Float.BYTES, (a, b) -> a * b))
                .sum();
        return (long) bytes + MAX_STRUCTURE_BYTES;
    }

    /** Whether a directory holds a network that was written to its end. */
    public static boolean exists(Storage storage, Path directory) {
        return storage.exists(new Path(directory, STRUCTURE));
    }

    /** The key of everything in a network: equal for equal networks, on every machine. */
    public static String fingerprint(Network network) {
        Digest digest = new Digest().add("network/" + VERSION).add(structureJson(network.structure()));
        network.parameters().forEach((name, tensor) -> digest.add(name).add(tensor.values()));
        return digest.key();
    }

    /** A structure on one line, as manifests hold it. */
    public static String structureJson(Structure structure) {
        return new String(json(MAPPER.writer(), structure), StandardCharsets.UTF_8);
    }

    static Saved parse(byte[] text, Path file) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            JsonNode version = tree.path("version");
            if (!version.isInt() || version.intValue() != VERSION) {
                throw new ArtifactException(file + " has version " + (version.isMissingNode() ? "none" : version)
                        + "; this program reads version " + VERSION);
            }
            Signature.addWhereAbsent(tree.path("structure"));
            return MAPPER.treeToValue(tree, Saved.class);
        } catch (InvalidTypeIdException e) {
            throw new ArtifactException(
                    file + " has a layer of kind '" + e.getTypeId() + "'; known kinds are " + kinds(), e);
        } catch (JacksonException e) {
            throw new ArtifactException(file + " is not the structure of a network: " + StrictJson.reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static String kinds() {
        return Arrays.stream(Layer.class.getAnnotation(JsonSubTypes.class).value())
                .map(type -> type.name())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String digest(byte[] tensors) {
        return new Digest().add(tensors).hex();
    }

    private static byte[] json(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a structure is made of what JSON can hold", e);
        }
    }
}
