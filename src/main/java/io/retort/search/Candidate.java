package io.retort.search;

import java.util.List;

/**
 * A point of a search space.
 *
 * @param choices of each dimension, the index of the value
 */
public record Candidate(List<Integer> choices) {
    public Candidate {
        choices = List.copyOf(choices);
    }
}
