package io.retort.bench;

import io.retort.network.Cost;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Time against MACs, as a Markdown table: what {@link LightweightBenchmark} measured of each block, without the network around it, beside the 3x3
 * convolution of the same output. {@code submit-scripts/benchmark --blocks}.
 */
public final class BlockTable {
    private static final String STANDARD = "cbr32";

    /** Milliseconds of one batch: a training step, and an inference. */
    private static final class Times {
        private double training;
        private double inference;
    }

    private BlockTable() {}

    public static void main(String[] args) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(LightweightBenchmark.class.getSimpleName())
                .build();
        // What JMH says on its way is not part of the table.
        Collection<RunResult> results =
                new Runner(options, OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL)).run();
        System.out.print(markdown(times(results)));
    }

    private static Map<String, Times> times(Collection<RunResult> results) {
        Map<String, Times> times = new LinkedHashMap<>();
        for (RunResult result : results) {
            Times ofBlock = times.computeIfAbsent(result.getParams().getParam("block"), block -> new Times());
            double milliseconds = result.getPrimaryResult().getScore();
            if (result.getParams().getBenchmark().endsWith("fusedTrainingStep")) {
                ofBlock.training = milliseconds;
            } else {
                ofBlock.inference = milliseconds;
            }
        }
        return times;
    }

    private static String markdown(Map<String, Times> times) {
        StringBuilder text = new StringBuilder();
        text.append(
                "| block | parameters | MACs | of cbr32's | training step, ms | of cbr32's | inference, ms | of cbr32's |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        Cost around = Cost.of(LightweightBenchmark.structure(LightweightBenchmark.NONE));
        Times aroundTimes = times.get(LightweightBenchmark.NONE);
        Times standard = times.get(STANDARD);
        double standardMacs = Cost.of(LightweightBenchmark.structure(STANDARD)).macs() - around.macs();
        times.forEach((block, ofBlock) -> {
            if (!block.equals(LightweightBenchmark.NONE)) {
                Cost cost = Cost.of(LightweightBenchmark.structure(block));
                long macs = cost.macs() - around.macs();
                double training = ofBlock.training - aroundTimes.training;
                double inference = ofBlock.inference - aroundTimes.inference;
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %,d | %,d | %.2f | %.1f | %.2f | %.2f | %.2f |%n",
                        block,
                        cost.trainedParameters() - around.trainedParameters(),
                        macs,
                        macs / standardMacs,
                        training,
                        training / (standard.training - aroundTimes.training),
                        inference,
                        inference / (standard.inference - aroundTimes.inference)));
            }
        });
        return text.toString();
    }
}
