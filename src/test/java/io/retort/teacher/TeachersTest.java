package io.retort.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.Pictures;
import io.retort.config.ConfigException;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.zoo.ConvNet.W1Student;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.SmallRun;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipes may say of teachers, and what is planned of it. */
class TeachersTest {
    private static final String MEMBER = "{ kind = network, architecture { kind = mlp, hidden = [4] }, seed = %d }";

    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    private SmallRun small;

    @BeforeEach
    void makeData() throws IOException {
        small = SmallRun.in(directory);
    }

    private Recipe recipe(String teacher, String... students) {
        return SmallRun.bound(
                small.recipe("teachers", "[1]", students) + "teacher = null\nteacher = " + teacher + "\n");
    }

    private static String ensemble(String rest, String... members) {
        return "{ kind = ensemble, " + rest + ", members = [" + String.join(", ", members) + "] }";
    }

    private void assertRefused(String teacher, String... problems) {
        assertThatThrownBy(() -> recipe(teacher))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly(problems));
    }

    private PlannedTeacher planned(String teacher) {
        return recipe(teacher)
                .teacher()
                .plan(new TeacherPlanning("teacher", "teacher", storage, Pictures.SCHEMA, InputScaling.none(1), 1));
    }

    @Test
    void refusesAnEnsembleThatIsNone() {
        String one = MEMBER.formatted(1);
        String two = MEMBER.formatted(2);
        assertRefused(ensemble("average = logits", one), "teacher.members: must be at least two teachers, was 1");
        assertRefused(
                ensemble("average = logits", one, two, one),
                "teacher.members: must differ, but the elements 0 and 2 are the same teacher; give each a seed of its own");
        assertRefused(
                ensemble("weights = [1, 2]", one, two),
                "teacher.average: missing; add average, one of logits, probabilities");
        assertRefused(
                ensemble("average = mean", one, two),
                "teacher.average: must be one of logits, probabilities, was 'mean'");
        assertRefused(
                ensemble("average = logits, weights = [1]", one, two),
                "teacher.weights: must be none, or one for each of the 2 members, was [1.0]");
        assertRefused(
                ensemble("average = logits, weights = [1, 0]", one, two),
                "teacher.weights: must be finite and > 0, was [1.0, 0.0]");
        assertRefused(
                ensemble("average = logits", one, "{ kind = network, architecture = lenet5, sed = 2 }"),
                "teacher.members[1].sed: unknown key for kind 'network'; did you mean 'seed'?");
    }

    @Test
    void refusesTapsOfAnEnsembleWhereTheRecipeIsRead() {
        String student = """
                { name = conv, architecture { kind = conv-net, chain = [cbr6, max] }
                  losses = [soft-target, { kind = hint, pairs = [{ teacher = block1.relu, student = block1.relu }] }] }
                """;
        assertThatThrownBy(
                        () -> recipe(ensemble("average = logits", MEMBER.formatted(1), MEMBER.formatted(2)), student))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly(
                                        "students: must not have losses of taps, such as 'hint' of 'conv', for the teacher is an"
                                                + " ensemble, whose members have layers of their own; use losses of logits, or one"
                                                + " network as the teacher"));
    }

    @Test
    void refusesGenerationsThatTeachNothing() {
        String bornAgain = "{ kind = born-again, architecture { kind = mlp, hidden = [4] }, ";
        assertRefused(
                bornAgain + "generations = 0 }",
                "teacher.generations: must be at least 1, was 0; a teacher of kind network is what generation 0 alone would be");
        assertThatThrownBy(() -> recipe(bornAgain + "losses = [cross-entropy] }"))
                .hasMessageContaining(
                        "teacher.losses: must have one of the generation before, such as [cross-entropy, soft-target], was [");
        assertThatThrownBy(() -> recipe(bornAgain + "first-losses = [soft-target] }"))
                .hasMessageContaining("teacher.first-losses: must be losses of labels, such as [cross-entropy], was [");
        assertThatThrownBy(() -> recipe(bornAgain
                        + "losses = [soft-target, { kind = hint, pairs = [{ teacher = a, student = b }] }] }"))
                .hasMessageContaining(
                        "teacher.losses: must be losses of logits, for generations do not learn from taps, was [");
    }

    @Test
    void whatMembersShareIsSaidOnce() {
        Recipe recipe = recipe(
                ensemble("average = logits", "{ kind = network, seed = 1 }", "{ kind = network, seed = 2 }")
                        + "\ndefaults.teachers.network { architecture { kind = mlp, hidden = [4] }, training.epochs = 3 }");
        assertThat(recipe.teacher())
                .isInstanceOfSatisfying(
                        EnsembleTeacherSettings.class,
                        ensemble -> assertThat(ensemble.members())
                                .allSatisfy(member -> assertThat(((NetworkTeacherSettings) member)
                                                .training()
                                                .epochs())
                                        .isEqualTo(3)));
    }

    @Test
    void printsAllSettingsOfMembers() {
        Recipe recipe = recipe(ensemble("average = probabilities", MEMBER.formatted(1), MEMBER.formatted(2)));
        assertThat(Kinds.canonical().text(recipe))
                .contains("\"teacher\":{\"kind\":\"ensemble\",\"members\":[{\"kind\":\"network\",")
                .contains("\"seed\":2}],\"average\":\"probabilities\",\"weights\":[]}");
    }

    @Test
    void plansEveryNetworkOfNestedTeachers() {
        PlannedTeacher planned = planned(ensemble(
                "average = logits",
                MEMBER.formatted(1),
                "{ kind = born-again, architecture { kind = mlp, hidden = [4] }, generations = 2, seed = 5 }",
                ensemble("average = probabilities", MEMBER.formatted(3), MEMBER.formatted(4))));
        assertThat(planned.networks())
                .extracting(PlannedNetwork::title)
                .containsExactly(
                        "teacher member 1",
                        "teacher member 2 generation 0",
                        "teacher member 2 generation 1",
                        "teacher member 2 generation 2",
                        "teacher member 3 member 1",
                        "teacher member 3 member 2");
        assertThat(planned.labellers())
                .containsExactly(
                        "teacher member 1",
                        "teacher member 2 generation 2",
                        "teacher member 3 member 1",
                        "teacher member 3 member 2");
        assertThat(planned.networks())
                .extracting(network -> network.training().orElseThrow().seed())
                .containsExactly(1L, 5L, 6L, 7L, 3L, 4L);
        assertThat(planned.networks())
                .extracting(network -> network.training().orElseThrow().taughtBy())
                .containsExactly(
                        List.of(),
                        List.of(),
                        List.of("teacher member 2 generation 0"),
                        List.of("teacher member 2 generation 1"),
                        List.of(),
                        List.of());
        assertThat(planned.taps()).isEmpty();
    }

    @Test
    void theLastGenerationHasTaps() {
        assertThat(planned("{ kind = born-again, architecture { kind = conv-net, chain = [cbr4, max] } }")
                        .taps())
                .containsKey("block1.relu");
    }

    @Test
    void looksAtSavedMembersBeforeAnythingIsTrained() {
        Path saved = directory.resolve("saved");
        NetworkFiles.write(
                Network.initialised(new W1Student().build(Shape.image(1, 28, 28), 10), 1),
                storage,
                new org.apache.hadoop.fs.Path(saved.toString()));
        String teacher =
                ensemble("average = logits", MEMBER.formatted(1), "{ kind = network, from = \"" + saved + "\" }");
        assertThat(recipe(teacher).teacher().saved())
                .extracting(SavedModel::path)
                .containsExactly(saved.toString());
        assertThatThrownBy(() -> planned(teacher))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "teacher.members[1].from: the saved network takes [1, 28, 28] and knows 10 classes, the data has"
                                + " [1, 8, 8] and 3");
    }

    @Test
    void saysWhichMemberDoesNotFitTheData() {
        assertThatThrownBy(
                        () -> planned(
                                ensemble(
                                        "average = logits",
                                        MEMBER.formatted(1),
                                        "{ kind = network, architecture { kind = mlp, hidden = [4] }, seed = 2, training.views { crop = 8, count = 2 } }")))
                .hasMessage(
                        "teacher member 2 does not fit the data: crop must be less than the height and width of images"
                                + " [1, 8, 8], was 8");
    }
}
