package io.retort.scaling;

import java.util.Map;
import java.util.TreeMap;

/**
 * How fast one machine is at what a run consists of. All times are seconds.
 *
 * @param cpu names the machine
 * @param cores that were busy at once in the measurements that say so
 * @param load of other programs when it was measured: the kernel's mean number of running threads over the last minute
 * @param start of a local run, until its first stage
 * @param job an empty Spark job of one task
 * @param task what each further task adds to a job, on the driver
 * @param encode a byte of a training state, to and from what travels, once each way
 * @param average a byte of one replica's state, into the mean
 * @param add a byte of a micro-batch's gradient, to those of the batch's others
 * @param source a sample, from the source's files into a shard
 * @param open a sample of a shard that is opened: unpacking, digest
 * @param view a sample, from an open shard into a batch: view, scaling
 * @param label what a teacher says of a sample, written or read back, however little it is
 * @param labelByte a byte of that
 * @param latency measuring a network's latency, which is done on the driver
 * @param gradients by network: a sample's part of a gradient, in a pass of as many rows as the trainer gives it
 * @param updates by network: an optimiser step by a gradient
 * @param inferences by network: a sample in ONNX Runtime
 * @param build by network: making it ready for its first step
 */
public record Constants(
        String cpu,
        int cores,
        double load,
        double start,
        double job,
        double task,
        double encode,
        double average,
        double add,
        double source,
        double open,
        double view,
        double label,
        double labelByte,
        double latency,
        Map<String, PerSample> gradients,
        Map<String, Double> updates,
        Map<String, PerSample> inferences,
        Map<String, Double> build) {
    /**
     * What one sample takes on one core.
     *
     * @param alone while the others rest
     * @param busy while all do the same: caches, memory and sibling threads are shared
     */
    public record PerSample(double alone, double busy) {
        /** On a machine of {@code cores} cores of which {@code working} do this; what lies between is taken as linear. */
        double whenWorking(int working, int cores) {
            if (cores < 2) {
                return alone;
            }
            return alone + (busy - alone) * (Math.min(working, cores) - 1) / (cores - 1);
        }
    }

    /** A sample of a shard of which all rows are needed, into batches. */
    double read() {
        return open + view;
    }

    /** What a teacher says of a sample, written or read by each of so many on a machine. */
    double label(long bytes, int working, Cluster cluster) {
        return label + bytes * (labelByte + working / cluster.bytesPerSecond());
    }

    public Constants {
        gradients = new TreeMap<>(gradients);
        updates = new TreeMap<>(updates);
        inferences = new TreeMap<>(inferences);
        build = new TreeMap<>(build);
    }
}
