package io.retort.engine.onnx.run;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.engine.TrainableNetwork.Logits;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.predict.Model;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model in ONNX Runtime: one float32 input {@code [batch, ...]} with a batch of any size, or one of int64 token ids,
 * and one float32 output {@code [batch, classes]}. Ids are given as floats, as features are.
 *
 * <p>Any number of threads may use it at once; each works with buffers of its own, which later calls use again.
 */
public final class OnnxSession implements Logits, Model {
    /** The metadata key of the vocabulary of a network that reads texts, a JSON array by token id. */
    public static final String VOCABULARY = "vocabulary";

    /**
     * Where ONNX Runtime looks for the data of a model that it is given as bytes; its default is the working directory.
     */
    private static final String DATA_FOLDER = "session.model_external_initializers_file_folder_path";

    private final OrtSession session;
    private final String inputName;
    private final String outputName;
    private final OnnxJavaType inputType;
    private final Shape input;
    private final int classes;
    private final ConcurrentLinkedQueue<OnnxBuffers> idle = new ConcurrentLinkedQueue<>();
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxSession(OrtSession session) throws OrtException {
        this.session = session;
        NodeInfo inputInfo = only("input", session.getInputInfo());
        NodeInfo outputInfo = only("output", session.getOutputInfo());
        inputName = inputInfo.getName();
        outputName = outputInfo.getName();
        inputType = type(inputInfo) == OnnxJavaType.INT64 ? OnnxJavaType.INT64 : OnnxJavaType.FLOAT;
        long[] sizes = sizes("input", inputInfo, inputType);
        try {
            input = Shape.of(
                    Arrays.stream(sizes).skip(1).mapToInt(Math::toIntExact).toArray());
        } catch (ShapeException | ArithmeticException e) {
            throw new ArtifactException(
                    "the ONNX model's input '" + inputName + "' has the shape " + Arrays.toString(sizes)
                            + "; it must be [batch, features] or [batch, channels, height, width] with only the batch open",
                    e);
        }
        long[] outputSizes = sizes("output", outputInfo, OnnxJavaType.FLOAT);
        if (outputSizes.length != 2 || outputSizes[1] < 1 || outputSizes[1] > Integer.MAX_VALUE) {
            throw new ArtifactException("the ONNX model's output '" + outputName + "' has the shape "
                    + Arrays.toString(outputSizes) + "; it must be [batch, classes]");
        }
        classes = (int) outputSizes[1];
    }

    /** How much of a graph ONNX Runtime may rewrite before it runs it. */
    public enum Optimisation {
        /** All that keeps the answers up to rounding. */
        ALL(OrtSession.SessionOptions.OptLevel.ALL_OPT),
        /**
         * Nothing: every node is run as it stands, so that what a node gives has the same bits whatever else is an
         * output.
         */
        NONE(OrtSession.SessionOptions.OptLevel.NO_OPT);

        private final OrtSession.SessionOptions.OptLevel level;

        Optimisation(OrtSession.SessionOptions.OptLevel level) {
            this.level = level;
        }
    }

    /**
     * Opens a model from its bytes, wherever they are from.
     *
     * @param threads that work on one batch together; the caller's is one of them
     * @throws ArtifactException if the bytes are not a model that this class can run
     */
    public static OnnxSession open(byte[] model, int threads) {
        return open(model, threads, Optimisation.ALL);
    }

    /** As {@link #open(byte[], int)}, optimised so far. */
    public static OnnxSession open(byte[] model, int threads, Optimisation optimisation) {
        requireThreads(threads);
        OnnxFile.requireSelfContained(model);
        return checked(ortSession(model, threads, optimisation));
    }

    /** Opens a file of this program's own; ONNX Runtime reads it, and the heap never holds it. */
    public static OnnxSession open(Path model, int threads, Optimisation optimisation) {
        requireThreads(threads);
        return checked(ortSession(
                (environment, options) -> environment.createSession(model.toString(), options), threads, optimisation));
    }

