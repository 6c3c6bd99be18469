package io.retort.data.shard;

import io.retort.config.ConfigSource;
import io.retort.data.Samples;
import io.retort.data.source.ReaderSettings;
import io.retort.recipe.Kinds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Sources of kind {@code spark}, as recipes write them. */
public final class FrameSources {
    private FrameSources() {}

    private record Holder(ReaderSettings source) {}

    /** Of rows with the label y, a 0 or a 1, unless the settings say more. */
    public static ReaderSettings bound(String settings) {
        String classes = settings.contains("classes = ") || settings.contains("class-names = ")
                ? ""
                : ", label = y, classes = 2";
        return Kinds.binder()
                .bind(
                        ConfigSource.text("source.conf", "source { kind = spark, " + settings + classes + " }")
                                .withEnvironment(Map.of()),
                        Holder.class)
                .source();
    }

    /** The rows as {@code id label [features]}. */
    static List<String> described(ShardStore store, Dataset dataset) {
        List<String> rows = new ArrayList<>();
        for (Shard shard : dataset.shards()) {
            Samples samples = store.read(dataset.schema(), shard);
            float[] values = new float[dataset.schema().shape().elements()];
            for (int i = 0; i < samples.count(); i++) {
                samples.copyFeatures(i, values, 0);
                rows.add(samples.ids()[i] + " " + samples.labels().values()[i] + " " + Arrays.toString(values));
            }
        }
        return rows;
    }
}
