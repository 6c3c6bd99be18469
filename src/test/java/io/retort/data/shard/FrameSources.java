package io.retort.data.shard;

import io.retort.config.ConfigSource;
import io.retort.data.source.ReaderSettings;
import io.retort.recipe.Kinds;
import java.util.Map;

/** Sources of kind {@code spark}, as recipes write them. */
final class FrameSources {
    private FrameSources() {}

    private record Holder(ReaderSettings source) {}

    /** Of rows with the label y, a 0 or a 1, unless the settings say more. */
    static ReaderSettings bound(String settings) {
        String classes = settings.contains("class") ? "" : ", label = y, classes = 2";
        return Kinds.binder()
                .bind(
                        ConfigSource.text("source.conf", "source { kind = spark, " + settings + classes + " }")
                                .withEnvironment(Map.of()),
                        Holder.class)
                .source();
    }
}
