package io.retort.scaling;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a run takes on a cluster.
 *
 * @param stages in their order, by name
 */
record Estimate(Cluster cluster, Map<String, Spent> stages) {
    /**
     * Seconds of a stage.
     *
     * @param work rows that are read, labelled, and learned from
     * @param launch of Spark's jobs and tasks
     * @param exchange of rows, labels, states and gradients between machines
     * @param fixed the same on any number of executors: start, and measuring latencies
     */
    record Spent(double work, double launch, double exchange, double fixed) {
        static final Spent NOTHING = new Spent(0, 0, 0, 0);

        static Spent fixed(double seconds) {
            return new Spent(0, 0, 0, seconds);
        }

        Spent plus(Spent other) {
            return new Spent(work + other.work, launch + other.launch, exchange + other.exchange, fixed + other.fixed);
        }

        Spent times(double factor) {
            return new Spent(work * factor, launch * factor, exchange * factor, fixed * factor);
        }

        double total() {
            return work + launch + exchange + fixed;
        }

        Map<String, Double> terms() {
            Map<String, Double> terms = new LinkedHashMap<>();
            terms.put("work", work);
            terms.put("launch", launch);
            terms.put("exchange", exchange);
            terms.put("fixed", fixed);
            return terms;
        }
    }

    Spent spent() {
        return stages.values().stream().reduce(Spent.NOTHING, Spent::plus);
    }

    double seconds() {
        return spent().total();
    }

    /**
     * Where a run takes place.
     *
     * @param executors 0 in local mode, where driver and executor are one JVM
     * @param slots tasks that run at once
     * @param slotsPerMachine as many of them share the cores of one machine
     * @param bytesPerSecond of each machine's network; infinite within one JVM
     * @param start seconds from submission to the first stage, and of the compiler's work in each JVM with slots
     */
    public record Cluster(int executors, int slots, int slotsPerMachine, double bytesPerSecond, double start) {
        public static Cluster local(int slots, double start) {
            return new Cluster(0, slots, slots, Double.POSITIVE_INFINITY, start);
        }

        public Cluster {
            if (executors < 0 || slots < 1 || slotsPerMachine < 1 || !(bytesPerSecond > 0) || !(start >= 0)) {
                throw new IllegalArgumentException(
                        "a cluster has executors >= 0, slots and slots per machine >= 1, bytes per second > 0 and start >= 0, were "
                                + executors + ", " + slots + ", " + slotsPerMachine + ", " + bytesPerSecond + ", "
                                + start);
            }
        }

        /**
         * How many times in a row a broadcast's bytes cross a network: executors that have them pass them on, so that
         * their number doubles each time (Spark's TorrentBroadcast).
         */
        int hops() {
            return 32 - Integer.numberOfLeadingZeros(executors);
        }

        /** Tasks that run side by side on one machine when so many run at all. */
        int working(long tasks) {
            return (int) Math.min(Math.min(tasks, slots), slotsPerMachine);
        }
    }
}
