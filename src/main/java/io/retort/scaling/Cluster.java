package io.retort.scaling;

/**
 * Where a run takes place.
 *
 * @param executors 0 in local mode, where driver and executor are one JVM
 * @param slots tasks that run at once
 * @param slotsPerMachine as many of them share the cores of one machine
 * @param bytesPerSecond of each machine's network; infinite within one JVM
 * @param start seconds from submission to the first stage
 */
public record Cluster(int executors, int slots, int slotsPerMachine, double bytesPerSecond, double start) {
    public static Cluster local(int slots, double start) {
        return new Cluster(0, slots, slots, Double.POSITIVE_INFINITY, start);
    }

    public Cluster {
        if (executors < 0 || slots < 1 || slotsPerMachine < 1 || !(bytesPerSecond > 0) || !(start >= 0)) {
            throw new IllegalArgumentException(
                    "a cluster has executors >= 0, slots and slots per machine >= 1, bytes per second > 0 and start >= 0, were "
                            + executors + ", " + slots + ", " + slotsPerMachine + ", " + bytesPerSecond + ", " + start);
        }
    }

    /**
     * How many times in a row a broadcast's bytes cross a network: executors that have them pass them on, so that their number doubles
     * each time (Spark's TorrentBroadcast).
     */
    int hops() {
        return 32 - Integer.numberOfLeadingZeros(executors);
    }

    /** Tasks that run side by side on one machine when so many run at all. */
    int working(long tasks) {
        return (int) Math.min(Math.min(tasks, slots), slotsPerMachine);
    }

    long waves(long tasks) {
        return (tasks + slots - 1) / slots;
    }
}
