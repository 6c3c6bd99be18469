package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Digits;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.TestShards;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.predict.Elsewhere;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.predict.RowBatch;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher that is too large to travel with a job. */
class SparkLargeModelTest {
    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());

    private static byte[] onnx(int width) {
        Structure structure = new Mlp(List.of(width, width)).build(Digits.SCHEMA.shape(), 3);
        return OnnxModel.bytes(Network.initialised(structure, 1), Digits.SCHEMA.classNames(), Map.of());
    }

    private static int travelling(ModelHandle handle, ModelStore models) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(handle.travelling(models));
        }
        return bytes.size();
    }

    @Test
    void travelsAsAFileOfTheStoreAndGivesTheSameBits() throws IOException {
        byte[] large = onnx(3000);
        assertThat(large.length).isGreaterThan(ModelStore.MAX_TRAVELLING_BYTES);
        org.apache.hadoop.fs.Path hadoopRoot = new org.apache.hadoop.fs.Path("file:" + root);
        ModelStore models = new ModelStore(storage, hadoopRoot, StoreReferences.UNANNOUNCED);
        ModelHandle handle = new ExportedNetwork(large);
        // Hadoop's settings, mostly.
        assertThat(travelling(handle, models)).isLessThan(1 << 17);
        assertThat(root.resolve("store/models")).isDirectoryRecursivelyContaining("glob:**/model.onnx");
        ModelHandle ensemble =
                new EnsembleModel.Handle(List.of(handle, handle), List.of(1.0, 1.0), EnsembleModel.Average.LOGITS);
        assertThat(travelling(ensemble, models)).isLessThan(1 << 17);
        assertThat(ensemble.travelling(models).fingerprint()).isEqualTo(ensemble.fingerprint());

        assertThat(labels(handle, storage, hadoopRoot)).isEqualTo(inMemory(handle));
    }

    @Test
    void eachMachineCopiesItFromAStoreElsewhere() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.elsewhere.impl", Elsewhere.class.getName());
        ModelHandle handle = new ExportedNetwork(onnx(3001)); // another one, which is not open yet
        org.apache.hadoop.fs.Path hadoopRoot = new org.apache.hadoop.fs.Path("elsewhere:" + root);
        assertThat(labels(handle, Storage.of(configuration), hadoopRoot)).isEqualTo(inMemory(handle));
        Path copies = Path.of(System.getProperty("java.io.tmpdir"), "retort-models-" + System.getProperty("user.name"));
        assertThat(copies).isDirectoryRecursivelyContaining("glob:**/model.onnx");
    }

    private static float[] inMemory(ModelHandle handle) {
        List<float[]> values = new ArrayList<>();
        try (Model model = handle.open(1)) {
            Digits.of(20, 0)
                    .forEachBatch(
                            View.plain(),
                            20,
                            (rows, from, count) -> values.add(model.predict(RowBatch.of(rows, count))));
        }
        return values.get(0);
    }

    /** What is stored of 20 rows. */
    private static float[] labels(ModelHandle handle, Storage storage, org.apache.hadoop.fs.Path root) {
        ShardStore shards = new ShardStore(storage, root);
        Shard shard = TestShards.write(shards, Digits.of(20, 0));
        LabellingSettings settings = new LabellingSettings(new Float32Codec.Settings(), 20);
        ModelStore models = new ModelStore(storage, root, StoreReferences.UNANNOUNCED);
        new ModelLabeller(LocalSpark.context(), models, settings, () -> handle)
                .label(new Dataset(Digits.SCHEMA, List.of(shard)), List.of(LabelRequest.plain()), done -> {});
        LabelSet set = LabelRequest.plain()
                .sets(handle.fingerprint(), new Float32Codec(), 3)
                .get(0);
        return new LabelStore(storage, root)
                .read(set, shard, shards.read(Digits.SCHEMA, shard).ids());
    }

    @Test
    void aSmallOneTravelsAsItIs() throws IOException {
        byte[] small = onnx(8);
        ModelStore models =
                new ModelStore(storage, new org.apache.hadoop.fs.Path("file:" + root), StoreReferences.UNANNOUNCED);
        assertThat(travelling(new ExportedNetwork(small), models)).isBetween(small.length, small.length + 1000);
        assertThat(root.resolve("store")).doesNotExist();
    }
}
