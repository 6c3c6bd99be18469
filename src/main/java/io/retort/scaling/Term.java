package io.retort.scaling;

/** What a run's time is spent on. */
public enum Term {
    /** Start, building networks, measuring latency: the same on any number of executors. */
    FIXED("fixed"),
    /** Training steps and inference. */
    COMPUTE("compute"),
    /** Samples out of sources and shards, where nothing is computed meanwhile. */
    READ("read"),
    /** Soft labels, written and read. */
    LABELS("labels"),
    /** Jobs and tasks, which the driver starts one after the other. */
    LAUNCH("launch"),
    /** State and models from the driver to the executors. */
    BROADCAST("broadcast"),
    /** Gradients among slots, states back to the driver, and their mean where replicas are averaged. */
    EXCHANGE("exchange");

    private final String title;

    Term(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
