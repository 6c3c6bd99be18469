package io.retort.search;

import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.SearchSettings;
import io.retort.recipe.SearchSettings.Dimension;
import io.retort.recipe.StrategySettings;
import io.retort.recipe.StudentSettings;
import io.retort.report.ScoreUnit;
import io.retort.run.Assessment.Assessed;
import io.retort.run.CandidateStage;
import io.retort.search.SearchReport.LatencySection;
import io.retort.search.SearchReport.PaceSection;
import io.retort.search.SearchReport.PointSection;
import io.retort.search.SearchReport.SearchSection;
import io.retort.search.SearchRun.Template;
import io.retort.search.SearchSpace.Candidate;
import io.retort.spark.SlotTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The searches of a recipe, all seeds at once, and the figures of the front that is left of them. */
final class SearchStage {
    private final CandidateStage stage;
    private final Recipe recipe;
    private final SearchSettings search;
    private final CandidateSettings settings;
    private final Optional<LatencyTable> latency;
    private final Costs costs;
    private final Optional<CandidateFilter> filter;
    private final SearchSpace space;

    SearchStage(CandidateStage stage, Template template) {
        this.stage = stage;
        this.recipe = stage.recipe();
        this.search = recipe.search().orElseThrow();
        this.settings = new CandidateSettings(search.space(), template);
        boolean isTimed = search.limits().latencyMs().isPresent()
                || search.objectives().contains(SearchSettings.Objective.LATENCY);
        this.latency = isTimed
                ? Optional.of(new LatencyTable(stage, Kinds.canonical().address(search.space())))
                : Optional.empty();
        this.costs = new Costs(settings, stage, latency);
        SearchSpace allowed =
                new SearchSpace(settings.sizes(), candidate -> costs.isWithin(search.limits(), candidate));
        this.filter = search.filter().map(chosen -> CandidateFilter.of(chosen, stage, settings, costs, allowed));
        this.space = filter.map(score ->
                        new SearchSpace(allowed.sizes(), allowed.feasible().and(score::keeps)))
                .orElse(allowed);
    }

    SearchReport report() {
        stage.context()
                .progress()
                .say(String.format(
                        Locale.ROOT,
                        "space: %,d candidates of %d dimensions",
                        space.size(),
                        search.space().dimensions().size()));
        Optional<LatencySection> predictions = latency.map(this::predictions);
        List<StudentSettings> byHand =
                recipe.students().subList(1, recipe.students().size());
        List<Assessed> trainedByHand = stage.sideBySide(byHand.stream()
                .<Supplier<Assessed>>map(student -> () -> stage.trained(
                        student.name(), student, List.of(student.training().epochs())))
                .toList());
        List<Supplier<Ended>> searches = new ArrayList<>();
        search.seeds().forEach(seed -> searches.add(() -> searched(search.strategy(), seed)));
        search.compareWith()
                .ifPresent(random -> search.seeds()
                        .forEach(seed -> searches.add(() -> searched(new StrategySettings.Random(), seed))));
        Paced paced = paced(searches);
        List<Ended> own = paced.ended().subList(0, search.seeds().size());
        List<Ended> compared = paced.ended().subList(own.size(), paced.ended().size());
        List<Outcome> front = front(own);
        if (front.isEmpty()) {
            throw new IllegalStateException("no candidate was trained to its end; " + obstacle(own));
        }
        List<SearchSection> sections = new ArrayList<>();
        own.forEach(ended -> sections.add(section(ended)));
        compared.forEach(ended -> sections.add(section(ended)));
        return new SearchReport(
                SearchReport.VERSION,
                recipe.name(),
                stage.directory().run(),
                stage.directory().started(),
                space.size().toString(),
                search.space().dimensions().stream()
                        .collect(Collectors.toMap(
                                Dimension::title, Dimension::choices, (one, other) -> one, LinkedHashMap::new)),
                stage.qualityName(),
                stage.scoreName(),
                search.objectives().stream()
                        .map(objective -> objective.name().toLowerCase(Locale.ROOT))
                        .toList(),
                predictions,
                filter.map(score -> score.section(whole(Stream.concat(own.stream(), compared.stream())))),
                sections,
                front.stream().map(this::tested).toList(),
                IntStream.range(0, byHand.size())
                        .mapToObj(i -> tested(byHand.get(i), trainedByHand.get(i)))
                        .toList(),
                paced.pace(),
                verdict(sections.subList(0, own.size()), sections.subList(own.size(), sections.size())));
    }

    private LatencySection predictions(LatencyTable table) {
        LatencySection section = LatencyCheck.of(
                table,
                costs,
                new SearchSpace(settings.sizes(), candidate -> costs.isCountedWithin(search.limits(), candidate)));
        stage.context().progress().say(LatencyCheck.text(section));
        return section;
    }

    /** Searches at their ends, and how quickly they got there. */
    private record Paced(List<Ended> ended, PaceSection pace) {}

