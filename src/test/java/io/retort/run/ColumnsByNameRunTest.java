package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.registry.ModelCard;
import io.retort.registry.RegisteredModel;
import io.retort.report.Report.ChallengeSection;
import io.retort.retrain.Retraining;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights of a table whose export changes the order of its columns, and loses one. */
class ColumnsByNameRunTest {
    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    /** Class 1 where a is greater than b; d is of another size, so that swapped columns are seen. */
    private void table(String name, int rows, long seed, String... columns) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder(String.join(",", columns)).append(",label\n");
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            double d = 100 + random.nextGaussian();
            for (String column : columns) {
                text.append(column.equals("a") ? a : column.equals("b") ? b : d).append(',');
            }
            text.append(a > b ? 1 : 0).append('\n');
        }
        Files.writeString(directory.resolve(name), text);
    }

    private Retraining.Result night() {
        said.clear();
        String csv = "kind = csv, label = label, classes = 2, paths = [\"" + directory;
        return new Retraining(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound("""
                name = nightly
                data { train { %s/train.csv"] }, test { %s/test.csv"] } }
                trainer = synchronous
                teacher { kind = network, architecture { kind = mlp, hidden = [4] }, training { epochs = 8, batch-size = 16 } }
                students = [ { name = small, architecture { kind = mlp, hidden = [2] }, training { epochs = 8, batch-size = 16 }
                  losses = [cross-entropy] } ]
                retrain { model = table, gates { accuracy { margin = 1, teacher-gap = 1, significance = 1e-9 }
                  agreement.margin = 1, calibration { margin = 1, most = 1 }, latency.growth = 1000 } }
                """.formatted(csv, csv)))
                .execute();
    }

    @Test
    void laterNightsAreReadByTheChampionsColumns() throws IOException {
        table("train.csv", 200, 1, "a", "b", "d");
        table("test.csv", 100, 2, "d", "a", "b");
        Retraining.Result first = night();
        assertThat(first.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(said)
                .contains("columns of data.train: 3 features (a, b, d), label label, no id, none ignored")
                .anyMatch(line -> line.startsWith("rows by class: train 0 "));
        RegisteredModel model = new RegisteredModel(
                SmallRun.context(directory, said::add).storage(),
                new org.apache.hadoop.fs.Path(directory.resolve("root").toString()),
                "table",
                Clock.systemUTC());
        ModelCard.Inputs inputs = model.version(1).card().inputs();
        assertThat(inputs.columns()).containsExactly("a", "b", "d");
        assertThat(inputs.means().get(2)).isBetween(99.0, 101.0);
        assertThat(model.network(model.version(1)).structure().signature().columns())
                .containsExactly("a", "b", "d");

        table("train.csv", 200, 1, "d", "b", "a");
        table("test.csv", 100, 2, "b", "a", "d");
        Retraining.Result second = night();
        ChallengeSection challenge =
                second.run().orElseThrow().report().challenges().get(0);
        assertThat(challenge.drift().newShards())
                .as("the same rows are the same shards, whatever the order of their columns")
                .isZero();
        assertThat(challenge.start()).isEqualTo("champion 1");
        assertThat(challenge.contenders().get(1).scores().accuracy())
                .as("the champion reads its own columns")
                .isEqualTo(model.version(1).card().scores().accuracy());
        assertThat(challenge.gates())
                .filteredOn(gate -> gate.name().equals("champion by its card"))
                .singleElement()
                .matches(gate -> gate.passed());

        table("train.csv", 200, 3, "a", "b");
        table("test.csv", 100, 4, "a", "b");
        assertThatThrownBy(this::night)
                .isInstanceOf(RunFailedException.class)
                .hasMessageStartingWith("data.train has no column d, but champion ");
        assertThat(said).noneMatch(line -> line.startsWith("train teacher"));
    }
}
