package io.retort.pipeline;

import io.retort.data.Schema;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.storage.Storage;
import org.apache.hadoop.fs.Path;

/** Networks that earlier runs left, and that a recipe names by {@code from}. */
final class SavedNetwork {
    private SavedNetwork() {}

    /**
     * Reads one for data of this schema.
     *
     * @param path where the recipe names it, such as {@code teacher}, for messages
     * @throws IllegalArgumentException where it was trained on other data
     */
    static Network read(Storage storage, Schema schema, String from, String path) {
        Network saved = NetworkFiles.read(storage, new Path(from));
        Shape input = saved.structure().input();
        int classes = saved.structure().classes();
        if (!input.equals(schema.shape()) || classes != schema.classes()) {
            throw new IllegalArgumentException(path + ".from: the saved network takes " + input + " and knows "
                    + classes + " classes, the data has " + schema.shape() + " and " + schema.classes());
        }
        requireVocabulary(saved.structure(), schema, from, path);
        return saved;
    }

    /** Of texts whose tokens are not counted yet, it is not known. */
    private static void requireVocabulary(Structure saved, Schema schema, String from, String path) {
        Vocabulary known = saved.vocabulary().orElseGet(Vocabulary::none);
        if (known.isNone() == schema.hasTexts()) {
            throw new IllegalArgumentException(path + ".from: the saved network takes "
                    + (known.isNone() ? "numbers, but the data has texts" : "texts, but the data has numbers"));
        }
        if (!known.equals(schema.vocabulary()) && !schema.vocabulary().isStandIn()) {
            throw new IllegalArgumentException(path + ".from: the saved network has another vocabulary than the data;"
                    + " let the data have its, by data.train.vocabulary-file = \"" + from + "/" + Vocabulary.FILE
                    + "\"");
        }
    }
}
