package io.retort.data;

import java.util.List;

/**
 * What losses may depend on of the labels that there are.
 *
 * @param labelled rows that have a label
 * @param byClass the labelled rows of each class, by its index; of several classes those that have it; none of numbers
 */
public record LabelCounts(Target target, long labelled, List<Long> byClass) {
    public LabelCounts {
        byClass = List.copyOf(byClass);
    }
}