    private Paced paced(List<Supplier<Ended>> searches) {
        Instant begin = stage.context().clock().instant();
        long before = stage.slots().trainings();
        try (SlotTime used = stage.slotTime()) {
            List<Ended> ended = stage.sideBySide(searches);
            double seconds =
                    Duration.between(begin, stage.context().clock().instant()).toNanos() / 1e9;
            int slots = stage.slots().count();
            long trained = stage.slots().trainings() - before;
            return new Paced(
                    ended,
                    new PaceSection(
                            seconds,
                            slots,
                            used.seconds() / (slots * seconds),
                            trained,
                            trained / seconds * Duration.ofHours(1).toSeconds()));
        }
    }

    /** A search at its end. */
    private record Ended(StrategySettings strategy, long seed, Trials trials, List<Outcome> outcomes) {}

    private Ended searched(StrategySettings strategy, long seed) {
        int epochs = recipe.students().get(0).training().epochs();
        String name = kind(strategy) + " seed " + seed;
        long budget = (long) search.budget().candidates() * epochs;
        Trials trials = new Trials(stage, name, settings, costs, epochs);
        List<Outcome> outcomes = new TrialQueue(search.window(), budget)
                .run(Strategy.of(strategy, space, seed, epochs), trials::outcome);
        return new Ended(strategy, seed, trials, outcomes);
    }

    /** Why no candidate was trained to its end. */
    private static String obstacle(List<Ended> searches) {
        if (searches.stream().allMatch(ended -> ended.outcomes().isEmpty())) {
            return String.format(
                    Locale.ROOT,
                    "none of %,d that were drawn fits the rows and keeps to search.limits; raise them, or add smaller"
                            + " choices to search.space",
                    SearchSpace.MOST_DRAWS);
        }
        return searches.stream()
                .flatMap(ended -> ended.trials().problem().stream())
                .findFirst()
                .orElse("the budget ended before that; raise search.budget.candidates");
    }

    private static String kind(StrategySettings strategy) {
        return StrategySettings.CATALOGUE.kindOf(strategy).name();
    }

    /** Of whole trainings, for that is what a recipe repeats; the lowest score first. */
    private List<Outcome> front(List<Ended> searches) {
        return Outcome.front(whole(searches.stream())).stream()
                .sorted(Comparator.comparing(Trials::score))
                .toList();
    }

    /** One outcome of each candidate that was trained to its end. */
    private static List<Outcome> whole(Stream<Ended> searches) {
        Map<Candidate, Outcome> whole = new LinkedHashMap<>();
        searches.forEach(ended -> ended.trials()
                .whole(ended.outcomes())
                .forEach(one -> whole.putIfAbsent(one.trial().candidate(), one)));
        return List.copyOf(whole.values());
    }

    private SearchSection section(Ended ended) {
        List<Outcome> whole = ended.trials().whole(ended.outcomes());
        return new SearchSection(
                kind(ended.strategy()),
                ended.seed(),
                whole.stream().mapToDouble(Trials::score).max(),
                ended.outcomes().stream()
                        .mapToInt(outcome -> outcome.trial().cost())
                        .sum(),
                ended.outcomes().stream()
                        .map(outcome -> ended.trials().section(outcome, filterScore(outcome)))
                        .toList(),
                Outcome.front(whole).stream()
                        .map(outcome -> outcome.trial().number())
                        .toList());
    }

    private OptionalDouble filterScore(Outcome outcome) {
        return filter.map(score -> OptionalDouble.of(score.score(outcome.trial().candidate())))
                .orElse(OptionalDouble.empty());
    }

    private PointSection tested(StudentSettings student, Assessed made) {
        return new PointSection(
                student.name(),
                Map.of(),
                student.training().epochs(),
                stage.quality(made),
                latency.map(table ->
                                OptionalDouble.of(table.predicted(made.network().structure())))
                        .orElse(OptionalDouble.empty()),
                stage.tested(student.name(), made),
                "");
    }

    /** The only look at the held-out rows. */
    private PointSection tested(Outcome outcome) {
        Candidate candidate = outcome.trial().candidate();
        String name = Trials.name(settings.values(candidate));
        Assessed made = stage.trained(
                name, settings.student(candidate).orElseThrow(), outcome.trial().stints());
        String file = name + ".conf";
        stage.directory().writeText(file, Kinds.canonical().pretty(settings.recipe(candidate, name, recipe.name())));
        return new PointSection(
                name,
                settings.values(candidate),
                outcome.trial().epochs(),
                Trials.score(outcome),
                costs.millis(candidate),
                stage.tested(name, made),
                file);
    }

    private String verdict(List<SearchSection> own, List<SearchSection> random) {
        return random.isEmpty() ? "" : Verdict.of(ScoreUnit.of(stage.qualityName()), own, random);
    }
}
