package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.distill.SynchronousTrainer;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.teacher.NetworkTeacherSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a whole recipe sets without effect, and kinds that are the default. */
class IdleRecipeTest {
    private static final String TABLE = "{ kind = csv, label = y, classes = 2, paths = [a.csv] }";
    private static final String START = "name = idle\n";
    private static final String DATA = "data { train " + TABLE + "\n test " + TABLE + " }\n";
    private static final String TEACHER = "teacher { kind = network, architecture = mlp }\n";

    private static String students(String more) {
        return "students = [{ name = small, architecture = mlp, losses = [soft-target]\n" + more + " }]\n";
    }

    private static Recipe recipe(String hocon, String... overrides) {
        return Kinds.binder()
                .bind(ConfigSource.text("idle.conf", hocon).overriddenBy(List.of(overrides)), Recipe.class);
    }

    private static void refuses(String hocon, String... problems) {
        assertThatThrownBy(() -> recipe(hocon))
                .isInstanceOf(ConfigException.class)
                .hasMessage((problems.length == 1 ? "1 problem" : problems.length + " problems")
                        + " in the recipe; nothing was run.\n  " + String.join("\n  ", problems));
    }

    @Test
    void aTeacherThatIsReadIsNotTrained() {
        refuses(
                START + DATA + students("")
                        + "teacher { kind = network, from = saved\n training.epochs = 20, seed = 3 }\n",
                "idle.conf:7  teacher.seed: has no effect, for from names a network that is trained already; leave it out",
                "idle.conf:7  teacher.training.epochs: has no effect, for from names a network that is trained already;"
                        + " leave it out");
    }

    @Test
    void stagesThatDoNotUseWhatTheyAreGiven() {
        refuses(
                START + DATA + TEACHER + students("""
                        compress = [
                          { kind = prune-channels, scan.samples = 10 }
                          { kind = low-rank, rank-by = evbmf, keep = 0.3 }
                          { kind = prune-weights, losses = [], training.epochs = 3 }
                        ]"""),
                "idle.conf:7  students[0].compress[0].scan.samples: has no effect, for scope is layer, which scans nothing;"
                        + " leave it out",
                "idle.conf:8  students[0].compress[1].keep: has no effect, for rank-by is evbmf, which finds each rank by"
                        + " itself; leave it out",
                "idle.conf:9  students[0].compress[2].training.epochs: has no effect, for losses is [], so nothing is"
                        + " fine-tuned; leave it out");
    }

    @Test
    void theSizeOfAVocabularyThatAFileHas() {
        String text = "{ kind = text, paths = [a.csv], text = t, label = y, classes = 2, vocabulary-file = v.txt ";
        refuses(
                START + TEACHER + students("") + "data { scaling = none\n train " + text + ", vocabulary = 10 }\n test "
                        + text.replace(", vocabulary-file = v.txt", "") + ", vocabulary = 10 } }\n",
                "idle.conf:6  data.train.vocabulary: has no effect, for vocabulary-file has the tokens; leave it out",
                "idle.conf:7  data.test.vocabulary: has no effect, for held-out texts have the training texts' vocabulary;"
                        + " leave it out");
    }

    @Test
    void epochsThatEveryStudentHasOfItsOwn() {
        String own = START + DATA + TEACHER + "teacher.training.epochs = 1\n" + students("training.epochs = 2");
        assertThatThrownBy(() -> recipe(own, "defaults.students.training.epochs=3"))
                .hasMessage(
                        "1 problem in the recipe; nothing was run.\n  command line -D defaults.students.training.epochs=3"
                                + "  defaults.students.training.epochs: has no effect, for all students have their own;"
                                + " set it there, or on the command line by -D 'students[NAME].training.epochs=VALUE'");
        refuses(
                own + "defaults {\n students.training.epochs = 3 }\n",
                "idle.conf:9  defaults.students.training.epochs: has no effect, for all students have their own; set it"
                        + " there, or on the command line by -D 'students[NAME].training.epochs=VALUE'");
        assertThat(recipe(own, "students[small].training.epochs=3")
                        .students()
                        .get(0)
                        .training()
                        .epochs())
                .isEqualTo(3);
    }

    @Test
    void aTeacherThatTakesTheStudentsDefaultsIsAnEffect() {
        Recipe recipe = recipe(
                START + DATA + TEACHER + students("training.epochs = 2") + "defaults.students.training.epochs = 3\n");
        assertThat(((NetworkTeacherSettings) recipe.teacher()).training().epochs())
                .isEqualTo(3);
    }

    @Test
    void anObjectWithoutAKindIsOfTheDefaultKindEverywhere() {
        Recipe recipe = recipe(START + DATA + TEACHER
                + students("training { optimizer { beta1 = 0.8 }, learning-rate.schedule { final-fraction = 0.1 } }")
                + "trainer { replicas = 1 }\nlabels.codec {}\n");
        assertThat(recipe.trainer()).isEqualTo(new SynchronousTrainer.Settings(Optional.of(1), Optional.empty()));
        assertThat(Kinds.canonical().text(recipe))
                .contains("\"codec\":{\"kind\":\"float16\"}")
                .contains("\"optimizer\":{\"kind\":\"adam\",\"beta1\":0.8,")
                .contains("\"schedule\":{\"kind\":\"cosine\",\"final-fraction\":0.1}");
    }

    @Test
    void theCommandLineKeepsTheFilesKind() {
        String dl4j = START + DATA + TEACHER + students("") + "trainer = dl4j\n";
        assertThat(Kinds.canonical()
                        .text((Record) recipe(dl4j, "trainer.replicas=2").trainer()))
                .isEqualTo("{\"kind\":\"dl4j\",\"replicas\":2,\"averaging-frequency\":10}");
    }

    @Test
    void whatIsPrintedCanBeReadBack() {
        Recipe recipe = recipe(START + DATA + students("compress = [{ kind = prune-weights, losses = [] }]")
                + "teacher { kind = network, from = saved }\n");
        String printed = Kinds.canonical().pretty(recipe);
        assertThat(printed).doesNotContain("first-losses");
        assertThat(recipe(printed)).isEqualTo(recipe);
    }
}
