package io.retort.distill.loss;

import io.retort.config.SettingException;
import java.io.Serializable;
import java.util.List;

/**
 * A node of the teacher's network and one of the student's whose outputs a loss compares.
 *
 * @param teacher name of a node of the teacher's structure, such as {@code block3.relu}
 * @param student name of a node of the student's structure
 */
public record TapPair(String teacher, String student) implements Serializable {
    /** A copy of the pairs of a loss that has nothing else to compare. */
    static List<TapPair> some(List<TapPair> pairs) {
        if (pairs.isEmpty()) {
            throw new SettingException(
                    "pairs",
                    "must name at least one pair of taps, such as"
                            + " [{ teacher = block3.relu, student = block2.relu }]");
        }
        return List.copyOf(pairs);
    }

    @Override
    public String toString() {
        return "teacher '" + teacher + "' and student '" + student + "'";
    }
}
