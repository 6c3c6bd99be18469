package io.retort.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A test of a recipe as a team writes it. */
@ExtendWith(RetortExtension.class)
class RetortExtensionTest {
    private static final List<Path> ROOTS = new ArrayList<>();

    @TempDir
    private Path folder;

    private Path recipe() throws IOException {
        for (String file : List.of("wine.csv", "wine-test.csv")) {
            Files.copy(Path.of("src/test/resources/tables", file), folder.resolve(file));
        }
        String source = "kind = csv, label = cultivar, class-names = [barolo, grignolino, barbera],"
                + " features = [alcohol, flavanoids, color_intensity, hue, proline]";
        return Files.writeString(folder.resolve("wine.conf"), """
                name = wine
                data { train { %1$s, paths = [wine.csv] }, test { %1$s, paths = [wine-test.csv] } }
                teacher { kind = spark-ml, estimator { kind = random-forest, trees = 20 } }
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [soft-target]
                  training { epochs = 30, batch-size = 16, learning-rate { rate = 0.02 } } }]
                """.formatted(source));
    }

    @Test
    void aSliceRunsInSeconds(TestRuns retort, SparkSession session) throws IOException {
        ROOTS.add(retort.root());
        assertThat(retort.session()).isSameAs(session);
        Report report = retort.runSlice(recipe(), 60, "students[small].training.epochs=20");
        assertThat(report.dataset().trainSamples()).isEqualTo(60);
        assertThat(report.teacher().accuracy()).isGreaterThan(0.6);
        assertThat(report.students()).hasSize(1);
        assertThat(retort.root().resolve("runs/wine")).isNotEmptyDirectory();
    }

    @Test
    void aWrongRecipeSaysWhatIsWrong(TestRuns retort) throws IOException {
        ROOTS.add(retort.root());
        Path file = recipe();
        assertThatThrownBy(() -> retort.run(file, "students[small].training.epoch=20"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean 'epochs'?");
    }

    /** Tests of one JVM come in any order, and some stop Spark: the next must not get a session that is dead. */
    @Nested
    @TestMethodOrder(MethodOrderer.MethodName.class)
    class WhereATestStopsSpark {
        @Test
        void aStopsIt(SparkSession session) {
            session.stop();
            assertThat(session.sparkContext().isStopped()).isTrue();
        }

        @Test
        void bGetsANewOne(SparkSession session) {
            assertThat(session.range(3).count()).isEqualTo(3);
        }
    }

    /** A run of which several tests look at different things is made once. */
    @Nested
    class WhereAllTestsShareARoot {
        private static Path root;

        @BeforeAll
        static void takeOne(TestRuns retort) {
            root = retort.root();
        }

        @Test
        void aTestFindsIt(TestRuns retort) {
            assertThat(retort.root()).isEqualTo(root).isEmptyDirectory();
        }
    }

    @AfterAll
    static void eachTestHadARootOfItsOwnThatIsGone() {
        assertThat(ROOTS)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allSatisfy(root -> assertThat(root).doesNotExist());
    }
}
