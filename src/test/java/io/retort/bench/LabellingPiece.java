package io.retort.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.bench.Measurement.Better;
import io.retort.data.Samples;
import io.retort.data.encode.ImageEncoder;
import io.retort.data.encode.ImageEncoder.Layout;
import io.retort.data.encode.Resize;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.ModelLabeller;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import io.retort.teacher.OnnxTeacherSettings;
import io.retort.teacher.TeacherPlanning;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Labelling through Spark in local[2], from the shards' files to the label files, against two threads that each run
 * ONNX Runtime's own session of one thread over the same rows in memory.
 */
record LabellingPiece(JavaSparkContext spark, Workload workload, Storage storage, Dataset dataset) {
    /** The model is a network that Retort wrote, whose file takes rows as they come. */
    static final String NETWORK = "labelling";
    /** The same file as a teacher from elsewhere, whose input an encoder makes of a row. */
    static final String ONNX = "labelling-onnx";

    private static final double NETWORK_TARGET = 0.9;
    private static final double ONNX_TARGET = 0.95;
    private static final double DIVIDE_BY = 255;

    /** The file of the teacher without training: it is as fast as a trained one. */
    byte[] model() {
        Network network = Network.initialised(workload.teacher().structure(), 1);
        return OnnxModel.bytes(network, dataset.schema().classNames(), Map.of());
    }

    Measurement network(int pairs) {
        String name = "labelling through Spark / bare ONNX Runtime, two threads";
        return measure(NETWORK, name, NETWORK_TARGET, new ExportedNetwork(model()), 1, pairs);
    }

    Measurement onnx(int pairs) {
        Path file = new Path(workload.root(), "teacher.onnx");
        storage.write(file, model());
        OnnxTeacherSettings settings = new OnnxTeacherSettings(
                file.toString(),
                List.of(new OnnxTeacherSettings.Input(
                        "input",
                        new ImageEncoder.Settings(
                                Optional.empty(),
                                Optional.of(DIVIDE_BY),
                                List.of(),
                                List.of(),
                                Resize.BILINEAR,
                                List.of(),
                                Layout.AUTO))),
                Optional.empty(),
                new OnnxTeacherSettings.Output(Optional.empty(), OnnxTeacherSettings.Kind.LOGITS, 1e-6),
                List.of(),
                List.of(),
                OnnxTeacherSettings.BatchDependence.REFUSE);
        TeacherPlanning planning =
                new TeacherPlanning("teacher", "teacher", storage, dataset.schema(), InputScaling.none(1), 1);
        ModelHandle teacher = settings.plan(planning).models().get(0).model();
        String name = "the same, the file as a teacher from elsewhere";
        return measure(ONNX, name, ONNX_TARGET, teacher, DIVIDE_BY, pairs);
    }

    private Measurement measure(
            String piece, String name, double target, ModelHandle teacher, double divideBy, int pairs) {
        OtherLoad load = OtherLoad.from();
        List<List<float[]>> halves = halves((float) divideBy);
        List<Double> bare = new ArrayList<>();
        List<Double> throughSpark = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        byte[] model = model();
        List<Integer> sizes = dataset.schema().shape().sizes();
        try (OrtSession first = OnnxSession.ortSession(model, 1);
                OrtSession second = OnnxSession.ortSession(model, 1);
                SecondThread thread = new SecondThread()) {
            for (int i = 0; i <= pairs; i++) {
                long start = System.nanoTime();
                thread.beside(() -> answer(second, halves.get(1), sizes), () -> answer(first, halves.get(0), sizes));
                long between = System.nanoTime();
                label(teacher);
                long end = System.nanoTime();
                storage.delete(new Path(workload.root(), "store/labels"));
                if (i > 0) { // the first is for the compiler
                    bare.add(dataset.samples() * 1e9 / (between - start));
                    throughSpark.add(dataset.samples() * 1e9 / (end - between));
                    ratios.add((double) (between - start) / (end - between));
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
        Map<String, Double> sides = new LinkedHashMap<>();
        sides.put("Spark", Measurement.median(throughSpark));
        sides.put("bare", Measurement.median(bare));
        return new Measurement(
                        piece, name, Measurement.median(ratios), target, Better.HIGHER, sides, "images/s", load.cores())
                .withPairs(ratios);
    }

    /** Labels what has no labels in the store. */
    void label(ModelHandle teacher) {
        new ModelLabeller(
                        spark,
                        new ModelStore(storage, workload.root(), StoreReferences.UNANNOUNCED),
                        workload.recipe().labels(),
                        () -> teacher)
                .label(dataset, List.of(LabelRequest.plain()), samples -> {});
    }

    /** The batches of every other shard, in memory, for each of two threads. */
    private List<List<float[]>> halves(float divideBy) {
        int batch = workload.recipe().labels().batchSize();
        List<List<float[]>> halves = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < dataset.shards().size(); i++) {
            Shard shard = dataset.shards().get(i);
            Samples samples = new ShardStore(storage, workload.root()).read(dataset.schema(), shard);
            for (int from = 0; from < samples.count(); from += batch) {
                float[] rows = Workload.raw(samples, from, Math.min(batch, samples.count() - from));
                for (int j = 0; j < rows.length; j++) {
                    rows[j] /= divideBy;
                }
                halves.get(i % 2).add(rows);
            }
        }
        return halves;
    }

    /** Has a bare session answer batches one after the other, in one tensor's memory, and takes the logits out. */
    static void answer(OrtSession session, List<float[]> batches, List<Integer> sizes) {
        int longest = batches.stream().mapToInt(batch -> batch.length).max().orElse(0);
        FloatBuffer memory = ByteBuffer.allocateDirect(longest * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        long[] shape = LongStream.concat(LongStream.of(0), sizes.stream().mapToLong(Integer::longValue))
                .toArray();
        int elements = sizes.stream().reduce(1, Math::multiplyExact);
        for (float[] batch : batches) {
            shape[0] = batch.length / elements;
            FloatBuffer rows = memory.clear().put(batch).flip();
            try (OnnxTensor input = OnnxTensor.createTensor(OnnxRuntime.environment(), rows, shape);
                    OrtSession.Result result = session.run(Map.of("input", input))) {
                FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
                logits.get(new float[logits.remaining()]);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
