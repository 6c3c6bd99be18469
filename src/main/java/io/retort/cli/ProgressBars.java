package io.retort.cli;

import io.retort.pipeline.Progress;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on a terminal. */
final class ProgressBars implements Progress {
    private static final int WIDTH = 120;
    private static final int UPDATE_MILLIS = 500;

    private final PrintStream terminal;

    ProgressBars(PrintStream terminal) {
        this.terminal = terminal;
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
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
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
        terminal.println(line);
    }
}
