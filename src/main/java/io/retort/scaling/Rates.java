package io.retort.scaling;

import java.util.Map;
import java.util.TreeMap;

/**
 * How fast one machine is at a recipe's own stages, in seconds.
 *
 * @param cpu names the machine
 * @param cores that were busy at once in the measurements of all cores
 * @param shard a row, from the source's files into a shard
 * @param read a row, from a shard into a batch
 * @param networks by name
 */
public record Rates(String cpu, int cores, Fixed fixed, double shard, double read, Map<String, OfNetwork> networks) {
    /**
     * Times that do not depend on the rows.
     *
     * @param start of a local run, until its first stage
     * @param job an empty Spark job of one task
     * @param task what each further task adds to a job, on the driver
     * @param latency measuring a network's latency
     * @param compiling what the JVM's compiler takes of one core until the recipe's stages run at their rates
     */
    public record Fixed(double start, double job, double task, double latency, double compiling) {}

    /**
     * A network.
     *
     * @param gradient of a row, in a pass of as many rows as the trainer gives it; 0 where nothing of it was measured
     * @param update an optimiser step by a gradient
     * @param inference of a row in ONNX Runtime
     */
    public record OfNetwork(PerRow gradient, double update, PerRow inference) {}

    /**
     * Seconds of a row on one core.
     *
     * @param alone while the other cores rest
     * @param busy while all do the same: caches, memory and sibling threads are shared
     */
    public record PerRow(double alone, double busy) {
        static final PerRow NONE = new PerRow(0, 0);

        /** Where {@code working} of {@code cores} cores do this; between one and all it is taken as linear. */
        double whenWorking(int working, int cores) {
            return cores < 2 ? alone : alone + (busy - alone) * (Math.min(working, cores) - 1) / (cores - 1);
        }
    }

    public Rates {
        networks = new TreeMap<>(networks);
    }
}
