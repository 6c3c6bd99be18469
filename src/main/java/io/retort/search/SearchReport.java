package io.retort.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.report.Figures;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The result of a search: {@code search.json}.
 *
 * @param space the number of candidates, feasible or not
 * @param dimensions names or keys, with their values
 * @param score the name of the figure by which candidates are chosen
 * @param objectives beside it
 * @param searches one for each seed, and behind them those that they are compared with
 * @param front the candidates of all searches of the strategy that no other of them dominates, the cheapest first
 * @param verdict of the comparison, one sentence; empty where there is none
 */
record SearchReport(
        int version,
        String name,
        String run,
        String started,
        String space,
        Map<String, List<String>> dimensions,
        String score,
        List<String> objectives,
        List<SearchSection> searches,
        List<PointSection> front,
        String verdict) {
    static final int VERSION = 1;

    /**
     * One search.
     *
     * @param best the best validation score of a whole training
     * @param epochs that were trained for it
     */
    record SearchSection(
            String strategy,
            long seed,
            OptionalDouble best,
            int epochs,
            List<TrialSection> trials,
            List<Integer> front) {}

    /**
     * A trial.
     *
     * @param candidate its name
     * @param epochs that the candidate has had
     * @param score on the validation rows; nothing where the training failed
     */
    record TrialSection(
            int number,
            String candidate,
            Map<String, String> settings,
            int epochs,
            OptionalDouble score,
            long parameters,
            long macs,
            long bytes,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String problem) {}

    /**
     * A point of the front.
     *
     * @param validation the score by which it was chosen
     * @param figures on the held-out rows
     * @param recipe the file beside this one that trains it
     */
    record PointSection(
            String candidate,
            Map<String, String> settings,
            int epochs,
            double validation,
            Figures figures,
            String recipe) {}
}
