package io.retort.config;

import java.util.Comparator;
import java.util.List;

/** A recipe that cannot be used. The message lists everything that is wrong with it, one indented line per problem. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // Exceptions are serializable, problems need not be.
    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(listing(problems));
        this.problems = sorted(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String listing(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        text.append(problems.size())
                .append(problems.size() == 1 ? " problem" : " problems")
                .append(" in the recipe; nothing was run.");
        sorted(problems).forEach(problem -> text.append("\n  ").append(problem));
        return text.toString();
    }

    private static List<Problem> sorted(List<Problem> problems) {
        return problems.stream().sorted(Comparator.comparing(Problem::position)).toList();
    }
}
