package io.retort.evaluate;

import java.util.List;

/**
 * Some held-out rows beside what a network and its teacher say of them.
 *
 * @param disagreements where both name classes: the rows of which they name different ones, the surest first
 * @param numbers where both give numbers: a sample of the rows, for each of the first few numbers
 */
public record ShownAnswers(List<Disagreement> disagreements, List<NumberSample> numbers) {
    public static final ShownAnswers NONE = new ShownAnswers(List.of(), List.of());

    public ShownAnswers {
        disagreements = List.copyOf(disagreements);
        numbers = List.copyOf(numbers);
    }
}
