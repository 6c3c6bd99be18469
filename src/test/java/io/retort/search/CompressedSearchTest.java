package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Figures;
import io.retort.run.RecipeRun;
import io.retort.run.SmallRun;
import io.retort.run.record.RunContext;
import io.retort.search.SearchReport.PointSection;
import io.retort.search.SearchReport.TrialSection;
import io.retort.search.SearchRun.Template;
import io.retort.spark.LocalSpark;
import io.retort.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches among students of a small table that are compressed. */
class CompressedSearchTest {
    private static final String TUNED = "training { epochs = 1, batch-size = 32 }";
    private static final String PRUNED = "{ kind = prune-channels, ratio = 0.5, target = channels, " + TUNED + " }";
    private static final String WIDTHS = "{ key = architecture.hidden, values = [\"[8]\", \"[24]\"] }";
    private static final String RATIOS = "{ key = \"compress[0].ratio\", values = [0.25, 0.75] }";
    private static final String FORMATS =
            "{ key = \"compress[1]\", values = [\"{ kind = float16 }\", \"{ kind = quantize, samples = 128 }\"] }";

    @TempDir
    private Path directory;

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void writeTables() throws IOException {
        table("train.csv", 800, 1);
        table("test.csv", 200, 2);
    }

    /** Yes where a point is near the origin; every seventh label is wrong, so that nothing is right of all rows. */
    private void table(String name, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("x,y,label\n");
        for (int row = 0; row < rows; row++) {
            double x = random.nextGaussian();
            double y = random.nextGaussian();
            boolean yes = (x * x + y * y < 1.4) != (row % 7 == 0);
            text.append(String.format(Locale.ROOT, "%.4f,%.4f,%s%n", x, y, yes ? "yes" : "no"));
        }
        Files.writeString(directory.resolve(name), text);
    }

    private static String student(String name, String stages) {
        return """
                { name = %s, architecture { kind = mlp, hidden = [8] }, losses = [cross-entropy, soft-target]
                  training { epochs = 2, batch-size = 32, learning-rate { rate = 0.02 } }
                  compress = [%s] }
                """.formatted(name, stages);
    }

    private String recipe(String students, String dimensions, String search) {
        return """
                name = searched
                data {
                  train { kind = csv, label = label, class-names = [no, yes], paths = ["%1$s/train.csv"] }
                  test { kind = csv, label = label, class-names = [no, yes], paths = ["%1$s/test.csv"] }
                  samples-per-shard = 100, validation.fraction = 0.25
                }
                teacher { kind = network, architecture { kind = mlp, hidden = [32] }
                  training { epochs = 4, batch-size = 32, learning-rate { rate = 0.02 } } }
                students = [%2$s]
                search { space.dimensions = [%3$s], strategy = random, %4$s }
                """.formatted(directory, students, dimensions, search);
    }

    private static Template template(String text) {
        return overrides ->
                Kinds.binder().bind(ConfigSource.text("small.conf", text).overriddenBy(overrides), Recipe.class);
    }

    private RunContext context() {
        return SmallRun.context(directory.resolve("root"), lines::add);
    }

    private Path search(String text) {
        Template template = template(text);
        return Path.of(new SearchRun(LocalSpark.context(), context(), template.with(List.of()), template)
                .execute()
                .directory()
                .toUri()
                .getPath());
    }

    private static SearchReport report(Path run) throws IOException {
        return Json.parse(Files.readString(run.resolve("search.json")), SearchReport.class);
    }

    private static List<TrialSection> trials(SearchReport report) {
        return report.searches().get(0).trials();
    }

    private static String choice(TrialSection trial, String key) {
        return trial.settings().get(key);
    }

