package io.retort.engine.onnx.run;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.retort.config.Names;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/**
 * Any ONNX model in ONNX Runtime.
 *
 * <p>A model whose batch is fixed is run as often as a batch needs; the last time its free rows are copies of the last
 * row, and their answers are cut off. Each thread works with buffers of its own, which later calls use again.
 */
public final class OnnxPredictor implements Predictor {
    /** Of a row of one input. Far beyond any picture, and what a hostile file must not exceed. */
    private static final long MAX_ROW_BYTES = 1L << 30;

    private static final Map<OnnxJavaType, ElementType> TYPES = Map.of(
            OnnxJavaType.FLOAT, ElementType.FLOAT32,
            OnnxJavaType.FLOAT16, ElementType.FLOAT16,
            OnnxJavaType.DOUBLE, ElementType.FLOAT64,
            OnnxJavaType.UINT8, ElementType.UINT8,
            OnnxJavaType.INT8, ElementType.INT8,
            OnnxJavaType.INT32, ElementType.INT32,
            OnnxJavaType.INT64, ElementType.INT64,
            OnnxJavaType.STRING, ElementType.STRING);

    private final OrtSession session;
    private final String file;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Set<String> wanted;
    private final OptionalInt fixedBatch;
    private final ConcurrentLinkedQueue<OnnxInputs> idle = new ConcurrentLinkedQueue<>();
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxPredictor(OrtSession session, String file, List<String> outputNames, Kinds kinds) throws OrtException {
        this.session = session;
        this.file = file;
        this.inputs = inputs(session.getInputInfo());
        this.outputs = outputs(session.getOutputInfo(), outputNames, kinds);
        this.wanted = outputs.stream().map(TensorSpec::name).collect(Collectors.toCollection(LinkedHashSet::new));
        this.fixedBatch = fixedBatch(inputs);
    }

    /** Which outputs are read. */
    public enum Kinds {
        /** Tensors of numbers. */
        NUMBERS,
        /** Tensors of strings, too. */
        NUMBERS_AND_TEXTS
    }

    /** Opens a model and reads all of its outputs that are tensors. */
    public static OnnxPredictor open(ForeignModel model, int threads) {
        return open(model, List.of(), threads, Optimisation.ALL);
    }

    /** Opens a model of one file from its bytes, wherever they are from. */
    public static OnnxPredictor open(byte[] model, int threads) {
        return open(model, List.of(), threads, Kinds.NUMBERS);
    }

