package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.Pictures;
import io.retort.config.ConfigSource;
import io.retort.data.ViewSettings;
import io.retort.network.Shape;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.SavedModel;
import io.retort.teacher.TeacherPlanning;
import io.retort.teacher.TeacherSettings;
import io.retort.teacher.TeacherTrainer;
import io.retort.teacher.TrainedTeacher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is planned of a teacher of which nobody knows the layers. */
class ForeignTeacherTest {
    private static final long BYTES = 500_000_000;

    @TempDir
    private Path directory;

    private final Storage storage = Storage.of(new Configuration());

    /** A teacher that only its files are known of. */
    private record Foreign() implements TeacherSettings, PlannedTeacher {
        @Override
        public String title() {
            return "foreign";
        }

        @Override
        public Map<String, SavedModel> saved(String path) {
            return Map.of();
        }

        @Override
        public List<ViewSettings> views() {
            return List.of();
        }

        @Override
        public PlannedTeacher plan(TeacherPlanning planning) {
            return this;
        }

        @Override
        public List<PlannedNetwork> networks() {
            return List.of();
        }

        @Override
        public List<PlannedModel> models() {
            return List.of(new PlannedModel(
                    "teacher", new Constant("c"), Map.of(), ModelFacts.ofBytes(BYTES), Optional.empty(), List.of()));
        }

        @Override
        public List<String> labellers() {
            return List.of("teacher");
        }

        @Override
        public Optional<PlannedNetwork> network() {
            return Optional.empty();
        }

        @Override
        public Map<String, Shape> taps() {
            return Map.of();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            throw new AssertionError("nothing is made while something is planned");
        }
    }

    private record Constant(String fingerprint) implements ModelHandle {
        @Override
        public Model open(int threads) {
            throw new AssertionError("nothing is opened while something is planned");
        }
    }

    private Recipe recipe(String students) throws IOException {
        Pictures.write(Pictures.of(300, 0), directory.resolve("images"), directory.resolve("labels"));
        String text = """
                name = w
                data {
                  samples-per-shard = 128
                  train { kind = idx, images = ["%1$s/images"], labels = ["%1$s/labels"], classes = 3 }
                  test = ${data.train}
                }
                teacher { kind = network, architecture { kind = mlp, hidden = [4] } }
                students = [%2$s]
                seeds = [1]
                """.formatted(directory, students);
        Recipe own = Kinds.binder().bind(ConfigSource.text("w.conf", text).withEnvironment(Map.of()), Recipe.class);
        return new Recipe(
                own.name(),
                own.data(),
                new Foreign(),
                own.labels(),
                own.trainer(),
                own.students(),
                own.seeds(),
                own.evaluation(),
                own.export(),
                own.retrain(),
                own.spark());
    }

    @Test
    void isPlannedByItsFilesAlone() throws IOException {
        PlannedWorkload planned = PlannedWorkload.of(
                recipe("{ name = a, architecture { kind = mlp, hidden = [4] }, losses = [soft-target] }"), storage);
        assertThat(planned.structures()).containsOnlyKeys("student a");
        Workload workload = planned.workload();
        assertThat(workload.lastPass().networks()).containsExactly("teacher");
        assertThat(workload.networks().get("teacher").modelBytes()).isEqualTo(BYTES);
        assertThat(workload.networks().get("teacher").inputs()).isEqualTo(64);
        assertThat(workload.trainings()).extracting(Workload.Training::title).doesNotContain("teacher");
        // twice the file off the heap, however many tasks an executor runs at once, and not on it
        Memory one = Memory.ofExecutor(workload, 1, 1);
        Memory eight = Memory.ofExecutor(workload, 8, 8);
        assertThat(one.offHeap() << 20).isGreaterThan(2 * BYTES);
        assertThat(eight.offHeap() << 20).isLessThan(3 * BYTES);
        assertThat(one.heap() << 20).isLessThan(3 * BYTES);
    }

    @Test
    void thePlanSaysWhatItDoesNotKnow() throws IOException {
        Workload workload = PlannedWorkload.of(
                        recipe("{ name = s, architecture { kind = mlp, hidden = [4] }, losses = [soft-target] }"),
                        storage)
                .workload();
        PlanReport.Offer two = new PlanReport.Offer(2, 1, 1, 10, 1_000_000);
        PlanReport report = PlanReport.of("w", workload, SmallWorkload.rates(), EarlierTimes.none(), two);
        assertThat(report.advice()).anyMatch(line -> line.startsWith("Of teacher, which was made elsewhere"));
    }

    @Test
    void isNoBeginningOfAStudent() {
        assertThatThrownBy(() ->
                        PlannedWorkload.of(recipe("{ name = a, from = teacher, losses = [cross-entropy] }"), storage))
                .isInstanceOfSatisfying(
                        RecipeMismatchException.class,
                        refusal -> assertThat(refusal.misfits())
                                .singleElement()
                                .satisfies(misfit -> assertThat(misfit.path() + " " + misfit.message())
                                        .startsWith(
                                                "students[0].from is teacher, but that is a model from elsewhere")));
    }

    @Test
    void factsAreUnknownTogetherWhereOneIs() {
        ModelFacts known = ModelFacts.of(1, 2, 3);
        assertThat(ModelFacts.sum(List.of(known, known))).isEqualTo(ModelFacts.of(2, 4, 6));
        assertThat(ModelFacts.sum(List.of(known, ModelFacts.ofBytes(4)))).isEqualTo(ModelFacts.ofBytes(7));
        assertThat(ModelFacts.sum(List.of()).bytes()).isEmpty();
    }
}
