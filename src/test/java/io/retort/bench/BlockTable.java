package io.retort.bench;

import io.retort.network.Cost;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Time against MACs, as a Markdown table: what {@link LightweightBenchmark} measured of each block, without the network around it, beside the 3x3
 * convolution of the same output, in training by both engines and in inference. {@code submit-scripts/benchmark --blocks}, which may be followed by
 * the blocks that are wanted.
 */
public final class BlockTable {
    private static final String STANDARD = "cbr32";

    /** Milliseconds of a batch. */
    private enum Kind {
        ONEDNN_STEP("oneDnnTrainingStep"),
        DL4J_STEP("dl4jTrainingStep"),
        INFERENCE("onnxInference");

        private final String benchmark;

        Kind(String benchmark) {
            this.benchmark = benchmark;
        }
    }

    private BlockTable() {}

    /**
     * Measures and prints.
     *
     * @param blocks to measure beside the standard one; all where there are none
     */
    public static void main(String[] blocks) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder().include(LightweightBenchmark.class.getSimpleName());
        if (blocks.length > 0) {
            Set<String> wanted = new LinkedHashSet<>(List.of(LightweightBenchmark.NONE, STANDARD));
            wanted.addAll(List.of(blocks));
            options.param("block", wanted.toArray(String[]::new));
        }
        // What JMH says on its way is not part of the table.
        Collection<RunResult> results = new Runner(
                        options.build(), OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
                .run();
        System.out.print(markdown(times(results)));
    }

    /** By block. */
    private static Map<String, Map<Kind, Double>> times(Collection<RunResult> results) {
        Map<String, Map<Kind, Double>> times = new LinkedHashMap<>();
        for (RunResult result : results) {
            Map<Kind, Double> ofBlock =
                    times.computeIfAbsent(result.getParams().getParam("block"), block -> new EnumMap<>(Kind.class));
            for (Kind kind : Kind.values()) {
                if (result.getParams().getBenchmark().endsWith(kind.benchmark)) {
                    // The median, for a second in which others had the processor is none of the block's.
                    ofBlock.put(kind, result.getPrimaryResult().getStatistics().getPercentile(50));
                }
            }
        }
        return times;
    }

    private static String markdown(Map<String, Map<Kind, Double>> times) {
        StringBuilder text = new StringBuilder();
        text.append(
                "| block | parameters | MACs | of cbr32's | oneDNN step, ms | of cbr32's | DL4J step, ms | oneDNN / DL4J"
                        + " | inference, ms | of cbr32's |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|\n");
        Cost around = Cost.of(LightweightBenchmark.structure(LightweightBenchmark.NONE));
        Map<Kind, Double> standard = added(times, STANDARD);
        double standardMacs = Cost.of(LightweightBenchmark.structure(STANDARD)).macs() - around.macs();
        for (String block : times.keySet()) {
            if (!block.equals(LightweightBenchmark.NONE)) {
                Cost cost = Cost.of(LightweightBenchmark.structure(block));
                long macs = cost.macs() - around.macs();
                Map<Kind, Double> added = added(times, block);
                double step = added.get(Kind.ONEDNN_STEP);
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %,d | %,d | %.2f | %.1f | %.2f | %.1f | %.2f | %.2f | %.2f |%n",
                        block,
                        cost.trainedParameters() - around.trainedParameters(),
                        macs,
                        macs / standardMacs,
                        step,
                        step / standard.get(Kind.ONEDNN_STEP),
                        added.get(Kind.DL4J_STEP),
                        step / added.get(Kind.DL4J_STEP),
                        added.get(Kind.INFERENCE),
                        added.get(Kind.INFERENCE) / standard.get(Kind.INFERENCE)));
            }
        }
        return text.toString();
    }

    /** What a block adds to the network around it. */
    private static Map<Kind, Double> added(Map<String, Map<Kind, Double>> times, String block) {
        Map<Kind, Double> added = new EnumMap<>(times.get(block));
        added.replaceAll(
                (kind, time) -> time - times.get(LightweightBenchmark.NONE).get(kind));
        return added;
    }
}
