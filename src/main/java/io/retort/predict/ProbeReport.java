package io.retort.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a {@link Probe} found; parts are absent where it came to no such part.
 *
 * @param rows that were asked about
 * @param kind of the output, declared or found
 * @param secondsPerRow in batches, on the threads of one task
 */
public record ProbeReport(
        int rows,
        Optional<OutputKind> kind,
        Optional<Neighbours> neighbours,
        Optional<Agreement> agreement,
        double secondsPerRow,
        List<Finding> findings) {
    public ProbeReport {
        findings = List.copyOf(findings);
    }

    /** The same with another finding, if there is one. */
    public ProbeReport with(Optional<Finding> found) {
        List<Finding> more = new ArrayList<>(findings);
        found.ifPresent(more::add);
        return new ProbeReport(rows, kind, neighbours, agreement, secondsPerRow, more);
    }

    /** How much a finding matters. */
    public enum Severity {
        /** Nothing is wrong. */
        NOTE,
        /** The recipe's settings decide. */
        WARNING,
        /** Nothing is labelled. */
        REFUSAL
    }

    /** Something that is wrong, in words. */
    public record Finding(Severity severity, String message) {}

    /**
     * A row alone against the same row in a batch.
     *
     * @param rows that were compared
     * @param median difference of a row, as a fraction of the largest output, and {@code largest} likewise
     * @param flips rows with another predicted class
     * @param dependent whether it is more than another order of sums can do
     */
    public record Neighbours(int rows, double median, double largest, int flips, boolean dependent) {
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "a row alone and in a batch differ by %.2g %% of the largest output (median), at most %.2g %%;"
                            + " %d of %d rows get another class",
                    100 * median,
                    100 * largest,
                    flips,
                    rows);
        }
    }

    /**
     * With the labels.
     *
     * @param labelled rows that have one
     * @param share of these on which the greatest output is the label
     * @param chance what that would be if predictions had nothing to do with labels
     */
    public record Agreement(int labelled, double share, double chance) {
        String text() {
            return String.format(
                    Locale.ROOT, "%.1f %% of %d labelled rows (chance: %.1f %%)", 100 * share, labelled, 100 * chance);
        }
    }

    /** Why nothing must be labelled: all refusals in one message; nothing where there are none. */
    public Optional<String> refusal() {
        List<String> messages = findings.stream()
                .filter(finding -> finding.severity() == Severity.REFUSAL)
                .map(Finding::message)
                .toList();
        return messages.isEmpty() ? Optional.empty() : Optional.of(String.join("; moreover, ", messages));
    }

    /** For people, one line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("asked about " + rows + " rows");
        kind.ifPresent(known -> lines.add("output: " + known));
        neighbours.ifPresent(found -> lines.add("neighbours: " + found.text()));
        agreement.ifPresent(found -> lines.add("agreement with labels: " + found.text()));
        findings.forEach(
                finding -> lines.add(finding.severity().name().toLowerCase(Locale.ROOT) + ": " + finding.message()));
        return List.copyOf(lines);
    }
}
