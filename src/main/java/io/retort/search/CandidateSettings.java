package io.retort.search;

import io.retort.config.ConfigException;
import io.retort.config.SettingException;
import io.retort.recipe.Recipe;
import io.retort.recipe.SearchSettings.Dimension;
import io.retort.recipe.SearchSettings.Placed;
import io.retort.recipe.SearchSettings.Space;
import io.retort.recipe.StudentSettings;
import io.retort.search.SearchRun.Template;
import io.retort.search.SearchSpace.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What candidates of a space are as settings of students. */
final class CandidateSettings {
    private static final String STUDENT = "students[0].";
    private static final int DRAWS = 100;

    private final Space space;
    private final Template template;
    private final Map<Candidate, Optional<StudentSettings>> known = new ConcurrentHashMap<>();

    CandidateSettings(Space space, Template template) {
        this.space = space;
        this.template = template;
    }

    List<Integer> sizes() {
        return space.dimensions().stream()
                .map(dimension -> dimension.choices().size())
                .toList();
    }

    /** The value of each dimension, by its name or key. */
    Map<String, String> values(Candidate candidate) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int d = 0; d < space.dimensions().size(); d++) {
            Dimension dimension = space.dimensions().get(d);
            values.put(
                    dimension.title(),
                    dimension.choices().get(candidate.choices().get(d)));
        }
        return values;
    }

    /** The candidate's settings; nothing where no student can have them. */
    Optional<StudentSettings> student(Candidate candidate) {
        return known.computeIfAbsent(candidate, any -> {
            try {
                return Optional.of(recipe(candidate, List.of()).students().get(0));
            } catch (ConfigException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * The recipe of a point of the front: the candidate is its student, and there is no search.
     *
     * @param name of the candidate
     */
    Recipe recipe(Candidate candidate, String name, String ofSearch) {
        return recipe(candidate, List.of("name=" + ofSearch + "-" + name, STUDENT + "name=" + name))
                .ofFirstStudent();
    }

    private Recipe recipe(Candidate candidate, List<String> further) {
        List<String> overrides = overrides(candidate);
        overrides.addAll(further);
        return template.with(overrides);
    }

    private List<String> overrides(Candidate candidate) {
        Map<String, String> values = values(candidate);
        List<String> overrides = new ArrayList<>();
        for (Dimension dimension : space.dimensions()) {
            dimension.key().ifPresent(key -> overrides.add(STUDENT + key + "=" + values.get(key)));
        }
        for (Placed placed : space.keys()) {
            String value = placed.value();
            for (Map.Entry<String, String> part : values.entrySet()) {
                value = value.replace("{" + part.getKey() + "}", part.getValue());
            }
            overrides.add(STUDENT + placed.key() + "=" + value);
        }
        return overrides;
    }

    /**
     * Refuses a space without any candidate that a student can be, before anything is read.
     *
     * @throws SettingException with the reason of the first one
     */
    void requireUseful() {
        SearchSpace space =
                new SearchSpace(sizes(), candidate -> student(candidate).isPresent());
        Candidate first = new Candidate(Collections.nCopies(sizes().size(), 0));
        if (space.feasible().test(first)
                || space.drawn(new SplittableRandom(0), DRAWS, candidate -> true)
                        .isPresent()) {
            return;
        }
        try {
            recipe(first, List.of());
        } catch (ConfigException e) {
            throw new SettingException(
                    "search.space",
                    "has no candidate that fits a student; of the first: "
                            + e.problems().stream()
                                    .map(problem ->
                                            (problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.message())
                                    .collect(Collectors.joining("; ")));
        }
    }
}
