package io.retort.registry;

import java.util.List;

/**
 * The last challenger that did not become champion: {@code refused.json}.
 *
 * @param key of all that its training and judging depended on, other than the champion
 * @param run the directory of the run that made it
 * @param reasons one sentence for each gate that it did not pass
 */
public record Rejection(int format, String key, String at, String run, List<String> reasons) {
    static final int FORMAT = 1;

    public Rejection {
        reasons = List.copyOf(reasons);
    }

    public Rejection(String key, String at, String run, List<String> reasons) {
        this(FORMAT, key, at, run, reasons);
    }
}