    private static void requireThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, was " + threads);
        }
    }

    /** A session as all of this package are. */
    public static OrtSession ortSession(byte[] model, int threads) {
        return ortSession(model, threads, Optimisation.ALL);
    }

    private static OrtSession ortSession(byte[] model, int threads, Optimisation optimisation) {
        return ortSession((environment, options) -> environment.createSession(model, options), threads, optimisation);
    }

    /** Makes a session of a model, from wherever that is. */
    private interface Creation {
        OrtSession with(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }

    private static OrtSession ortSession(Creation creation, int threads, Optimisation optimisation) {
        OrtEnvironment environment = OnnxRuntime.environment(); // before the options, which load the library too
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(optimisation.level);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return creation.with(environment, options);
        } catch (OrtException e) {
            throw refused(e);
        }
    }

    /**
     * A session of a model from elsewhere, whose data files are looked for in the model's folder only.
     *
     * @param furtherOutputs tensors inside of the model that are outputs as well
     */
    static OrtSession foreignSession(
            ForeignModel model, List<String> furtherOutputs, int threads, Optimisation optimisation) {
        requireThreads(threads);
        if (furtherOutputs.isEmpty() && model.facts().zipMaps().isEmpty()) {
            String file = model.file().toString();
            return ortSession(
                    (environment, options) -> environment.createSession(file, options), threads, optimisation);
        }
        return ortSession(
                (environment, options) -> {
                    options.addConfigEntry(
                            DATA_FOLDER,
                            model.file().toAbsolutePath().getParent().toString());
                    return environment.createSession(model.withOutputs(furtherOutputs), options);
                },
                threads,
                optimisation);
    }

    private static ArtifactException refused(OrtException e) {
        return new ArtifactException("ONNX Runtime does not take the model: " + e.getMessage(), e);
    }

    private static OnnxSession checked(OrtSession session) {
        try {
            try {
                return new OnnxSession(session);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw refused(e);
        }
    }

    /** The shape of one sample's raw features. */
    public Shape input() {
        return input;
    }

    /** The width of the logits. */
    public int classes() {
        return classes;
    }

    /**
     * How many different raw values a feature may have in a trial: those of a pixel, or all token ids, which the
     * metadata of a model of texts names.
     */
    int trialValues() {
        if (inputType != OnnxJavaType.INT64) {
            return 256;
        }
        try {
            String vocabulary = metadata().getOrDefault(VOCABULARY, "[]");
            return Math.max(1, new JsonMapper().readTree(vocabulary).size());
        } catch (JsonProcessingException e) {
            throw new ArtifactException("the ONNX model's vocabulary is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The metadata properties of the model. */
    public Map<String, String> metadata() {
        return OnnxRuntime.metadata(session);
    }

    @Override
    public float[] predict(RowBatch rows) {
        return logits(rows.input(), rows.size());
    }

    @Override
    public float[] logits(float[] rawFeatures, int batch) {
        float[] logits = new float[Math.multiplyExact(batch, classes)];
        logits(rawFeatures, batch, logits);
        return logits;
    }

    /** As {@link #logits(float[], int)}, into the start of an array that the caller uses again. */
    public void logits(float[] rawFeatures, int batch, float[] logits) {
        if (batch < 1 || rawFeatures.length < (long) batch * input.elements()) {
            throw new ShapeException(
                    rawFeatures.length + " features do not hold a batch of " + batch + " samples of " + input);
        }
        closing.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the ONNX session is closed");
            }
            OnnxBuffers buffers = idle.poll();
            if (buffers == null) {
                buffers = new OnnxBuffers(OnnxRuntime.environment(), inputType, input, classes);
            }
            try {
                buffers.run(session, inputName, outputName, rawFeatures, batch, logits);
            } finally {
                idle.add(buffers);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed on a batch of " + batch + ": " + e.getMessage(), e);
        } finally {
            closing.readLock().unlock();
        }
    }

    /** Waits for running calls; later ones fail. */
    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                idle.forEach(OnnxBuffers::close);
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close a session", e);
        } finally {
            closing.writeLock().unlock();
        }
    }

    private static NodeInfo only(String what, Map<String, NodeInfo> infos) {
        if (infos.size() != 1) {
            throw new ArtifactException(
                    "the ONNX model has the " + what + "s " + infos.keySet() + "; it must have one");
        }
        return infos.values().iterator().next();
    }

    private static OnnxJavaType type(NodeInfo info) {
        return info.getInfo() instanceof TensorInfo tensor ? tensor.type : OnnxJavaType.UNKNOWN;
    }

    private static long[] sizes(String what, NodeInfo info, OnnxJavaType type) {
        if (!(info.getInfo() instanceof TensorInfo tensor)
                || tensor.type != type
                || tensor.getShape().length < 2
                || tensor.getShape()[0] != -1) {
            throw new ArtifactException("the ONNX model's " + what + " '" + info.getName() + "' is " + info.getInfo()
                    + "; it must be a float32 tensor whose first size, the batch, is open");
        }
        return tensor.getShape();
    }
}
