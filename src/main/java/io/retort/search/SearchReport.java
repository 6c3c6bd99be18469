package io.retort.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.report.Figures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The result of a search: {@code search.json}.
 *
 * @param space the number of candidates, feasible or not
 * @param dimensions names or keys, with their values
 * @param score the name of the figure by which candidates are chosen, on the validation rows
 * @param testScore the name of the task's score, which the figures on the held-out rows have
 * @param objectives beside it
 * @param latency how good its predictions are; nothing where it is neither limited nor an objective
 * @param filter how its score fared; nothing where there is none
 * @param searches one for each seed, and behind them those that they are compared with
 * @param front the candidates of all searches of the strategy that no other of them dominates, the lowest score first
 * @param byHand the recipe's further students, trained as they are
 * @param pace of this execution, all searches together; what was trained before it is in the store
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
        String testScore,
        List<String> objectives,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<LatencySection> latency,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<FilterSection> filter,
        List<SearchSection> searches,
        List<PointSection> front,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PointSection> byHand,
        PaceSection pace,
        String verdict) {
    static final int VERSION = 2;

    SearchReport {
        byHand = byHand == null ? List.of() : List.copyOf(byHand); // Jackson gives null for what is left out
    }

    /** The front, and the students that are set beside it. */
    List<PointSection> shown() {
        return Stream.concat(front.stream(), byHand.stream()).toList();
    }

    /**
     * Predicted latency against the measured one of whole networks, candidates drawn at random.
     *
     * @param pieces that were measured
     * @param networks that were
     * @param rankCorrelation Spearman's; 0 of fewer than three networks
     * @param meanError the mean of {@code |predicted − measured| / measured}
     */
    record LatencySection(int pieces, int networks, double rankCorrelation, double meanError) {}

    /**
     * A filter's score against validation scores of whole trainings. Correlations are Spearman's; 0 of fewer than
     * three candidates.
     *
     * @param least score that was trained
     * @param candidates that had a whole training, in any search
     * @param rankCorrelation of the filter's score
     * @param ofParameters that of the number of parameters, which takes no score
     */
    record FilterSection(
            String kind, double keep, double least, int candidates, double rankCorrelation, double ofParameters) {}

    /**
     * How quickly candidates were trained.
     *
     * @param seconds from the first proposal of each search to its last outcome, all searches together
     * @param slots tasks that can run at once
     * @param slotsUsed the share of their time in which a task had them: a training's, or that of an evaluation
     * @param trained trainings that were not in the store
     */
    record PaceSection(double seconds, int slots, double slotsUsed, long trained, double trainedPerHour) {}

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
     * @param parameters of the network that came out, as macs and bytes are; of the one to be trained, where none did
     * @param predictedMillis of one sample; nothing where latency is neither limited nor an objective
     * @param filterScore nothing where there is no filter
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
            @JsonInclude(JsonInclude.Include.NON_EMPTY) OptionalDouble predictedMillis,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) OptionalDouble filterScore,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String problem) {}

    /**
     * A point of the front, or a student beside it.
     *
     * @param settings its choices; none of a student beside it
     * @param validation the score by which it was chosen
     * @param predictedMillis of one sample; nothing where latency is neither limited nor an objective
     * @param figures on the held-out rows
     * @param recipe the file beside this one that trains it; none of a student beside it
     */
    record PointSection(
            String candidate,
            Map<String, String> settings,
            int epochs,
            double validation,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) OptionalDouble predictedMillis,
            Figures figures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String recipe) {}
}