    @Test
    void theFrontIsOfCompressedFilesAndItsRecipesRepeatThem() throws IOException {
        String text = recipe(
                student("candidate", PRUNED + ", { kind = float16 }"),
                String.join(", ", WIDTHS, RATIOS, FORMATS),
                "objectives = [parameters, bytes], budget.candidates = 6");
        Path found = search(text);
        SearchReport report = report(found);
        List<TrialSection> trials = trials(report);
        assertThat(report.space()).isEqualTo("8");
        assertThat(trials).hasSize(6).allMatch(trial -> trial.score().isPresent());
        for (TrialSection trial : trials) {
            int hidden = choice(trial, "architecture.hidden").equals("[8]") ? 8 : 24;
            int kept = choice(trial, "compress[0].ratio").equals("0.25") ? hidden * 3 / 4 : hidden / 4;
            assertThat(trial.parameters()).as("(2 + 1) h + (h + 1) 2").isEqualTo(5L * kept + 2);
            assertThat(trial.macs()).isEqualTo(4L * kept);
        }
        assertThat(trials.stream()
                        .collect(Collectors.groupingBy(
                                CompressedSearchTest::network,
                                Collectors.mapping(TrialSection::bytes, Collectors.toSet())))
                        .values()
                        .stream()
                        .mapToInt(Set::size)
                        .sum())
                .as("two formats of a network have two sizes")
                .isEqualTo(6);

        // Six candidates of two formats share their trainings and fine-tunings.
        long widths = trials.stream()
                .map(trial -> choice(trial, "architecture.hidden"))
                .distinct()
                .count();
        long tunings =
                trials.stream().map(CompressedSearchTest::network).distinct().count();
        assertThat(report.pace().trained()).isEqualTo(widths + tunings);

        // The held-out rows are looked at after the last trial, and only for the front.
        List<String> said = List.copyOf(lines);
        int last = IntStream.range(0, said.size())
                .filter(line -> said.get(line).contains(", trial "))
                .max()
                .orElseThrow();
        assertThat(said.subList(0, last)).noneMatch(line -> line.startsWith("evaluate "));
        assertThat(said)
                .filteredOn(line -> line.matches("evaluate c[0-9a-f]{7}: 200 rows"))
                .hasSameSizeAs(report.front());

        // An ordinary run of a point's recipe takes all trainings from the store, and ends with the same file.
        PointSection point = report.front().get(0);
        lines.clear();
        Recipe ofPoint = Kinds.binder()
                .bind(ConfigSource.file(found.resolve(point.recipe()).toString()), Recipe.class);
        RecipeRun.Result run = new RecipeRun(LocalSpark.context(), context(), ofPoint).execute();
        String name = point.candidate();
        assertThat(lines)
                .contains(
                        name + " seed 1: trained before, taken from the store",
                        name + " seed 1 compress 1 prune-channels: trained before, taken from the store");
        Figures figures = run.report().students().get(0).distilled();
        assertThat(figures.metrics()).isEqualTo(point.figures().metrics());
        assertThat(figures.parameters()).isEqualTo(point.figures().parameters());
        assertThat(stages(lines, name + " seed 1"))
                .as("scores on the validation rows, after each stage")
                .hasSize(2)
                .isEqualTo(stages(said, name));

        // The same again has nothing to do. One that had come as far as the stages goes on there.
        Template template = template(text);
        assertThat(SearchRun.known(context(), template.with(List.of()))).isPresent();
        Files.delete(found.resolve("search.json"));
        assertThat(forgetFineTunings(found)).isEqualTo(tunings);
        SearchReport again = report(search(text));
        assertThat(again.pace().trained()).isEqualTo(tunings);
        assertThat(again.searches()).isEqualTo(report.searches());
    }

    /** What a candidate is before it has a format. */
    private static String network(TrialSection trial) {
        return choice(trial, "architecture.hidden") + choice(trial, "compress[0].ratio");
    }

    /** What is told of a candidate's stages, without its name. */
    private static List<String> stages(List<String> lines, String title) {
        return List.copyOf(lines).stream()
                .filter(line -> line.matches(title + " compress \\d [^:]*: accuracy .*"))
                .map(line -> line.substring(title.length()))
                .distinct()
                .sorted()
                .toList();
    }

