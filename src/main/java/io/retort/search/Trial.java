package io.retort.search;

import java.util.List;

/**
 * A training that a strategy asks for.
 *
 * @param number from 0, in the order of proposals
 * @param stints epochs of the candidate's trainings, each of which goes on where the one before ended; all but the last
 *     are those of earlier trials
 */
public record Trial(int number, Candidate candidate, List<Integer> stints) {
    public Trial {
        stints = List.copyOf(stints);
    }

    /** The epochs that are still to be trained. */
    public int cost() {
        return stints.get(stints.size() - 1);
    }

    /** The epochs that the candidate has had at its end. */
    public int epochs() {
        return stints.stream().mapToInt(Integer::intValue).sum();
    }
}
