package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.report.Figures;
import io.retort.run.RecipeRun;
import io.retort.run.SmallRun;
import io.retort.run.record.RunContext;
import io.retort.search.SearchReport.PointSection;
import io.retort.search.SearchReport.SearchSection;
import io.retort.search.SearchReport.TrialSection;
import io.retort.search.SearchRun.Template;
import io.retort.spark.LocalSpark;
import io.retort.storage.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a few images, from the recipe to the front. */
class SearchRunTest {
    private static final String STUDENT = """
            { name = candidate, architecture { kind = conv-net, chain = [cbr4, max, dws6, max] }
              training { epochs = 2, batch-size = 64, learning-rate { rate = 1e-2 } }
              losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5, temperature = 3 }] }
            """;

    private static final String SETTINGS =
            SmallRun.BRIEF_TEACHER + "data.validation.fraction = 0.25\ndata.train.limit = 1024\n";

    private static final String SPACE = """
            space {
              dimensions = [
                { name = stem, values = [2, 4, 8] }
                { name = block, values = [dws, cbr, fire] }
                { name = width, values = [4, 8, 16, 512] }
                { key = training.learning-rate.rate, range { from = 3e-3, to = 3e-2, steps = 3, scale = log } }
              ]
              keys = [
                { key = "architecture.chain[0]", value = "cbr{stem}" }
                { key = "architecture.chain[2]", value = "{block}{width}" }
              ]
            }
            """;

    @TempDir
    private Path directory;

    private String root = "root";
    private String data;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void readData() throws IOException {
        data = SmallRun.in(directory).recipe("searched", "[1]", STUDENT) + SETTINGS;
    }

    private static Template template(String text) {
        return overrides ->
                Kinds.binder().bind(ConfigSource.text("small.conf", text).overriddenBy(overrides), Recipe.class);
    }

    private RunContext context() {
        return SmallRun.context(directory.resolve(root), lines::add);
    }

    private SearchRun.Result search(String text) {
        Template template = template(text);
        return new SearchRun(LocalSpark.context(), context(), template.with(List.of()), template).execute();
    }

    private static SearchReport report(SearchRun.Result result) throws IOException {
        Path file = Path.of(result.directory().toUri().getPath()).resolve("search.json");
        return Json.parse(Files.readString(file), SearchReport.class);
    }

    private String recipe(String search) {
        return data + "search { " + SPACE + search + " }";
    }

