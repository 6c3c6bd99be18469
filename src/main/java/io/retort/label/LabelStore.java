package io.retort.label;

import io.retort.data.shard.Shard;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.ParquetColumns;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import io.retort.storage.VerifiedFiles;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The soft labels under a root: {@code <root>/store/labels/<teacher>/<view>-<codec>/<shard key>.parquet}, columns id
 * INT64 and payload BINARY (what the codec makes of one sample), in the order of the shard's samples.
 *
 * <p>The footer's {@value #DIGEST} is a SHA-256 over the label set, the shard's key, the ids and the payloads. A file
 * that is another's, cut or changed is therefore never read as labels.
 */
public final class LabelStore implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String DIGEST = "retort.digest";
    private static final String SHARD = "retort.shard";
    private static final String PAYLOAD_BYTES = "retort.payload-bytes";
    private static final String SUFFIX = ".parquet";
    private static final MessageType COLUMNS = Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("id")
            .required(PrimitiveTypeName.BINARY)
            .named("payload")
            .named("labels");

    private final Storage storage;
    private final String directory;

    public LabelStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/labels").toString();
    }

    public Path path(LabelSet set, Shard shard) {
        return new Path(directory(set), shard.key() + SUFFIX);
    }

    /** Whether a shard has labels in this set; its file is not looked into. */
    public boolean exists(LabelSet set, Shard shard) {
        return storage.exists(path(set, shard));
    }

    /** The keys of the shards that have labels in this set; their files have not been looked into. */
    public Set<String> labelled(LabelSet set) {
        return storage.keys(directory(set), SUFFIX);
    }

    /**
     * Stores the logits of a shard. The same logits give the same bytes.
     *
     * @param logits {@code [samples, classes]}
     */
    public void write(LabelSet set, Shard shard, long[] ids, float[] logits) {
        if (logits.length != ids.length * set.classes()) {
            throw new IllegalArgumentException(logits.length + " logits are not [" + ids.length + ", " + set.classes()
                    + "], which shard " + shard.key() + " needs");
        }
        byte[] payload = set.codec().encode(logits, set.classes());
        int bytesEach = payload.length / ids.length;
        Map<String, String> keyValues = Map.of(
                SHARD, shard.key(),
                PAYLOAD_BYTES, Integer.toString(bytesEach),
                DIGEST, digest(set, shard, ids, payload));
        storage.write(
                path(set, shard),
                out -> ParquetRows.write(
                        out,
                        COLUMNS,
                        keyValues,
                        ids.length,
                        (row, fields) -> writeRow(ids[row], payload, row * bytesEach, bytesEach, fields)));
    }

    private static void writeRow(long id, byte[] payload, int from, int bytes, RecordConsumer fields) {
        fields.startField("id", 0);
        fields.addLong(id);
        fields.endField("id", 0);
        fields.startField("payload", 1);
        fields.addBinary(Binary.fromConstantByteArray(payload, from, bytes));
        fields.endField("payload", 1);
    }

    /**
     * The logits {@code [samples, classes]} in the samples' order, proven to be those that were written for exactly
     * these samples. A damaged file is set aside.
     */
    public float[] read(LabelSet set, Shard shard, long[] ids) {
        Path path = path(set, shard);
        return new VerifiedFiles(storage, "label file").read(path, () -> readFrom(path, set, shard, ids));
    }

    private float[] readFrom(Path path, LabelSet set, Shard shard, long[] ids) throws IOException {
        Map<String, String> keyValues =
                ParquetRows.footer(storage, path).getFileMetaData().getKeyValueMetaData();
        if (!shard.key().equals(keyValues.get(SHARD))) {
            throw new ArtifactException(
                    "holds the labels of shard " + keyValues.get(SHARD) + " instead of " + shard.key());
        }
        long[] written = new long[ids.length];
        byte[] payload = readColumns(path, written, Integer.parseInt(keyValues.get(PAYLOAD_BYTES)));
        if (!Arrays.equals(written, ids)) {
            throw new ArtifactException("holds labels for other samples than shard " + shard.key() + " has");
        }
        if (!digest(set, shard, ids, payload).equals(keyValues.get(DIGEST))) {
            throw new ArtifactException("does not hold what was written: its digest differs");
        }
        return set.codec().decode(payload, set.classes());
    }

    private byte[] readColumns(Path path, long[] ids, int bytesEach) throws IOException {
        byte[] payload = new byte[Math.multiplyExact(ids.length, bytesEach)];
        int rows = 0;
        try (ParquetRows file = ParquetRows.open(
                storage,
                path,
                COLUMNS,
                ParquetColumns.row(ParquetColumns.longs(ids), ParquetColumns.bytes(payload, bytesEach)))) {
            while (file.next()) {
                rows++;
            }
        }
        if (rows != ids.length) {
            throw new ArtifactException("holds labels for " + rows + " samples instead of " + ids.length);
        }
        return payload;
    }

    private static String digest(LabelSet set, Shard shard, long[] ids, byte[] payload) {
        return new Digest()
                .add("labels/1")
                .add(set.teacher())
                .add(set.view())
                .add(set.codec().name())
                .add(set.classes())
                .add(shard.key())
                .add(ids)
                .add(payload)
                .hex();
    }

    private Path directory(LabelSet set) {
        return new Path(directory, set.name());
    }

    /**
     * The labels that one teacher gives to one view of any data, in one encoding.
     *
     * @param teacher the teacher's fingerprint
     * @param view the view's fingerprint
     * @param classes logits per sample
     */
    public record LabelSet(String teacher, String view, Codec codec, int classes) implements Serializable {
        /** The set's directory in the store. */
        public String name() {
            return teacher + "/" + view + "-" + codec.name();
        }
    }
}
