package io.retort.cli;

import io.retort.run.progress.Progress;
import io.retort.storage.EndOfProcess;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
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
            lines.leave(); // the run's own last line follows
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

    /**
     * The last lines of a terminal, drawn anew whenever one of them changes; other output appears above them and stays.
     * Needs a terminal that knows the control sequences of ECMA-48 and, to cut lines at its edge, DECAWM: all that are
     * in use do.
     */
    static final class LiveLines {
        /** More would push the output above them out of sight. */
        static final int MAX_SHOWN = 8;

        private static final String ESCAPE = "\u001b[";

        private final PrintStream terminal;
        private final List<Line> lines = new ArrayList<>();
        private String last = "";
        private int drawn;

        LiveLines(PrintStream terminal) {
            this.terminal = terminal;
        }

        /** Adds a line, which is shown once it has a text. */
        synchronized Line begin() {
            Line line = new Line();
            lines.add(line);
            return line;
        }

        synchronized void say(String line) {
            draw(line + System.lineSeparator());
        }

        /** Shows a line below all others; none where it is empty. */
        synchronized void below(String line) {
            last = line;
            draw("");
        }

        /** Leaves all lines as they are, above all further output. */
        synchronized void leave() {
            lines.clear();
            last = "";
            drawn = 0;
        }

        /** @param above what appears above the lines and stays */
        private void draw(String above) {
            List<String> shown = new ArrayList<>(lines.stream()
                    .map(line -> line.text)
                    .filter(text -> !text.isEmpty())
                    .toList());
            if (shown.size() > MAX_SHOWN) {
                int more = shown.size() - MAX_SHOWN;
                shown.subList(MAX_SHOWN, shown.size()).clear();
                shown.add("... and " + more + " more");
            }
            if (!last.isEmpty()) {
                shown.add(last);
            }
            StringBuilder drawing = new StringBuilder();
            if (drawn > 0) {
                drawing.append(ESCAPE).append(drawn).append('A').append(ESCAPE).append('J');
            }
            drawing.append(above);
            if (!shown.isEmpty()) {
                drawing.append(ESCAPE).append("?7l"); // a line that went on in the next row would not be found again
                shown.forEach(line -> drawing.append(line).append(System.lineSeparator()));
                drawing.append(ESCAPE).append("?7h");
            }
            drawn = shown.size();
            terminal.print(drawing);
            terminal.flush();
        }

        /** One of the lines. */
        final class Line {
            private String text = "";

            private Line() {}

            void show(String now) {
                synchronized (LiveLines.this) {
                    text = now;
                    draw("");
                }
            }

            /** It stays as it is, above those that may change. */
            void end() {
                synchronized (LiveLines.this) {
                    lines.remove(this);
                    draw(text.isEmpty() ? "" : text + System.lineSeparator());
                }
            }
        }
    }
}