    @Test
    void leavesAFrontWhoseRecipesRepeatIt() throws IOException {
        String text = recipe("budget.candidates = 6, limits.parameters = 1500, compare-with = random"
                + ", strategy { kind = evolution, population = 3, sample = 2 }");
        SearchRun.Result result = search(text);
        SearchReport report = report(result);

        assertThat(report.space()).isEqualTo("108");
        assertThat(report.searches()).extracting(SearchSection::strategy).containsExactly("evolution", "random");
        SearchSection own = report.searches().get(0);
        assertThat(own.trials()).hasSize(6).allMatch(trial -> trial.score().isPresent());
        assertThat(own.trials()).extracting(TrialSection::parameters).allMatch(count -> count <= 1500);
        assertThat(own.epochs()).isEqualTo(12);
        assertThat(report.front()).isNotEmpty();
        assertThat(report.front().get(report.front().size() - 1).validation())
                .isEqualTo(own.best().orElseThrow());
        assertThat(report.verdict()).contains("one seed, which decides nothing");
        assertThat(report.latency()).isEmpty();
        assertThat(report.pace().slots()).isEqualTo(LocalSpark.context().defaultParallelism());
        assertThat(report.pace().trained()).isEqualTo(candidates(report));
        assertThat(report.pace().slotsUsed()).isBetween(0.1, 1.0);
        assertThat(result.table())
                .contains("front of searched (108 candidates)")
                .contains("validation accuracy");
        String page =
                Files.readString(Path.of(result.directory().toUri().getPath()).resolve("report.html"));
        assertThat(page)
                .contains("accuracy by parameters", "accuracy by multiply-accumulates")
                .contains("trials of evolution, behind the front: "
                        + (6 - report.front().size()))
                .contains("trials of random: 6")
                .doesNotContain("predicted milliseconds", "ended early");
        assertThat(report.front()).allMatch(point -> page.contains(point.candidate() + ": "));
        assertThat(lines).anyMatch(line -> line.contains("space: 108 candidates of 4 dimensions"));
        assertThat(lines).anyMatch(line -> line.contains("evolution seed 1, trial 0 (c") && line.contains("; front: "));

        // An ordinary run of a point's recipe finds its network in the store, and the same figures.
        Path conf = Path.of(result.directory().toUri().getPath())
                .resolve(report.front().get(0).recipe());
        Recipe point = Kinds.binder().bind(ConfigSource.file(conf.toString()), Recipe.class);
        lines.clear();
        RecipeRun.Result run = new RecipeRun(LocalSpark.context(), context(), point).execute();
        assertThat(lines)
                .anyMatch(line -> line.matches(".*c[0-9a-f]{7} seed 1: trained before, taken from the store.*"));
        assertThat(run.report().students().get(0).distilled().accuracy())
                .isEqualTo(report.front().get(0).figures().accuracy());

        // The same again has nothing to do, and without the earlier result all is in the store.
        Template template = template(text);
        assertThat(SearchRun.known(context(), template.with(List.of())))
                .hasValueSatisfying(known -> assertThat(known.table()).isEqualTo(result.table()));
        Files.delete(Path.of(result.directory().toUri().getPath()).resolve("search.json"));
        assertThat(SearchRun.known(context(), template.with(List.of()))).isEmpty();
        lines.clear();
        SearchReport again = report(search(text));
        assertThat(again.searches()).isEqualTo(report.searches());
        assertThat(again.pace().trained()).isZero();
        assertThat(lines).noneMatch(line -> line.startsWith("train c"));
    }

    private static long candidates(SearchReport report) {
        return report.searches().stream()
                .flatMap(search -> search.trials().stream())
                .map(TrialSection::candidate)
                .distinct()
                .count();
    }

    /** Of one seed, both strategies begin with the same candidates. */
    @Test
    void searchesAtOnceFindWhatEachFindsAlone() throws IOException {
        data = data.replace("epochs = 2, batch", "epochs = 1, batch");
        String common = "budget.candidates = 5, limits.parameters = 1500, ";
        String evolution = "strategy { kind = evolution, population = 3, sample = 2 }, ";
        String random = "strategy = random, ";
        SearchReport atOnce = report(search(recipe(common + evolution + "seeds = [1, 2], compare-with = random")));
        assertThat(atOnce.pace().trained()).isEqualTo(candidates(atOnce)).isLessThan(20);
        Map<String, byte[]> networks = networks();

        root = "root of single searches";
        List<SearchSection> alone = new ArrayList<>();
        for (String strategy : List.of(evolution, random)) {
            for (String seed : List.of("[1]", "[2]")) {
                alone.addAll(report(search(recipe(common + strategy + "seeds = " + seed)))
                        .searches());
            }
        }
        assertThat(atOnce.searches()).isEqualTo(alone);
        assertThat(networks())
                .hasSameSizeAs(networks)
                .allSatisfy((network, bytes) -> assertThat(bytes).isEqualTo(networks.get(network)));
    }