    private long forgetFineTunings(Path run) throws IOException {
        Set<String> forgotten = new HashSet<>();
        for (JsonNode stage : new ObjectMapper()
                .readTree(run.resolve("manifest.json").toFile())
                .path("stages")) {
            String network = stage.path("fingerprint").asText();
            if (stage.path("name").asText().contains(" compress 1 ") && forgotten.add(network)) {
                Files.delete(directory.resolve("root/store/networks/" + network + "/structure.json"));
            }
        }
        return forgotten.size();
    }

    /** 24 units have 122 parameters: more than the limit, and still a quarter of them is trained and taken. */
    @Test
    void limitsPruneByWhatIsLeftWhereSettingsDecide() throws IOException {
        SearchReport report = report(search(recipe(
                student("candidate", PRUNED),
                WIDTHS + ", " + RATIOS,
                "limits.parameters = 40, budget.candidates = 4")));
        assertThat(trials(report))
                .hasSize(3)
                .allMatch(trial -> trial.score().isPresent())
                .extracting(TrialSection::parameters)
                .containsExactlyInAnyOrder(5L * 2 + 2, 5L * 6 + 2, 5L * 6 + 2);
    }

    @Test
    void limitsAreJudgedAfterwardsWhereWeightsDecide() throws IOException {
        SearchReport report = report(search(recipe(
                student("candidate", PRUNED.replace("ratio", "scope = global, ratio")),
                WIDTHS + ", " + RATIOS,
                "limits.parameters = 40, budget.candidates = 4")));
        assertThat(trials(report)).hasSize(4);
        assertThat(trials(report))
                .filteredOn(trial -> trial.parameters() > 40)
                .singleElement()
                .satisfies(trial -> {
                    assertThat(trial.problem())
                            .isEqualTo("is left with 92 parameters, more than limits.parameters = 40");
                    assertThat(trial.score()).isEmpty();
                });
        assertThat(report.front())
                .isNotEmpty()
                .allMatch(point -> point.figures().parameters().orElseThrow() <= 40);
    }

    @Test
    void limitsOfBytesAreThoseOfTheFormat() throws IOException {
        String students = student("candidate", "");
        String formats = "{ key = compress, values = [\"[]\", \"[{ kind = float16 }]\"] }";
        String wide = "{ key = architecture.hidden, values = [\"[256]\"] }";
        SearchReport free = report(search(recipe(students, wide + ", " + formats, "budget.candidates = 2")));
        List<TrialSection> trials = trials(free);
        assertThat(trials).hasSize(2).extracting(TrialSection::parameters).containsOnly(5L * 256 + 2);
        TrialSection halves = trials.stream()
                .filter(trial -> choice(trial, "compress").contains("float16"))
                .findFirst()
                .orElseThrow();
        assertThat(trials).extracting(TrialSection::bytes).allMatch(bytes -> bytes >= halves.bytes());
        assertThat(trials.stream().map(TrialSection::bytes).distinct()).hasSize(2);

        SearchReport limited = report(search(
                recipe(students, wide + ", " + formats, "budget.candidates = 2, limits.bytes = " + halves.bytes())));
        assertThat(trials(limited)).extracting(TrialSection::candidate).containsExactly(halves.candidate());
        assertThatThrownBy(() -> search(recipe(
                        students,
                        wide + ", " + formats,
                        "budget.candidates = 2, limits.bytes = " + (halves.bytes() - 1))))
                .hasMessageContaining("no candidate was trained to its end; is left with ")
                .hasMessageContaining(" bytes, more than limits.bytes = ");
    }

