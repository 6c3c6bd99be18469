package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.ViewSettings.Flip;
import io.retort.data.encode.TokenInput;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowDigest;
import io.retort.data.shard.Sharding;
import io.retort.data.shard.TestShards;
import io.retort.data.shard.VocabularyCount;
import io.retort.data.source.CsvSettings;
import io.retort.data.source.TextSettings;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.engine.Tap;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.label.EnsembleModel;
import io.retort.label.Float16Codec;
import io.retort.label.Float32Codec;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.TapCodec;
import io.retort.network.Layer;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.Vocabulary;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keys of stores that exist: renaming, moving and reordering code must not change them. */
class FingerprintsTest {
    private static final SourceFile FILE = new SourceFile("hdfs://h/data/2026/a.csv", "2026/a.csv", 1234, 1_700_000L);
    private static final Split SPLIT = new Split(List.of(FILE), 5L << 30);
    private static final Schema TABLE = new Schema(
            new Column.NumberColumn(Schema.FEATURES, DataType.FLOAT32, Shape.vector(2), List.of("age", "height")),
            new Target.ClassTarget(List.of("no", "yes")));
    private static final Schema TEXTS = new Schema(
            List.of(new Column.TextColumn("text")),
            new Target.ClassTarget(List.of("bad", "good")),
            new TokenInput("text", 3, Vocabulary.of(List.of("a", "b"))));
    private static final CsvSettings CSV = new CsvSettings(
            List.of("hdfs://h/data"),
            Optional.of("label"),
            Optional.of("id"),
            List.of("age", "height"),
            List.of(),
            List.of(),
            ",",
            DataType.FLOAT32,
            Optional.of(2),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    private static final TextSettings TEXT = new TextSettings(
            List.of("hdfs://h/data"),
            "text",
            Optional.of("label"),
            Optional.empty(),
            List.of(),
            3,
            100,
            Optional.empty(),
            ",",
            Optional.of(2),
            List.of(),
            Optional.of(1000L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    @Test
    void ofShapes() {
        keeps("b621098e15273aaf6f5e42f4499afaa2", key(Shape.vector(7)));
        keeps("482bae1ee3aa791347f495d264bc173e", key(Shape.image(3, 32, 16)));
    }

    @Test
    void ofSchemas() {
        keeps("3aa1c01fa62c52a9d971c93c6c866765", key(TABLE));
        keeps("b48e6c624d30577cfb02ed7f6a34ba7f", key(TEXTS));
        assertThat(key(TABLE.with(new Target.NoTarget(List.of("no", "yes")))))
                .as("the same outputs without labels")
                .isNotEqualTo(key(TABLE));
    }

    @Test
    void ofFilesAndSplits() {
        keeps("977a41d66b4a96b3bcf57044aaf2c776", key(FILE));
        keeps("442db83832ffcd10b3afff23caf91c22", key(SPLIT));
    }

    @Test
    void ofShardsAndDataSets() {
        Samples samples = Digits.of(5, 3);
        keeps("e6cf9228dfaf4dce8a0cc299a2b7f95c", TestShards.rows(samples).key());
        keeps(
                "4148d08003c16c6e54f84c2f55949495",
                new Dataset(TABLE, List.of(TestShards.of(samples), TestShards.of(Digits.of(1, 9)))).fingerprint());
    }

    @Test
    void ofListsOfShards() {
        keeps("0cb8e8a8d13c26b890e257ec66e24e6d", Sharding.fingerprint(CSV, TABLE, 2048));
        keeps("c8c394279f0d81d4c423041e16f65554", Sharding.fingerprint(TEXT, TEXTS, 2048));
    }

    @Test
    void ofRows() {
        keeps(
                "c501c059bbcd3a4f6a66d4387bc6a2fd",
                RowDigest.digest(Digits.SCHEMA, 5, List.of(RowDigest.sum(Digits.of(5, 3)))));
    }

    @Test
    void ofVocabularies() {
        keeps(
                "e2dbe510b01c9bfa8eb5c5d4bf586c49",
                Vocabulary.of(List.of("a", "b")).digest());
        keeps("ce90afe623810b80554a6ad2b0afd50b", VocabularyCount.fingerprint(TEXT, List.of(SPLIT)));
    }

    @Test
    void ofIds() {
        assertThat(SourceFiles.firstIds(List.of(FILE))).containsExactly(1_979_178_538_393_141_248L);
    }

    @Test
    void ofViews() {
        keeps("plain", View.plain().fingerprint());
        ViewSettings mirrored = new ViewSettings(2, Flip.HORIZONTAL, 2);
        keeps(
                "89d8d3ed52ed1bb11d8cfe30fa3646bc",
                mirrored.views(42, Shape.image(1, 8, 8)).get(1).fingerprint());
    }

    @Test
    void ofNetworksAndMasks() {
        Structure structure = Structure.from(Shape.vector(2))
                .then("logits", new Layer.Dense(2, Layer.Bias.PER_CHANNEL))
                .build();
        Network network = new Network(
                structure,
                Map.of(
                        "logits/weight", new Tensor(List.of(2, 2), new float[] {0, 0.5f, -1, 0}),
                        "logits/bias", new Tensor(List.of(2), new float[] {1, 2})));
        keeps("b19f7a116ff1648e9dbc3f37bcd9c03b", NetworkFiles.fingerprint(network));
        keeps(
                "e685247ec0f98826eb9b2d7ec64e22bf",
                Mask.ofZeros(network, List.of("logits/weight")).fingerprint());
    }

    @Test
    void ofTeachers() {
        ExportedNetwork one = new ExportedNetwork(new byte[] {1, 2, 3});
        ExportedNetwork other = new ExportedNetwork(new byte[] {4});
        keeps("1e7b94889a78569b602fcf6fd9337f5d", one.fingerprint());
        keeps(
                "458948444ed5fd185a4edb24eb8ec059",
                new EnsembleModel.Handle(List.of(one, other), List.of(1.0, 3.0), EnsembleModel.Average.LOGITS)
                        .fingerprint());
    }

    @Test
    void ofLabels() {
        keeps("t/plain-float32", new LabelSet("t", "plain", new Float32Codec(), 10).name());
        keeps("t/plain-float16", new LabelSet("t", "plain", new Float16Codec(), 10).name());
        Shape source = Shape.image(4, 8, 8);
        keeps("tap-block1.relu-features-4x4-float16", new TapCodec(Tap.features("block1.relu", source, 4, 4)).name());
        keeps("tap-block1.relu-attention-2x2-float16", new TapCodec(Tap.attention("block1.relu", source, 2, 2)).name());
    }

    /** Where a source is looked for changes nothing but its files. */
    @Test
    void pathsOfAReaderCountByTheirFilesOnly() {
        CsvSettings elsewhere = new CsvSettings(
                List.of("hdfs://h/data/2026", "hdfs://h/data/2027"),
                CSV.label(),
                CSV.id(),
                CSV.features(),
                List.of(),
                CSV.shape(),
                CSV.delimiter(),
                CSV.element(),
                CSV.classes(),
                CSV.classNames(),
                CSV.limit(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(Sharding.fingerprint(elsewhere, TABLE, 2048)).isEqualTo(Sharding.fingerprint(CSV, TABLE, 2048));
        assertThat(Sharding.fingerprint(CSV, TABLE, 1024)).isNotEqualTo(Sharding.fingerprint(CSV, TABLE, 2048));
    }

    private static String key(Fingerprinted value) {
        return new Digest().add(value).key();
    }

    private static void keeps(String golden, String key) {
        assertThat(key)
                .as("A key has changed, so that all that stores hold under such keys is made anew."
                        + " If that is meant, raise the version of its form, and write the new key here.")
                .isEqualTo(golden);
    }
}
