package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Digits;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.shard.RowFilter.Side;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFilterTest {
    private static final int ROWS = 4000;

    @TempDir
    private Path root;

    private ShardStore store;
    private RowFilterPass filter;

    @BeforeEach
    void openStore() {
        store = new ShardStore(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toString()));
        filter = new RowFilterPass(LocalSpark.context(), store);
    }

    /** Rows 0 to 3,999, of which the odd ones have no label, in shards of these sizes. */
    private Dataset dataset(int... sizes) {
        Samples all = Digits.of(ROWS, 0);
        int[] labels = all.labels().classes();
        for (int i = 1; i < ROWS; i += 2) {
            labels[i] = Labels.NONE;
        }
        Samples half = new Samples(all.schema(), all.ids(), Labels.ofClasses(labels), all.features());
        int[] at = {0};
        return new Dataset(
                Digits.SCHEMA,
                Arrays.stream(sizes)
                        .mapToObj(size -> {
                            int from = at[0];
                            at[0] += size;
                            return TestShards.write(
                                    store,
                                    half.rows(IntStream.range(from, from + size).toArray()));
                        })
                        .toList());
    }

    /** The ids of the rows that a data set shows, and those of them that show a label. */
    private List<Set<Long>> shown(Dataset dataset) {
        Set<Long> ids = new TreeSet<>();
        Set<Long> labelled = new TreeSet<>();
        for (Shard shard : dataset.shards()) {
            Samples samples = store.read(dataset, shard).samples();
            for (int i = 0; i < samples.count(); i++) {
                ids.add(samples.ids()[i]);
                if (samples.labels().isPresent(i)) {
                    labelled.add(samples.ids()[i]);
                }
            }
        }
        assertThat(dataset.samples()).isEqualTo(ids.size());
        assertThat(dataset.labelled()).isEqualTo(labelled.size());
        return List.of(ids, labelled);
    }

    @Test
    void sidesPartTheRowsByTheirIdsAlone() {
        Dataset whole = dataset(1000, 1000, 1000, 1000);
        Dataset train = filter.side(whole, Side.TRAINING, 0.1);
        Dataset validation = filter.side(whole, Side.VALIDATION, 0.1);
        assertThat(train.shards()).as("no shard is made anew").isEqualTo(whole.shards());
        Set<Long> ids = new TreeSet<>(shown(train).get(0));
        assertThat(ids).doesNotContainAnyElementsOf(shown(validation).get(0));
        ids.addAll(shown(validation).get(0));
        assertThat(ids).hasSize(ROWS);
        // 400 expected, with a deviation of 19
        assertThat(validation.samples()).isBetween(320L, 480L);
        assertThat(shown(filter.side(dataset(2500, 1, 1499), Side.VALIDATION, 0.1)))
                .as("however the rows are cut into shards")
                .isEqualTo(shown(validation));
        assertThat(shown(filter.side(whole, Side.VALIDATION, 0.2)).get(0))
                .as("a greater fraction only adds rows")
                .containsAll(shown(validation).get(0));
        assertThat(train.fingerprint()).isNotEqualTo(whole.fingerprint()).isNotEqualTo(validation.fingerprint());
    }

    @Test
    void labelledRowsAreThoseWithALabel() {
        Dataset labelled = dataset(1500, 2500).labelledRows();
        Set<Long> even = LongStream.range(0, ROWS / 2).map(i -> 2 * i).boxed().collect(Collectors.toSet());
        assertThat(shown(labelled)).containsExactly(new TreeSet<>(even), new TreeSet<>(even));
        assertThat(labelled.parts()).extracting(Dataset.Part::rows).containsExactly(750, 1250);
        assertThat(labelled.labelledRows()).isSameAs(labelled);
    }

    @Test
    void aLimitKeepsExactlySoManyLabelsAndAllRows() {
        Dataset whole = dataset(1500, 2500);
        Dataset few = filter.keepingLabels(whole, 60);
        assertThat(few.samples()).isEqualTo(ROWS);
        assertThat(few.labelled()).isEqualTo(60);
        Set<Long> kept = shown(few).get(1);
        assertThat(kept).hasSize(60).allMatch(id -> id % 2 == 0);
        assertThat(shown(filter.keepingLabels(dataset(4000), 60)).get(1))
                .as("however the rows are cut into shards")
                .isEqualTo(kept);
        assertThat(shown(filter.keepingLabels(whole, 61)).get(1)).as("one more").containsAll(kept);
        assertThat(shown(few.labelledRows()).get(0)).isEqualTo(kept);
        assertThat(filter.keepingLabels(whole, 2000)).as("all have theirs").isEqualTo(whole);
    }

    @Test
    void aSampleIsOfTheRowsAndLabelsThatAreShown() {
        Dataset few = filter.keepingLabels(dataset(1500, 2500), 60);
        RowSampler rows = new RowSampler(LocalSpark.context(), store, few.labelledRows());
        Samples some = rows.joined(100);
        assertThat(some.count()).isEqualTo(60);
        assertThat(LongStream.of(some.ids()).boxed())
                .hasSameElementsAs(shown(few).get(1));
        Samples all = new RowSampler(LocalSpark.context(), store, few).joined(ROWS);
        assertThat(Arrays.stream(all.labels().classes())
                        .filter(label -> label != Labels.NONE)
                        .count())
                .isEqualTo(60);
    }

    @Test
    void shardRowsPickTheValuesOfTheirRows() {
        Samples all = Digits.of(4, 0);
        Samples whole =
                new Samples(all.schema(), all.ids(), Labels.ofClasses(1, Labels.NONE, 2, Labels.NONE), all.features());
        ShardRows rows = RowFilter.NONE.ofLabelled().of(all.schema(), "key", TestShards.rows(whole));
        assertThat(rows.samples().ids()).containsExactly(0, 2);
        assertThat(rows.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 2)).containsExactly(0, 1, 4, 5);
    }
}