    /** As {@link #open(byte[], int)}, to read these of its outputs; none for all that are of these kinds. */
    public static OnnxPredictor open(byte[] model, List<String> outputs, int threads, Kinds kinds) {
        OnnxFile.requireSelfContained(model);
        OrtSession session = OnnxSession.ortSession(ZipMaps.asTensors(model), threads);
        try {
            for (String name : outputs) {
                if (!session.getOutputInfo().containsKey(name)) {
                    throw new ArtifactException("the ONNX model has no output '" + name + "'; its outputs are "
                            + session.getOutputInfo().keySet());
                }
            }
            return new OnnxPredictor(session, "the ONNX model", outputs, kinds);
        } catch (RuntimeException e) {
            closeQuietly(session);
            throw e;
        } catch (OrtException e) {
            closeQuietly(session);
            throw new ArtifactException("ONNX Runtime does not take the model: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a model.
     *
     * @param outputs the tensors that are read, by name: outputs, or any tensor inside of the model; none for all
     *     outputs that are tensors
     * @param threads that work on one batch together; the caller's is one of them
     * @throws ArtifactException if ONNX Runtime does not take the model, or has no such output; the message says what
     *     to do
     */
    public static OnnxPredictor open(ForeignModel model, List<String> outputs, int threads, Optimisation optimisation) {
        return open(model, outputs, threads, optimisation, Kinds.NUMBERS);
    }

    /** As {@link #open(ForeignModel, List, int, Optimisation)}, to read outputs of these kinds. */
    public static OnnxPredictor open(
            ForeignModel model, List<String> outputs, int threads, Optimisation optimisation, Kinds kinds) {
        String file = model.file().getFileName().toString();
        OrtSession session = session(model, List.of(), threads, optimisation);
        try {
            Set<String> declared = session.getOutputInfo().keySet();
            List<String> inner = outputs.stream()
                    .filter(name -> !declared.contains(name))
                    .distinct()
                    .toList();
            if (!inner.isEmpty()) {
                requireThere(file, model, declared, inner);
                session.close();
                session = session(model, inner, threads, optimisation);
            }
            return new OnnxPredictor(session, file, outputs, kinds);
        } catch (OrtException e) {
            throw new ArtifactException(file + ": ONNX Runtime does not take the model: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            closeQuietly(session);
            throw e;
        }
    }

    private static OrtSession session(
            ForeignModel model, List<String> furtherOutputs, int threads, Optimisation optimisation) {
        try {
            return OnnxSession.foreignSession(model, furtherOutputs, threads, optimisation);
        } catch (ArtifactException e) {
            throw new ArtifactException(model.file().getFileName() + ": " + e.getMessage(), e);
        }
    }

    /** After a failure that matters more. */
    private static void closeQuietly(OrtSession session) {
        try {
            session.close();
        } catch (OrtException | IllegalStateException e) {
            // closed already, or no longer closable
        }
    }

    private static void requireThere(String file, ForeignModel model, Set<String> declared, List<String> names) {
        List<String> tensors = model.tensors();
        for (String name : names) {
            if (!tensors.contains(name)) {
                Set<String> all = new LinkedHashSet<>(declared);
                all.addAll(tensors);
                throw new ArtifactException(file + " has no output '" + name + "'"
                        + meant(name, all).orElse("; its outputs are " + declared));
            }
        }
    }

    /** What somebody meant who wrote a name that is not there, to follow it. */
    private static Optional<String> meant(String name, Collection<String> names) {
        return Names.nearest(name, names).map(near -> "; did you mean '" + near + "'?");
    }

    @Override
    public List<TensorSpec> inputs() {
        return inputs;
    }

    @Override
    public List<TensorSpec> outputs() {
        return outputs;
    }

    /** The metadata properties of the model. */
    public Map<String, String> metadata() {
        return OnnxRuntime.metadata(session);
    }

    @Override
    public Outputs predict(Inputs batch) {
        closing.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the ONNX model is closed");
            }
            requireFitting(batch);
            OnnxInputs buffers = idle.poll();
            if (buffers == null) {
                buffers = new OnnxInputs(inputs);
            }
            try {
                return run(batch, buffers);
            } finally {
                idle.add(buffers);
            }
        } catch (OrtException e) {
            throw new ArtifactException(
                    file + ": ONNX Runtime failed on a batch of " + batch.rows() + ": " + e.getMessage(), e);
        } finally {
            closing.readLock().unlock();
        }
    }

    private Outputs run(Inputs batch, OnnxInputs buffers) throws OrtException {
        int size = fixedBatch.orElse(batch.rows());
        Map<String, float[]> values = new HashMap<>();
        Map<String, List<String>> texts = new HashMap<>();
        for (int from = 0; from < batch.rows(); from += size) {
            int rows = Math.min(size, batch.rows() - from);
            Map<String, OnnxTensor> tensors = buffers.tensors(batch, from, rows, size);
            try (OrtSession.Result result = session.run(tensors, wanted)) {
                for (TensorSpec output : outputs) {
                    OnnxTensor tensor = (OnnxTensor) result.get(output.name()).orElseThrow();
                    requireRows(output, tensor, size);
                    if (output.type() == ElementType.STRING) {
                        List<String> read = new ArrayList<>();
                        addTexts(tensor.getValue(), read);
                        texts.computeIfAbsent(output.name(), name -> new ArrayList<>())
                                .addAll(read.subList(0, read.size() / size * rows));
                    } else {
                        float[] read = OnnxInputs.floats(tensor, output.type());
                        keep(output, read, values, from, rows, size, batch.rows());
                    }
                }
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }
        return new Outputs(batch.rows(), values, texts);
    }

    /** Puts the answers of some rows of the batch where they belong. */
    private static void keep(
            TensorSpec output, float[] read, Map<String, float[]> values, int from, int rows, int size, int total) {
        if (size == total) {
            values.put(output.name(), read);
            return;
        }
        int width = read.length / size;
        float[] all = values.computeIfAbsent(output.name(), name -> new float[total * width]);
        System.arraycopy(read, 0, all, from * width, rows * width);
    }

    /** Of an array of arrays of strings, however deep. */
    private static void addTexts(Object value, List<String> texts) {
        if (value instanceof Object[] values) {
            for (Object inner : values) {
                addTexts(inner, texts);
            }
        } else {
            texts.add((String) value);
        }
    }

    private void requireRows(TensorSpec output, OnnxTensor tensor, int rows) {
        long[] sizes = tensor.getInfo().getShape();
        if (sizes.length == 0 || sizes[0] != rows) {
            throw new ArtifactException(file + ": output '" + output.name() + "' has the sizes "
                    + Arrays.toString(sizes) + " for a batch of " + rows
                    + "; its first size must be the batch. Export the model with an open batch"
                    + " (torch.onnx.export: dynamic_shapes)");
        }
    }

    private void requireFitting(Inputs batch) {
        for (TensorSpec input : inputs) {
            BatchTensor given = batch.tensors().get(input.name());
            if (given == null) {
                throw new IllegalArgumentException("input '" + input.name() + "' is missing among "
                        + batch.tensors().keySet());
            } else if (given.type() != input.type()) {
                throw new IllegalArgumentException(
                        "input '" + input.name() + "' must be " + input.type() + ", was " + given.type());
            }
        }
    }

    private List<TensorSpec> inputs(Map<String, NodeInfo> infos) {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo info : infos.values()) {
            TensorSpec spec = spec(info)
                    .orElseThrow(() -> new ArtifactException(file + ": input '" + info.getName() + "' is "
                            + info.getInfo() + "; it must be a tensor of one of the types " + TYPES.values()));
            long bytes = spec.type().bytes();
            for (int size : spec.rowSizes()) {
                bytes *= Math.max(1, size);
                if (bytes > MAX_ROW_BYTES) {
                    throw new ArtifactException(file + ": a row of input '" + spec.name() + "', " + spec.describe()
                            + ", must have at most " + MAX_ROW_BYTES + " bytes");
                }
            }
            specs.add(spec);
        }
        return List.copyOf(specs);
    }

    private List<TensorSpec> outputs(Map<String, NodeInfo> infos, List<String> names, Kinds kinds) {
        List<TensorSpec> specs = new ArrayList<>();
        for (String name : names.isEmpty() ? infos.keySet() : new LinkedHashSet<>(names)) {
            Optional<TensorSpec> spec = spec(infos.get(name))
                    .filter(found -> found.type() != ElementType.STRING || kinds == Kinds.NUMBERS_AND_TEXTS);
            if (spec.isEmpty() && !names.isEmpty()) {
                throw new ArtifactException(file + ": output '" + name + "' is "
                        + infos.get(name).getInfo() + " and no tensor of numbers; name another");
            }
            spec.ifPresent(specs::add);
        }
        if (specs.isEmpty()) {
            throw new ArtifactException(file + ": none of the outputs " + infos.keySet() + " is a tensor of numbers");
        }
        return List.copyOf(specs);
    }

    private static Optional<TensorSpec> spec(NodeInfo info) {
        if (!(info.getInfo() instanceof TensorInfo tensor) || !TYPES.containsKey(tensor.type)) {
            return Optional.empty();
        }
        List<Integer> sizes = Arrays.stream(tensor.getShape())
                .mapToObj(size -> (int) Math.min(Integer.MAX_VALUE, Math.max(TensorSpec.OPEN, size)))
                .toList();
        return Optional.of(new TensorSpec(info.getName(), TYPES.get(tensor.type), sizes));
    }

    /** The number of rows that all inputs have, where it is fixed. */
    private OptionalInt fixedBatch(List<TensorSpec> specs) {
        Map<String, Integer> fixed = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            if (spec.sizes().isEmpty()) {
                throw new ArtifactException(file + ": input '" + spec.name() + "' is one number for all rows;"
                        + " export the model without it");
            }
            spec.fixedBatch().ifPresent(batch -> fixed.put(spec.name(), batch));
        }
        List<Integer> batches = fixed.values().stream().distinct().toList();
        if (batches.size() > 1 || batches.contains(0)) {
            throw new ArtifactException(file + ": the first sizes of its inputs are fixed at " + fixed
                    + ", but must be one number, the batch, or open (torch.onnx.export: dynamic_shapes)");
        }
        return batches.isEmpty() ? OptionalInt.empty() : OptionalInt.of(batches.get(0));
    }

    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close a session", e);
        } finally {
            closing.writeLock().unlock();
        }
    }
}
