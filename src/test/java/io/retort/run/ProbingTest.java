package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.TinyJob;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ProbeReport;
import io.retort.predict.RowBatch;
import io.retort.recipe.Recipe;
import io.retort.run.ProbePass.Probing;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbingTest {
    private static final int ROWS = 1200;
    private static final int LABELLED = 80;

    @TempDir
    private Path directory;

    @Test
    void asksAboutLabelledRowsWhereFewRowsAre() throws Exception {
        TinyJob.in(directory);
        StringBuilder rows = new StringBuilder("x,y,class\n");
        for (int i = 0; i < ROWS; i++) {
            String label = i % (ROWS / LABELLED) == 0 ? Integer.toString(i / 20 % 2) : "";
            rows.append(i / 20 % 2 == 0 ? "2,1," : "1,2,").append(label).append('\n');
        }
        Files.writeString(directory.resolve("train.csv"), rows);
        Recipe recipe = SmallRun.bound(Files.readString(directory.resolve("tiny.conf")));
        Storage storage = Storage.of(new Configuration());
        org.apache.hadoop.fs.Path root =
                new org.apache.hadoop.fs.Path(directory.resolve("root").toUri());
        Dataset train = new Sharding(LocalSpark.context(), storage, root)
                .shard(recipe.data().train(), recipe.data().samplesPerShard());

        ProbeReport report = new Probing(LocalSpark.context(), new ShardStore(storage, root), train, 64)
                .report(new PlannedModel(
                        "teacher", new Itself(), Map.of(), ModelFacts.ofBytes(1), Optional.empty(), List.of()));
        assertThat(report.agreement().orElseThrow().labelled()).isEqualTo(LABELLED);
        assertThat(report.agreement().orElseThrow().share()).isEqualTo(1);
    }

    /** Its answer is the row. */
    private record Itself() implements ModelHandle {
        @Override
        public String fingerprint() {
            return "itself";
        }

        @Override
        public Model open(int threads) {
            return new Model() {
                @Override
                public float[] predict(RowBatch rows) {
                    return Arrays.copyOf(rows.input(), 2 * rows.size());
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }
}
