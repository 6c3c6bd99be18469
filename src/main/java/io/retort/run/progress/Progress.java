package io.retort.run.progress;

/** Shows the progress of a run. */
public interface Progress {
    /** Begins a stage of {@code total} units of work. Several may be under way at once, on their own threads. */
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
        return new Progress() {
            @Override
            public Stage begin(String name, String unit, long total) {
                return new Stage() {
                    @Override
                    public void skip(long units) {}

                    @Override
                    public void advance(long units) {}

                    @Override
                    public void note(String text) {}

                    @Override
                    public void close() {}
                };
            }

            @Override
            public void say(String line) {}
        };
    }

    /** Tells two of a run's progress. */
    public static final class Tee implements Progress {
        private final Progress first;
        private final Progress second;

        public Tee(Progress first, Progress second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public Stage begin(String name, String unit, long total) {
            Stage ofFirst = first.begin(name, unit, total);
            Stage ofSecond = second.begin(name, unit, total);
            return new Stage() {
                @Override
                public void skip(long units) {
                    ofFirst.skip(units);
                    ofSecond.skip(units);
                }

                @Override
                public void advance(long units) {
                    ofFirst.advance(units);
                    ofSecond.advance(units);
                }

                @Override
                public void note(String text) {
                    ofFirst.note(text);
                    ofSecond.note(text);
                }

                @Override
                public void close() {
                    ofFirst.close();
                    ofSecond.close();
                }
            };
        }

        @Override
        public void together(String sentence) {
            first.together(sentence);
            second.together(sentence);
        }

        @Override
        public void say(String line) {
            first.say(line);
            second.say(line);
        }
    }
}
