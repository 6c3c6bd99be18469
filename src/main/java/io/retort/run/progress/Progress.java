package io.retort.run.progress;

import java.util.List;

/** Shows the progress of a run. */
public interface Progress {
    /** The total of a stage whose work nobody knows beforehand. */
    long UNKNOWN = -1;

    /**
     * Begins a stage. Several may be under way at once, on their own threads.
     *
     * @param total units of work, or {@link #UNKNOWN}
     */
    Stage begin(String name, String unit, long total);

    /** Shows a line that is not work: findings, results that are used again. */
    void say(String line);

    /** Shows what may be wrong with data, recipe or result, as one plain sentence. A run keeps it for its report. */
    default void warn(String sentence) {
        say("warning: " + sentence);
    }

    /** Shows how several stages that are under way stand together, in place of the sentence before; empty for none. */
    default void together(String sentence) {}

    /** A stage that is under way. */
    interface Stage extends AutoCloseable {
        /** Units that an earlier attempt did; they do not count in the rate. */
        void skip(long units);

        void advance(long units);

        /** A short text beside the figures, such as the loss. */
        void note(String text);

        @Override
        void close();
    }

    /** Shows nothing. */
    static Progress silent() {
        return new All(List.of());
    }

    /** Passes progress on to all receivers. */
    record All(List<Progress> receivers) implements Progress {
        @Override
        public Stage begin(String name, String unit, long total) {
            List<Stage> stages = receivers.stream()
                    .map(receiver -> receiver.begin(name, unit, total))
                    .toList();
            return new Stage() {
                @Override
                public void skip(long units) {
                    stages.forEach(stage -> stage.skip(units));
                }

                @Override
                public void advance(long units) {
                    stages.forEach(stage -> stage.advance(units));
                }

                @Override
                public void note(String text) {
                    stages.forEach(stage -> stage.note(text));
                }

                @Override
                public void close() {
                    stages.forEach(Stage::close);
                }
            };
        }

        @Override
        public void together(String sentence) {
            receivers.forEach(receiver -> receiver.together(sentence));
        }

        @Override
        public void say(String line) {
            receivers.forEach(receiver -> receiver.say(line));
        }
    }
}
