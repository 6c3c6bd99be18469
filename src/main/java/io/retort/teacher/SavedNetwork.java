package io.retort.teacher;

import io.retort.data.Schema;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * A network that an earlier run left, and that a recipe names by {@code from}.
 *
 * @param path its directory
 */
public record SavedNetwork(String path) implements SavedModel {
    private static final String TAKEN = "from takes the directory of a network that a run saved, such as"
            + " ROOT/runs/NAME/RUN/student-STUDENT-seed1, with " + NetworkFiles.STRUCTURE + " and tensors.safetensors";

    @Override
    public String digest(Storage storage) {
        return NetworkFiles.digest(storage, new Path(path));
    }

    @Override
    public Signature signature(Storage storage) {
        Path directory = new Path(path);
        return NetworkFiles.exists(storage, directory) ? NetworkFiles.signature(storage, directory) : Signature.none();
    }

    /**
     * Reads one for data of this schema.
     *
     * @param path where the recipe names it, such as {@code teacher}, for messages
     * @throws IllegalArgumentException where it was trained on other data
     */
    public static Network read(Storage storage, Schema schema, String from, String path) {
        new SavedNetwork(from).problem(storage).ifPresent(message -> {
            throw new RecipeMismatchException(new Misfit(path + ".from", message));
        });
        Network saved = NetworkFiles.read(storage, new Path(from));
        requireTable(saved.structure().signature(), schema, path);
        Shape input = saved.structure().input();
        int classes = saved.structure().classes();
        if (!input.equals(schema.shape()) || classes != schema.classes()) {
            throw new RecipeMismatchException(new Misfit(
                    path + ".from",
                    "the saved network takes " + input + " and knows " + classes + " classes, the data has "
                            + schema.shape() + " and " + schema.classes()));
        }
        requireVocabulary(saved.structure(), schema, from, path);
        requireNames(path + ".from: the saved network", saved.structure().signature(), schema.signature());
        return saved;
    }

    @Override
    public Optional<String> problem(Storage storage) {
        Path directory = new Path(path);
        if (!storage.exists(directory)) {
            String onnx = path.endsWith(".onnx") ? ", and a network out of ONNX cannot be read yet; " : "; ";
            return Optional.of(path + " does not exist" + onnx + TAKEN);
        }
        boolean isFile = storage.status(directory).isFile();
        boolean isOnnx = isFile
                ? path.endsWith(".onnx")
                : storage.list(directory).stream()
                        .anyMatch(file -> file.getPath().getName().endsWith(".onnx"));
        if (!isFile && NetworkFiles.exists(storage, directory)) {
            return Optional.empty();
        } else if (isOnnx) {
            return Optional.of(path + (isFile ? " is" : " holds")
                    + " an ONNX file, and a network out of ONNX cannot be read yet; " + TAKEN);
        }
        return Optional.of(path
                + (isFile ? " is a file; " : " has no " + NetworkFiles.STRUCTURE + ", so it is no saved network; ")
                + TAKEN);
    }

    /**
     * Refuses a network that has learned from other columns than those of the data, or from the same ones in another
     * order, or to tell other classes. What has no names on either side fits.
     *
     * @param who at the beginning of messages
     * @throws IllegalArgumentException that says in what they differ
     */
    public static void requireNames(String who, Signature learned, Signature data) {
        requireSame(
                who + " has learned from ",
                "column",
                learned.columns(),
                data.columns(),
                "the networks of a recipe share their rows, so all must have learned from the same columns in the same order");
        requireSame(
                who + " knows ",
                "class",
                learned.classes(),
                data.classes(),
                "let class-names of data.train and data.test be " + learned.classes());
    }

    private static void requireSame(String who, String what, List<String> learned, List<String> data, String remedy) {
        if (learned.isEmpty() || data.isEmpty()) {
            return;
        }
        for (int i = 0; i < learned.size(); i++) {
            if (!learned.get(i).equals(data.get(i))) {
                throw new IllegalArgumentException(who + "'" + learned.get(i) + "' as " + what + " " + i
                        + ", but there the data" + " has '" + data.get(i) + "'; " + remedy);
            }
        }
    }

    private static void requireTable(Signature saved, Schema schema, String path) {
        if (!saved.table().equals(schema.input().table())) {
            throw new RecipeMismatchException(new Misfit(
                    path + ".from",
                    saved.table().isPresent() == schema.input().table().isPresent()
                            ? "the saved network has other dictionaries or means of missing numbers than another saved"
                                    + " network of the recipe; use networks of one run"
                            : "the saved network "
                                    + (saved.table().isPresent() ? "reads" : "does not read")
                                    + " categories or missing numbers, and the data"
                                    + (saved.table().isPresent() ? " names none" : " has some")
                                    + "; look at categories and missing of data.train"));
        }
    }

    /** Of texts whose tokens are not counted yet, it is not known. */
    private static void requireVocabulary(Structure saved, Schema schema, String from, String path) {
        Vocabulary known = saved.vocabulary().orElseGet(Vocabulary::none);
        if (known.isNone() == schema.hasTexts()) {
            throw new RecipeMismatchException(new Misfit(
                    path + ".from",
                    "the saved network takes "
                            + (known.isNone()
                                    ? "numbers, but the data has texts"
                                    : "texts, but the data has numbers")));
        }
        if (!known.equals(schema.vocabulary()) && !schema.vocabulary().isStandIn()) {
            throw new RecipeMismatchException(new Misfit(
                    path + ".from", "the saved network has another vocabulary than the data; " + known.remedy(from)));
        }
    }
}
