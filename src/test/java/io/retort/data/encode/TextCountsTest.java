package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Sharding;
import io.retort.data.source.TextReaderTest;
import io.retort.network.Vocabulary;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCountsTest {
    @Test
    void areKeptWithTheShardsOfTexts(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("a.csv"), """
                topic,body
                yes,the sea
                no,the sea and more
                yes,more and more and more
                no,
                no,夜
                """);
        Sharding sharding = new Sharding(
                LocalSpark.context(),
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(directory.resolve("root").toString()));
        Vocabulary vocabulary = Vocabulary.of(List.of("the", "sea"));
        for (int time = 0; time < 2; time++) { // the second time they come from the list of shards
            Dataset texts = sharding.shard(
                    TextReaderTest.settings(directory + "/a.csv", 3, Optional.empty()),
                    2,
                    vocabulary,
                    StoreReferences.UNANNOUNCED);
            assertThat(texts.shards()).hasSize(3);
            // "and" of the second; "more and more" of the third; 夜. The second and the third are cut.
            TextCounts counts = texts.texts();
            assertThat(counts).isEqualTo(new TextCounts(5, 2 + 3 + 3 + 0 + 1, 1 + 3 + 1, 3, 2));
            assertThat(counts.unknownShare()).isEqualTo(5 / 9.0);
            assertThat(counts.whollyUnknownShare()).isEqualTo(0.6);
            assertThat(counts.cutShare()).isEqualTo(0.4);
        }
    }
}
