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
 * @param source a sample, from the source's files into a shard
 * @param read a sample, from a shard into a batch: unpacking, digest, view, scaling
 * @param label what a teacher says of a sample, written or read back, however little it is
 * @param labelByte a byte of that
 * @param latency measuring a network's latency, which is done on the driver
 * @param steps by network: a sample's part of a training step
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
        double source,
        double read,
        double label,
        double labelByte,
        double latency,
        Map<String, PerSample> steps,
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

    public Constants {
        steps = new TreeMap<>(steps);
        inferences = new TreeMap<>(inferences);
        build = new TreeMap<>(build);
    }
}
