package io.retort.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.report.Report;
import io.retort.report.RunComparison.Paired;
import io.retort.run.RecipeRun;
import io.retort.run.SmallRun;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunReports.Ended;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs on the same table, whose students are asked about the held-out rows again. */
class PairedStudentsTest {
    @TempDir
    private Path directory;

    /** The label depends on the city, which is missing now and then, and on a number. */
    private void table(String file, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("age,city,label\n");
        for (int i = 0; i < rows; i++) {
            String city = List.of("Rome", "Oslo", "Ulm", "").get(random.nextInt(4));
            double age = 20 + 60 * random.nextDouble();
            boolean yes = city.equals("Rome") ? age > 40 : age < 60;
            text.append(i % 7 == 0 ? "" : age).append(',').append(city).append(yes ? ",yes\n" : ",no\n");
        }
        Files.writeString(directory.resolve(file), text);
    }

    private Ended run(String name, int hidden, int epochs, String seeds) {
        String source =
                "kind = csv, label = label, class-names = [no, yes], categories = [city], missing = [\"\"], paths = [\""
                        + directory + "/";
        RecipeRun.Result result = new RecipeRun(LocalSpark.context(), context(), SmallRun.bound("""
                        name = %s
                        seeds = %s
                        data { train { %3$strain.csv"] }, test { %3$stest.csv"] }, samples-per-shard = 100 }
                        export { outputs = [logits, probabilities, label] }
                        teacher { kind = network, architecture { kind = mlp, hidden = [8] }, training { epochs = 2, batch-size = 32 } }
                        students = [{ name = small, architecture { kind = mlp, hidden = [%4$d] }, losses = [cross-entropy]
                          training { epochs = %5$d, batch-size = 32, learning-rate { rate = 0.02 } } }]
                        """.formatted(
                                name, seeds, source, hidden, epochs)))
                .execute();
        return new Ended(result.directory(), result.report());
    }

    private RunContext context() {
        return SmallRun.context(directory.resolve("root"), line -> {});
    }

    private List<Paired> paired(Ended... runs) {
        return new PairedStudents(
                        LocalSpark.context(),
                        Storage.of(new Configuration()),
                        new org.apache.hadoop.fs.Path(directory.resolve("root").toString()))
                .of(List.of(runs));
    }

    @Test
    void theSameRowsAreCountedByWhichStudentIsRight() throws IOException {
        table("train.csv", 400, 1);
        table("test.csv", 250, 2);
        Ended first = run("first", 2, 1, "[1, 2]");
        Ended other = run("other", 16, 12, "[1, 2, 3]");
        List<Paired> pairs = paired(first, other);
        assertThat(pairs).hasSize(2);
        for (int seed = 0; seed < 2; seed++) {
            Paired pair = pairs.get(seed);
            assertThat(pair.student()).isEqualTo(other.report().title() + " small seed " + (seed + 1));
            assertThat(pair.first()).isEqualTo(first.report().title() + " small seed " + (seed + 1));
            assertThat(pair.pairs().samples()).isEqualTo(250);
            assertThat(pair.pairs().bothRight() + pair.pairs().onlyFirst()).isEqualTo(right(other.report(), seed));
            assertThat(pair.pairs().bothRight() + pair.pairs().onlySecond()).isEqualTo(right(first.report(), seed));
            assertThat(pair.pairs().onlyFirst()).as("it has learned more").isGreaterThan(10);
            assertThat(pair.test().better()).isLessThan(0.01);
        }

        table("train.csv", 300, 1);
        Ended fitted = run("fitted", 2, 1, "[1]");
        assertThat(paired(first, fitted))
                .as("a table that was fitted to other rows reads otherwise")
                .isEmpty();

        Files.writeString(directory.resolve("test.csv"), "33,Rome,no\n", java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> paired(first, other))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("the rows of data.test are no longer those on which "
                        + first.report().title()
                        + " was measured, so its students cannot be paired; run the recipes again on the same files");
        assertThat(paired(run("more", 2, 1, "[1]"), other))
                .as("other rows were held out")
                .isEmpty();
    }

    private static long right(Report report, int seed) {
        return Math.round(250 * report.students().get(seed).distilled().accuracy());
    }
}
