package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.network.Shape;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowDigestTest {
    private static final Schema SCHEMA = new Schema(Shape.vector(2), DataType.UINT8, List.of("no", "yes"));

    /** Rows of label and two features, with ids from {@code firstId} on. */
    private static Samples rows(long firstId, int[]... rows) {
        long[] ids = new long[rows.length];
        int[] labels = new int[rows.length];
        byte[] features = new byte[2 * rows.length];
        for (int i = 0; i < rows.length; i++) {
            ids[i] = firstId + i;
            labels[i] = rows[i][0];
            features[2 * i] = (byte) rows[i][1];
            features[2 * i + 1] = (byte) rows[i][2];
        }
        return new Samples(SCHEMA, ids, Labels.ofClasses(labels), features);
    }

    private static String digest(Samples... shards) {
        List<BigInteger> sums = Arrays.stream(shards).map(RowDigest::sum).toList();
        return RowDigest.digest(
                SCHEMA, Arrays.stream(shards).mapToLong(Samples::count).sum(), sums);
    }

    private static final int[] A = {0, 1, 2};
    private static final int[] B = {1, 3, 4};
    private static final int[] C = {0, 5, 6};

    @Test
    void isThatOfTheRowsWhateverTheirFilesIdsAndOrder() {
        String digest = digest(rows(0, A, B, C));
        assertThat(digest(rows(1L << 30, A, B, C))).as("other ids").isEqualTo(digest);
        assertThat(digest(rows(7, C, A, B))).as("another order").isEqualTo(digest);
        assertThat(digest(rows(0, C), rows(1L << 30, B, A))).as("two files").isEqualTo(digest);
    }

    @Test
    void tellsApartWhatDiffersInOneRow() {
        assertThat(List.of(
                        digest(rows(0, A, B, C)),
                        digest(rows(0, A, B)),
                        digest(rows(0, A, B, C, C)),
                        digest(rows(0, A, B, B)),
                        digest(rows(0, A, A, B)),
                        // labels that were shifted by a row: sums of features and counts of labels are those of A, B, C
                        digest(rows(0, new int[] {1, 1, 2}, new int[] {0, 3, 4}, C)),
                        digest(rows(0, A, B, new int[] {0, 6, 5}))))
                .doesNotHaveDuplicates();
    }
}
