package io.retort.run.progress;

/** Tells two of a run's progress. */
public final class ProgressTee implements Progress {
    private final Progress first;
    private final Progress second;

    public ProgressTee(Progress first, Progress second) {
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
