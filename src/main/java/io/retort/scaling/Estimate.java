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
     * @param work rows that are read, asked about, and learned from
     * @param launch of Spark's jobs and tasks
     * @param exchange of rows, labels, states and gradients between machines
     * @param fixed what is the same on any number of executors: start, and measuring latencies
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
}
