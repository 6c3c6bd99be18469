package io.retort.run;

import io.retort.run.progress.Progress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Progress that keeps what it warns of, for the report. What is warned of again, as when stages begin again, is said
 * once.
 */
final class Warnings implements Progress {
    private final Progress shown;
    private final Set<String> sentences = new LinkedHashSet<>();

    Warnings(Progress shown) {
        this.shown = shown;
    }

    /** The sentences, first to last. */
    synchronized List<String> sentences() {
        return new ArrayList<>(sentences);
    }

    @Override
    public synchronized void warn(String sentence) {
        if (sentences.add(sentence)) {
            shown.warn(sentence);
        }
    }

    @Override
    public Stage begin(String name, String unit, long total) {
        return shown.begin(name, unit, total);
    }

    @Override
    public void together(String sentence) {
        shown.together(sentence);
    }

    @Override
    public void say(String line) {
        shown.say(line);
    }
}
