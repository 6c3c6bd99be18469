package io.retort.registry;

import io.retort.evaluate.ContingencyTable;
import java.util.Optional;

/**
 * A challenger beside those whom it must face, all on the same held-out samples.
 *
 * @param teacherAccuracy of the teacher
 * @param majorityShare the fraction of the samples that are of the most frequent class: what a constant answer reaches
 * @param champion nothing on the first run
 * @param drift of the new training samples
 */
public record GateInput(
        Scores challenger, double teacherAccuracy, double majorityShare, Optional<Champion> champion, Drift drift) {
    /**
     * The published model.
     *
     * @param version in the registry
     * @param cardAccuracy what it had when it was published, on the held-out samples of then
     * @param pairs of challenger (first) and champion (second)
     * @param bestAccuracy the greatest that a champion ever had on these samples, this one's included: so that small losses do not add up, night by night
     */
    public record Champion(
            int version, Scores scores, double cardAccuracy, ContingencyTable pairs, double bestAccuracy) {}
}
