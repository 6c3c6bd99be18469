package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.data.Samples;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.label.LabelRequest;
import io.retort.label.ModelLabeller;
import io.retort.predict.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Labelling through Spark in local[2], from the shards' files to the label files, against two threads that each run an ONNX Runtime session of
 * one thread over the same samples in memory.
 */
final class LabellingPiece {
    static final String NAME = "labelling";
    private static final double TARGET = 0.9;

    private LabellingPiece() {}

    static Measurement measure(
            JavaSparkContext spark,
            Workload workload,
            Storage storage,
            Dataset dataset,
            byte[] model,
            int repetitions) {
        OtherLoad load = OtherLoad.from();
        int batch = workload.recipe().labels().batchSize();
        List<List<float[]>> halves = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < dataset.shards().size(); i++) {
            Shard shard = dataset.shards().get(i);
            Samples samples = new ShardStore(storage, workload.root()).read(dataset.schema(), shard);
            for (int from = 0; from < samples.count(); from += batch) {
                halves.get(i % 2).add(Workload.raw(samples, from, Math.min(batch, samples.count() - from)));
            }
        }
        List<Double> bare = new ArrayList<>();
        List<Double> throughSpark = new ArrayList<>();
        try (OnnxSession first = OnnxSession.open(model, 1);
                OnnxSession second = OnnxSession.open(model, 1);
                SecondThread thread = new SecondThread()) {
            for (int i = 0; i <= repetitions; i++) {
                long start = System.nanoTime();
                thread.beside(() -> run(second, halves.get(1)), () -> run(first, halves.get(0)));
                long between = System.nanoTime();
                label(spark, workload, storage, dataset, model);
                long end = System.nanoTime();
                storage.delete(new Path(workload.root(), "store/labels"));
                if (i > 0) { // the first is for the compiler
                    bare.add(dataset.samples() * 1e9 / (between - start));
                    throughSpark.add(dataset.samples() * 1e9 / (end - between));
                }
            }
        }
        Map<String, Double> sides = new LinkedHashMap<>();
        sides.put("Spark", Measurement.median(throughSpark));
        sides.put("bare", Measurement.median(bare));
        return new Measurement(
                NAME,
                "labelling through Spark / bare ONNX Runtime, two threads",
                sides.get("Spark") / sides.get("bare"),
                TARGET,
                Better.HIGHER,
                sides,
                "images/s",
                load.cores());
    }

    /** Labels what has no labels in the store. */
    static void label(JavaSparkContext spark, Workload workload, Storage storage, Dataset dataset, byte[] model) {
        ModelHandle teacher = new ExportedNetwork(model);
        new ModelLabeller(
                        spark,
                        new ModelStore(storage, workload.root(), StoreReferences.UNANNOUNCED),
                        workload.recipe().labels(),
                        () -> teacher)
                .label(dataset, List.of(LabelRequest.plain()), samples -> {});
    }

    private static void run(OnnxSession session, List<float[]> batches) {
        for (float[] batch : batches) {
            session.logits(batch, batch.length / session.input().elements());
        }
    }
}
