package io.retort.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on a terminal. */
final class ProgressBars implements ProgressReport {
    private static final int WIDTH = 100;
    private static final int UPDATE_MILLIS = 500;

    private final PrintStream terminal;

    ProgressBars(PrintStream terminal) {
        this.terminal = terminal;
    }

    @Override
    public Progress begin(String stage, String unit, long done, long total) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(stage)
                .setInitialMax(total)
                .startsFrom(done, Duration.ZERO)
                .setUnit(" " + unit, 1)
                .showSpeed(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
                .build();
        return new Progress() {
            @Override
            public void advanceTo(long count) {
                bar.stepTo(count);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
