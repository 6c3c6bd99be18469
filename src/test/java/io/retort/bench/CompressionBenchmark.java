package io.retort.bench;

import io.retort.compress.Compressed;
import io.retort.compress.Compressor;
import io.retort.compress.quantize.LocalCalibration;
import io.retort.config.ConfigSource;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.zoo.PlainNetwork.Vgg;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a stage of compression takes before its fine-tuning, of a VGG of 1,010,530 parameters with random weights: {@code submit-scripts/benchmark --compression}.
 *
 * <p>Settings are those of {@code reference.conf} but for what is named. Samples are in memory, in 8 shards, and one thread works on them where a run has a Spark
 * task for each shard. Each stage is done in a new JVM, as a run does it, without a warm-up.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(1)
public class CompressionBenchmark {
    private static final Shape INPUT = Shape.image(1, 28, 28);
    private static final int CLASSES = 10;

    @Param({
        "prune-channels",
        "prune-channels, importance = taylor",
        "prune-channels, scope = sensitivity",
        "prune-weights",
        "low-rank",
        "low-rank, method = channel",
        "low-rank, method = tucker",
        "low-rank, method = polyadic",
        "float16",
        "quantize",
        "quantize, calibrator = entropy",
        "quantize, rounding = adaptive"
    })
    String stage;

    private Network network;
    private Compressor compressor;
    private Compressor.Context context;

    @Setup
    public void build() {
        network = RandomNetworks.of(new Vgg(60, List.of(2, 2, 2)).build(INPUT, CLASSES), 1);
        compressor = recipe().students().get(0).compress().get(0).create();
        LocalCalibration calibration = LocalCalibration.pixels(INPUT, CLASSES, 128, 128, 128, 128, 128, 128, 128, 128);
        context = new Compressor.Context(network, Mask.none(), 1, 1, 1, calibration);
    }

    @Benchmark
    public Compressed compress() {
        return compressor.compress(network, context);
    }

    private Recipe recipe() {
        String source = "{ kind = csv, paths = [none.csv], label = label, classes = " + CLASSES + " }";
        return Kinds.binder().bind(ConfigSource.text("benchmark", """
                                name = benchmark
                                data { train = %1$s, test = %1$s }
                                teacher { kind = network, architecture = w1-teacher }
                                students = [{ name = vgg, architecture = { kind = vgg, width = 60, blocks = [2, 2, 2] }
                                  losses = [cross-entropy], compress = [{ kind = %2$s }] }]
                                """.formatted(source, stage)), Recipe.class);
    }
}
