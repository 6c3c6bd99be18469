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

    /**
     * One thing that is wrong with a recipe.
     *
     * @param position where it was written
     * @param path the full path of the key, such as {@code students[0].losses[1].temperature}; empty where the whole
     *     file is meant
     * @param message what was found, what is allowed, what to do
     */
    public record Problem(Position position, String path, String message) {
        /**
         * Where something was written.
         *
         * @param source the file as the user named it, or {@code command line -D key=value}
         * @param line from 1; 0 where there are no lines
         */
        public record Position(String source, int line) implements Comparable<Position> {
            private static final Comparator<Position> ORDER =
                    Comparator.comparing(Position::source).thenComparing(Position::line);

            @Override
            public int compareTo(Position that) {
                return ORDER.compare(this, that);
            }

            @Override
            public String toString() {
                return line > 0 ? source + ":" + line : source;
            }
        }

        @Override
        public String toString() {
            return position + "  " + (path.isEmpty() ? "" : path + ": ") + message;
        }
    }
}
