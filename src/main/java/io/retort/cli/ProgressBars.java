package io.retort.cli;

import io.retort.run.progress.Progress;
import io.retort.storage.EndOfProcess;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on a terminal: a bar for each stage that is under way, one below the other. */
final class ProgressBars implements Progress {
    private static final int WIDTH = 120;
    private static final int UPDATE_MILLIS = 500;

    private final LiveLines lines;

    ProgressBars(PrintStream terminal) {
        this.lines = new LiveLines(terminal);
    }

    @Override
    public Stage begin(String name, String unit, long total) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .showSpeed(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setConsumer(new BarLine(lines.begin()))
                .build();
        return new Stage() {
            @Override
            public void skip(long units) {
                bar.stepBy(units);
            }

            @Override
            public void advance(long units) {
                bar.stepBy(units);
            }

            @Override
            public void note(String text) {
                bar.setExtraMessage(text);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }

    @Override
    public void say(String line) {
        if (EndOfProcess.begun()) {
            lines.leave(); // what a run says then comes last
        }
        lines.say(line);
    }

    @Override
    public void together(String sentence) {
        lines.below(sentence);
    }

    /** Where a bar is drawn. */
    private record BarLine(LiveLines.Line line) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String drawn) {
            line.show(drawn);
        }

        @Override
        public void close() {
            line.end();
        }
    }
}