    @Test
    void aStageBelowItsFloorLeavesWhatWasThere() throws IOException {
        String floor = ", floor { min-accuracy = 1.0, on-break = %s } }";
        String pruned = PRUNED.substring(0, PRUNED.length() - 2) + floor;
        SearchReport report = report(search(recipe(
                String.join(
                        "\n",
                        student("candidate", pruned.formatted("roll-back") + ", { kind = float16 }"),
                        student("stopped", pruned.formatted("stop") + ", { kind = float16 }"),
                        student("plain", ""),
                        student("halves", "{ kind = float16 }"),
                        student("pruned", PRUNED)),
                "{ key = \"compress[0].ratio\", values = [0.5] }",
                "budget.candidates = 1")));
        Figures plain = byHand(report, "plain");
        Figures halves = byHand(report, "halves");
        assertThat(trials(report))
                .singleElement()
                .satisfies(trial -> assertThat(trial.parameters())
                        .isEqualTo(plain.parameters().orElseThrow()));
        Figures rolledBack = report.front().get(0).figures();
        assertThat(rolledBack.bytes()).isEqualTo(halves.bytes()).isNotEqualTo(plain.bytes());
        assertThat(rolledBack.metrics()).isEqualTo(halves.metrics());
        Figures stopped = byHand(report, "stopped");
        assertThat(stopped.bytes()).isEqualTo(plain.bytes());
        assertThat(stopped.metrics()).isEqualTo(plain.metrics());
        assertThat(byHand(report, "pruned").parameters().orElseThrow()).isEqualTo(5L * 4 + 2);
    }

    private static Figures byHand(SearchReport report, String name) {
        return report.byHand().stream()
                .filter(point -> point.candidate().equals(name))
                .findFirst()
                .orElseThrow()
                .figures();
    }

    /** The teacher has labelled rows as they are only. */
    @Test
    void neverTriesViewsThatTheTeacherHasNotLabelled() throws IOException {
        String stage = "{ kind = prune-channels, ratio = 0.5, training { epochs = 1, batch-size = 64%s } }";
        String text =
                SmallRun.in(directory).recipe("searched", "[1]", SmallRun.CONV.replace("epochs = 3", "epochs = 1"))
                        + "teacher.training.epochs = 1\n"
                        + "data { validation.fraction = 0.25, train.limit = 512 }\n"
                        + "search { strategy = random, budget.candidates = 3, space.dimensions = [{ key = compress, values = [\"["
                        + stage.formatted(", views { crop = 1 }") + "]\", \"[" + stage.formatted("") + "]\"] }] }\n";
        assertThat(trials(report(search(text))))
                .singleElement()
                .satisfies(trial -> assertThat(choice(trial, "compress")).doesNotContain("crop"))
                .matches(trial -> trial.score().isPresent());
    }

    @Test
    void refusesWhatCannotBeCompressedInASearch() {
        String compressed = student("candidate", PRUNED);
        assertProblem(
                recipe(compressed, WIDTHS, "strategy = asha"),
                "search.strategy",
                "must not be asha where candidates are compressed");
        assertProblem(
                recipe(student("candidate", ""), "{ key = compress, values = [\"[]\"] }", "strategy = asha"),
                "search.strategy",
                "must not be asha where candidates are compressed");
        assertProblem(
                recipe(compressed, WIDTHS, "objectives = [latency]"),
                "search.objectives",
                "must not have latency where students are compressed");
        assertProblem(
                recipe(student("candidate", "") + student("mine", PRUNED), WIDTHS, "limits.latency-ms = 1"),
                "search.limits.latency-ms",
                "must not be set where students are compressed");
        assertProblem(
                recipe(student("candidate", PRUNED.replace("target = channels", "target = latency")), WIDTHS, ""),
                "students[0].compress[0].target",
                "must not be latency where search is set");
        for (String key : List.of("training.epochs", "training.views.count", "training", "steps")) {
            assertProblem(
                    recipe(compressed, "{ key = \"compress[0]." + key + "\", values = [1, 2] }", ""),
                    "dimensions",
                    "but not of epochs, views or steps, was 'compress[0]." + key + "'");
        }
        assertProblem(
                recipe(compressed, "{ key = \"compress-first[0].ratio\", values = [0.5] }", ""),
                "dimensions",
                "must be of keys below architecture, losses, training or compress");
    }

    private static void assertProblem(String text, String path, String message) {
        assertThatThrownBy(() -> template(text).with(List.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems()).anySatisfy(problem -> {
                            assertThat(problem.toString()).contains(path);
                            assertThat(problem.message()).contains(message);
                        }));
    }
}
