package io.retort.search;

import io.retort.search.SearchSpace.Candidate;
import io.retort.search.Strategy.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The scores of all candidates of a space, which {@link LandscapeTable} trained.
 *
 * @param rows by candidate, the cells of the table
 */
record Landscape(List<String> columns, List<Integer> sizes, Map<Candidate, List<String>> rows) {
    private static final Path TABLE = Path.of("src/test/resources/search/landscape.csv");
    private static final String WHOLE = "whole";

    /** Which column has the score after these stints. */
    private static final Map<List<Integer>, String> COLUMNS =
            Map.of(List.of(9), WHOLE, List.of(1), "after1", List.of(1, 2), "after3", List.of(1, 2, 6), "after9");

    static Landscape read() {
        try {
            List<List<String>> lines = Files.readAllLines(TABLE).stream()
                    .map(line -> List.of(line.split(",", -1)))
                    .toList();
            List<String> columns = lines.get(0);
            List<List<String>> cells = lines.subList(1, lines.size());
            List<Integer> sizes = IntStream.range(0, columns.indexOf("parameters"))
                    .mapToObj(column -> new LinkedHashSet<>(
                                    cells.stream().map(row -> row.get(column)).toList())
                            .size())
                    .toList();
            List<Candidate> candidates = LandscapeTable.all(sizes);
            Map<Candidate, List<String>> rows = new HashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                rows.put(candidates.get(i), cells.get(i));
            }
            return new Landscape(columns, sizes, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Outcome outcome(Trial trial) {
        String score = cell(trial.candidate(), COLUMNS.get(trial.stints()));
        return new Outcome(trial, score.isEmpty() ? List.of() : List.of(-Double.parseDouble(score)), Optional.empty());
    }

    /** With the number of parameters as the second loss. */
    Outcome outcomeWithCost(Trial trial) {
        List<Double> losses = new ArrayList<>(outcome(trial).losses());
        if (!losses.isEmpty()) {
            losses.add(Double.parseDouble(cell(trial.candidate(), "parameters")));
        }
        return new Outcome(trial, losses, Optional.empty());
    }

    /** The accuracy that it loses against the best candidate, both trained in one piece. */
    double regret(Candidate candidate) {
        double best = rows.keySet().stream().mapToDouble(this::whole).max().orElseThrow();
        return best - whole(candidate);
    }

    private double whole(Candidate candidate) {
        String score = cell(candidate, WHOLE);
        return score.isEmpty() ? 0 : Double.parseDouble(score);
    }

    private String cell(Candidate candidate, String column) {
        return rows.get(candidate).get(columns.indexOf(column));
    }
}