    /** The parameters of all networks in the store, by their places. */
    private Map<String, byte[]> networks() throws IOException {
        Path store = directory.resolve(root).resolve("store/networks");
        Map<String, byte[]> networks = new TreeMap<>();
        try (Stream<Path> files = Files.walk(store)) {
            for (Path file :
                    files.filter(path -> path.endsWith("tensors.safetensors")).toList()) {
                networks.put(store.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        assertThat(networks).isNotEmpty();
        return networks;
    }

    /**
     * Spark does not count what is killed as a failure, so this holds in local mode, where it tries nothing else again. With one slot for each training: several
     * start together, and then anew together, in another job.
     */
    @Test
    void aKilledTaskIsRunAgainAndNoOther() throws IOException {
        String text = recipe("budget.candidates = 3, strategy = random")
                .replace("micro-batch = 8", "micro-batch = 8, replicas = 1");
        SearchReport calm = report(search(text));
        root = "root with a killed task";
        lines.clear();
        Killer killer = new Killer(
                LocalSpark.context().sc(),
                () -> List.copyOf(lines).stream().anyMatch(line -> line.startsWith("space: ")));
        LocalSpark.context().sc().addSparkListener(killer);
        SearchReport disturbed = report(search(text));
        LocalSpark.context().sc().removeSparkListener(killer);
        assertThat(killer.killed).isNotEmpty();
        assertThat(killer.again).isEqualTo(killer.killed);
        assertThat(disturbed.searches()).isEqualTo(calm.searches());
        assertThat(disturbed.pace().trained()).isEqualTo(3);
    }

    /** Kills tasks, from a moment on, until one has died of it: the first are those of candidates' trainings. */
    private static final class Killer extends SparkListener {
        private final SparkContext spark;
        private final BooleanSupplier begun;
        private final Set<String> killed = ConcurrentHashMap.newKeySet();
        private final Set<String> again = ConcurrentHashMap.newKeySet();

        Killer(SparkContext spark, BooleanSupplier begun) {
            this.spark = spark;
            this.begun = begun;
        }

        @Override
        public void onTaskStart(SparkListenerTaskStart start) {
            if (start.taskInfo().attemptNumber() > 0) {
                again.add(start.stageId() + "/" + start.taskInfo().index());
            } else if (killed.isEmpty() && begun.getAsBoolean()) {
                spark.killTaskAttempt(start.taskInfo().taskId(), false, "of a test");
            }
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.reason() instanceof TaskKilled) {
                killed.add(end.stageId() + "/" + end.taskInfo().index());
            }
        }
    }

    @Test
    void goesOnWhereACandidateDiverges() throws IOException {
        String text = recipe("budget.candidates = 5, strategy = random")
                .replace("from = 3e-3, to = 3e-2, steps = 3", "from = 1e-2, to = 1e30, steps = 2");
        SearchReport report = report(search(text));
        List<TrialSection> trials = report.searches().get(0).trials();
        assertThat(trials)
                .anyMatch(trial -> trial.score().isEmpty() && trial.problem().contains("diverge"));
        assertThat(report.front())
                .isNotEmpty()
                .allMatch(point ->
                        point.settings().get("training.learning-rate.rate").equals("0.01"));
    }

    /** 2,048 channels of 28 by 28 for each of 768 rows are 4.9 GB, and a training has several such arrays. */
    @Test
    void goesOnWhereACandidateDoesNotFitInMemory() throws IOException {
        String text = recipe("budget.candidates = 5, strategy = random")
                .replace("training { epochs = 2, batch-size = 64", "training { epochs = 2, batch-size = 768")
                .replace("values = [2, 4, 8]", "values = [2, 2048]")
                .replace("[dws, cbr, fire]", "[dws]")
                .replace("micro-batch = 8", "micro-batch = 768");
        SearchReport report = report(search(text));
        List<TrialSection> trials = report.searches().get(0).trials();
        assertThat(trials)
                .filteredOn(trial -> trial.settings().get("stem").equals("2048"))
                .isNotEmpty()
                .allMatch(trial -> trial.score().isEmpty()
                        && trial.problem()
                                .matches("its training takes \\d+ MiB beside the heap, but a task slot has .*"));
        assertThat(report.front())
                .isNotEmpty()
                .allMatch(point -> point.settings().get("stem").equals("2"));
    }

    @Test
    void saysWhichFineTuningDoesNotFitInMemory() throws IOException {
        String text = recipe("budget.candidates = 5, strategy = random")
                .replace("training { epochs = 2, batch-size = 64", "training { epochs = 2, batch-size = 8")
                .replace(
                        "losses = [{ kind = cross-entropy",
                        "compress = [{ kind = prune-channels, ratio = 0.3, training { epochs = 1, batch-size = 768 } }]\n"
                                + "losses = [{ kind = cross-entropy")
                .replace("values = [2, 4, 8]", "values = [2, 2048]")
                .replace("[dws, cbr, fire]", "[dws]")
                .replace("micro-batch = 8", "micro-batch = 768");
        assertThat(report(search(text)).searches().get(0).trials())
                .filteredOn(trial -> trial.settings().get("stem").equals("2048"))
                .isNotEmpty()
                .allMatch(trial -> trial.problem().contains("; lower compress[0].training.batch-size or limits.macs"));
    }

    /** Between 20,000 and 10,000 channels are 1.8 billion weights, more than the heap holds. */
    @Test
    void neverBuildsWhatItsLimitsExclude() throws IOException {
        String text = recipe("budget.candidates = 3, limits.parameters = 1500, strategy = random")
                .replace("values = [2, 4, 8]", "values = [2, 20000]")
                .replace("[dws, cbr, fire]", "[cbr]")
                .replace("values = [4, 8, 16, 512]", "values = [4, 10000]");
        assertThat(report(search(text)).searches().get(0).trials())
                .hasSize(3)
                .allMatch(trial -> trial.settings().get("stem").equals("2"))
                .allMatch(trial -> trial.score().isPresent());
    }

    @Test
    void predictsLatencyFromPiecesAndKeepsToItsLimit() throws IOException {
        String text = recipe("budget.candidates = 4, objectives = [latency], strategy = random");
        SearchReport free = report(search(text));
        List<TrialSection> trials = free.searches().get(0).trials();
        assertThat(trials)
                .allMatch(trial -> trial.predictedMillis().isPresent()
                        && trial.predictedMillis().getAsDouble() > 0);
        // Stems: three pieces of one input; blocks: 3 x 3 x 4 with their inputs; pools, means and dense layers.
        assertThat(free.latency()).hasValueSatisfying(latency -> {
            assertThat(latency.pieces()).isBetween(3 + 36 + 3 + 4 + 4, 3 + 36 + 3 + 4 + 4 + 12);
            assertThat(latency.networks()).isEqualTo(20);
        });
        assertThat(free.front()).allMatch(point -> point.predictedMillis().isPresent());

        // The table is kept: the same predictions, and the limit leaves candidates out by them.
        double fastest = trials.stream()
                .mapToDouble(trial -> trial.predictedMillis().orElseThrow())
                .min()
                .orElseThrow();
        String limited = text.replace("strategy = random", "strategy = random, limits.latency-ms = " + fastest);
        SearchRun.Result result = search(limited);
        SearchReport kept = report(result);
        assertThat(kept.latency()).isEqualTo(free.latency());
        assertThat(kept.searches().get(0).trials())
                .isNotEmpty()
                .allMatch(trial -> trial.predictedMillis().orElseThrow() <= fastest);
        assertThat(result.table()).contains("predicted ms").contains("rank correlation");

        // The better half by the training-free score, of which the free search has some of the other half too.
        SearchReport filtered = report(search(
                text.replace("strategy = random", "strategy = random, filter { kind = training-free, samples = 32 }")));
        assertThat(filtered.filter()).hasValueSatisfying(filter -> {
            assertThat(filter.candidates()).isEqualTo(4);
            assertThat(filter.rankCorrelation()).isBetween(-1.0, 1.0);
            assertThat(filtered.searches().get(0).trials())
                    .allMatch(trial -> trial.filterScore().orElseThrow() >= filter.least());
        });
        assertThat(filtered.searches().get(0).trials())
                .extracting(TrialSection::candidate)
                .isNotEqualTo(trials.stream().map(TrialSection::candidate).toList());

        // The better half by parameters that candidates share.
        SearchRun.Result shared =
                search(text.replace("strategy = random", "strategy = random, filter { kind = supernet, epochs = 2 }"));
        SearchReport bySupernet = report(shared);
        assertThat(bySupernet.filter()).hasValueSatisfying(filter -> {
            assertThat(filter.candidates()).isEqualTo(4);
            assertThat(bySupernet.searches().get(0).trials())
                    .allMatch(trial -> trial.filterScore().orElseThrow() >= filter.least());
        });
        assertThat(shared.table()).contains("filter supernet, by which the best 50 % were drawn, against 4 whole");
    }

    @Test
    void ashaGoesOnWithTheBest() throws IOException {
        SearchReport report =
                report(search(recipe("budget.candidates = 4, objectives = [], strategy { kind = asha, factor = 2 }")));
        List<TrialSection> trials = report.searches().get(0).trials();
        assertThat(trials).extracting(TrialSection::epochs).contains(1, 2);
        assertThat(report.searches().get(0).epochs()).isEqualTo(8);
        assertThat(report.front()).hasSize(1).allMatch(point -> point.epochs() == 2);
        TrialSection best = trials.get(report.searches().get(0).front().get(0));
        assertThat(trials)
                .filteredOn(trial -> trial.candidate().equals(best.candidate()))
                .extracting(TrialSection::epochs)
                .containsExactly(1, 2);
    }

    @Test
    void saysWhyNoCandidateWasTrainedToItsEnd() {
        assertThatThrownBy(() -> search(recipe("budget.candidates = 2, limits.parameters = 1, strategy = random")))
                .hasMessageContaining(
                        "no candidate was trained to its end; none of 2,000 that were drawn fits the rows and"
                                + " keeps to search.limits");
        assertThatThrownBy(() ->
                        search(recipe("budget.candidates = 1, objectives = [], strategy { kind = asha, factor = 2 }")))
                .hasMessageContaining("no candidate was trained to its end; the budget ended before that; raise"
                        + " search.budget.candidates");
    }

    @Test
    void aStoreThatCannotBeWrittenIsNoFaultOfACandidate() {
        Template template = template(recipe("budget.candidates = 2, strategy = random"));
        RunContext context = SmallRun.context(directory.resolve(root), line -> {
            lines.add(line);
            if (line.contains("space: ")) {
                closeEvaluations();
            }
        });
        SearchRun run = new SearchRun(LocalSpark.context(), context, template.with(List.of()), template);
        assertThatThrownBy(run::execute).hasCauseInstanceOf(UncheckedIOException.class);
    }

    /** Puts a file in the place of the directory. */
    private void closeEvaluations() {
        Path evaluations = directory.resolve(root).resolve("store/evaluations");
        try {
            Files.move(evaluations, evaluations.resolveSibling("moved"));
            Files.createFile(evaluations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void setsFurtherStudentsBesideTheFront() throws IOException {
        String byHand = STUDENT.replace("name = candidate", "name = mine").replace("epochs = 2", "epochs = 1");
        data = SmallRun.in(directory).recipe("searched", "[1]", STUDENT, byHand) + SETTINGS;
        SearchRun.Result result = search(recipe("budget.candidates = 2, strategy = random"));
        SearchReport report = report(result);
        assertThat(report.searches().get(0).trials()).hasSize(2);
        assertThat(report.front()).extracting(PointSection::candidate).doesNotContain("mine");
        assertThat(report.byHand()).hasSize(1).allSatisfy(student -> {
            assertThat(student.candidate()).isEqualTo("mine");
            assertThat(student.epochs()).isOne();
            assertThat(student.settings()).isEmpty();
            assertThat(student.validation()).isBetween(0.1, 1.0);
            assertThat(student.figures().accuracy()).isBetween(0.1, 1.0);
        });
        assertThat(result.table()).containsPattern("mine .* made by hand");
        Path run = Path.of(result.directory().toUri().getPath());
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("mine, made by hand: ", "<td>mine</td>", "made by hand; their budgets are their own");
        Path conf = run.resolve(report.front().get(0).recipe());
        Recipe point = Kinds.binder().bind(ConfigSource.file(conf.toString()), Recipe.class);
        assertThat(point.search()).isEmpty();
        assertThat(point.students())
                .extracting(StudentSettings::name)
                .containsExactly(report.front().get(0).candidate());
    }

    @Test
    void choosesByTheDivergenceFromTheTeacherWhereAsked() throws IOException {
        SearchRun.Result result = search(recipe("budget.candidates = 4, window = 1, quality = soft-label-loss"
                + ", objectives = [], strategy { kind = asha, factor = 2 }"));
        SearchReport report = report(result);
        assertThat(report.score()).isEqualTo("negative-teacher-divergence");
        assertThat(report.testScore()).isEqualTo("accuracy");
        assertThat(result.table()).contains("validation negative-teacher-divergence", "test accuracy");
        List<TrialSection> trials = report.searches().get(0).trials();
        assertThat(trials).allMatch(trial -> trial.score().orElseThrow() < 0);
        TrialSection better = Stream.of(trials.get(0), trials.get(1))
                .max(Comparator.comparing(trial -> trial.score().orElseThrow()))
                .orElseThrow();
        assertThat(trials.get(2).candidate()).isEqualTo(better.candidate());
        assertThat(trials.get(2).epochs()).isEqualTo(2);
        Figures figures = report.front().get(0).figures();
        assertThat(figures.accuracy()).isEqualTo(figures.metrics().get("accuracy"));
    }

    @Test
    void refusesSpacesThatFitNoStudent() {
        String good = recipe("");
        assertThatThrownBy(
                        () -> requireUseful(good.replace("training.learning-rate.rate", "training.learning-rate.rat")))
                .hasMessage("search.space has no candidate that fits a student; of the first:"
                        + " students[0].training.learning-rate.rat: unknown key; did you mean 'rate'?");
        assertThatThrownBy(() -> requireUseful(good.replace("[dws, cbr, fire]", "[dwz, cbx]")))
                .hasMessageStartingWith("search.space has no candidate that fits a student; of the first:"
                        + " students[0].architecture.chain: has the block 'dwz4'");
    }

    private static void requireUseful(String text) {
        Template template = template(text);
        SearchRun.requireUseful(template.with(List.of()), template);
    }

    @Test
    void refusesWhatCannotBeSearched() {
        assertProblem(
                recipe("").replace("{block}{width}", "{blok}{width}"), "dimensions", "has 'block', which no value");
        assertProblem(
                recipe("").replace("key = training.learning-rate.rate", "key = training.epochs"),
                "dimensions",
                "must be of keys below");
        assertProblem(
                recipe("strategy { kind = evolution, sample = 11 }"),
                "sample",
                "must be from 1 to the population of 10");
        assertProblem(
                recipe("strategy { kind = asha, first-epochs = 3 }"),
                "search.strategy",
                "first-epochs of at most the student's 2");
        assertProblem(recipe("strategy { kind = surrogate, best = 1 }"), "best", "must be in (0, 1), was 1.0");
        assertProblem(recipe("strategy = random, compare-with = random"), "compare-with", "must not be random");
        assertProblem(
                recipe("quality = soft-label-loss")
                        .replace(
                                "losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5,"
                                        + " temperature = 3 }]",
                                "losses = [cross-entropy]"),
                "search.quality",
                "must be score where no loss of the student is of the teacher");
        assertProblem(recipe("limits.parameters = 0"), "parameters", "must be at least 1");
        assertProblem(recipe("filter { kind = training-free, keep = 0 }"), "filter.keep", "must be in (0, 1], was 0");
        assertProblem(recipe("limits.latency-ms = 0"), "latency-ms", "must be > 0");
        assertProblem(
                recipe("").replace("data.validation.fraction = 0.25", ""),
                "data.validation",
                "a search chooses on its rows");
        assertProblem(
                recipe("").replace("trainer { micro-batch = 8 }", "trainer = averaging"),
                "trainer",
                "must be synchronous");
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

    @Test
    void namesCandidatesByTheirChoices() {
        assertThat(Trials.name(Map.of("width", "8")))
                .isEqualTo(Trials.name(Map.of("width", "8")))
                .hasSize(8);
        assertThat(Trials.name(Map.of("width", "16"))).isNotEqualTo(Trials.name(Map.of("width", "8")));
    }
}
