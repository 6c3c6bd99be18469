package io.retort.config;

import java.util.Comparator;

/**
 * One thing that is wrong with a recipe.
 *
 * @param position where it was written
 * @param path the full path of the key, such as {@code students[0].losses[1].temperature}; empty where the whole file is meant
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
