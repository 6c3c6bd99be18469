package io.retort.run;

import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.encode.TableInput.TableModel;
import io.retort.data.encode.TokenizerFiles;
import io.retort.data.shard.RowSampler;
import io.retort.distill.Engine;
import io.retort.engine.TrainableNetwork.Logits;
import io.retort.engine.dl4j.StockZip;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.RawColumns;
import io.retort.evaluate.Task;
import io.retort.export.Parity;
import io.retort.export.Parity.FurtherAnswers;
import io.retort.export.TestVectors;
import io.retort.network.BatchNormFolding;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.TableEncoding;
import io.retort.network.compact.CompactFile;
import io.retort.network.int8.Quantization;
import io.retort.predict.BatchTensor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.recipe.ExportSettings;
import io.retort.report.StudentSection.CompactExport;
import io.retort.report.StudentSection.CompactSection;
import io.retort.report.StudentSection.ExportSection;
import io.retort.report.StudentSection.ParitySection;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Writes a student into the run's directory: ONNX, the network's own format, a DL4J zip where DL4J has all its layers,
 * and the compact files asked for.
 */
public final class StudentExport {
    /** Held-out samples on which the engine and ONNX Runtime are compared. */
    private static final int PARITY_SAMPLES = 1024;

    private static final int PARITY_BATCH = 128;

    private final RunContext context;
    private final Schema schema;
    private final RowSampler test;
    private final Engine engine;
    private final ExportSettings settings;

    /** @param engine with which ONNX Runtime is compared */
    public StudentExport(
            RunContext context, Schema schema, RowSampler test, Engine engine, Optional<ExportSettings> settings) {
        this.settings = settings.orElse(ExportSettings.LOGITS);
        this.context = context;
        this.schema = schema;
        this.test = test;
        this.engine = engine;
    }

    /**
     * Writes the files under names that begin with {@code name}, a tokenizer of texts among them; fails where ONNX Runtime computes something else than
     * the engine, or, of a network in int8, than the simulation. The DL4J zip is always float32.
     *
     * @param compact forms of compact files
     */
    public ExportSection write(
            Assessment.Assessed student, RunDirectory directory, String name, List<CompactFile.Form> compact) {
        Parity parity = proved(student, name);
        byte[] shipped = shipped(student, name);
        context.storage().write(directory.file(name + ".onnx"), shipped);
        context.storage().write(directory.file(name + TestVectors.SUFFIX), Json.file(testVectors(student, shipped)));
        TokenizerFiles.of(student.network().structure())
                .forEach((file, bytes) -> context.storage().write(directory.file(name + "." + file), bytes));
        List<String> notes = new ArrayList<>();
        StockZip.obstacle(student.network().structure())
                .ifPresentOrElse(
                        reason -> notes.add("no " + name + ".dl4j.zip: " + reason),
                        () -> context.storage()
                                .write(
                                        directory.file(name + ".dl4j.zip"),
                                        out -> StockZip.write(student.network(), out)));
        student.form()
                .calibration()
                .ifPresent(calibration -> notes.add(
                        "calibrated is " + name + ".onnx alone; what else holds the network gives its own logits, and "
                                + name + "/calibration.json the temperature and biases"));
        student.form()
                .files(student.network())
                .forEach((file, bytes) -> context.storage().write(new Path(directory.file(name), file), bytes));
        List<CompactExport> compactFiles = compact.stream()
                .map(form -> compact(student, directory, name + "-" + form.title() + CompactFile.SUFFIX, form))
                .toList();
        NetworkFiles.write(student.network(), context.storage(), directory.file(name));
        return new ExportSection(
                name + ".onnx",
                new ParitySection(parity.greatestRelativeDifference(), parity.labelAgreement(), parity.samples()),
                notes,
                compactFiles);
    }

    /**
     * Writes one and reads it back: it must hold the network as its form rounds it, and that is asked what the shipped
     * one was.
     */
    private CompactExport compact(
            Assessment.Assessed student, RunDirectory directory, String file, CompactFile.Form form) {
        Quantization quantization = student.form().quantization();
        Network served = CompactSizes.served(student);
        byte[] bytes = CompactFile.bytes(served, quantization, form);
        CompactFile.Contents read = CompactFile.read(bytes, CompactFile.DEFAULT_MAX_BYTES, file);
        Network rounded = CompactFile.rounded(served, quantization, form.weights());
        if (!read.equals(new CompactFile.Contents(rounded, quantization))) {
            throw new ArtifactException(
                    file + " does not hold the network that was written; it must not be used. Report this");
        }
        context.storage().write(directory.file(file), bytes);
        byte[] onnx = student.form().bytes(read.network(), schema.classNames(), Map.of());
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            return new CompactExport(
                    file, bytes.length, parity(student, session).labelAgreement());
        }
    }

    /**
     * The file that others get: one of a table takes the columns as they are, and there may be further outputs. It
     * computes what the evaluated one does.
     */
    private byte[] shipped(Assessment.Assessed student, String name) {
        Optional<TableEncoding> table = table(student);
        byte[] further = settings.further().isEmpty()
                ? student.onnx()
                : FurtherOutputs.behind(student.onnx(), settings.further(), activation());
        byte[] onnx =
                table.map(encoding -> RawColumns.before(further, encoding)).orElse(further);
        if (onnx == student.onnx()) {
            return onnx;
        }
        List<Parity.Batch> batches = new ArrayList<>();
        Deque<float[]> answers = new ArrayDeque<>();
        try (OnnxPredictor model = served(onnx);
                OnnxSession session = OnnxSession.open(student.onnx(), 1)) {
            new ShownRows(schema, test.rows(PARITY_SAMPLES), View.plain()).forEachBatch(PARITY_BATCH, rows -> {
                Outputs given = model.predict(inputs(model, table, rows));
                float[] logits = given.of(model.outputs().get(0).name());
                FurtherAnswers.require(given, logits, schema.classNames(), activation(), name);
                batches.add(new Parity.Batch(rows.input().clone(), rows.size()));
                answers.add(logits);
            });
            Parity.between((input, batch) -> answers.remove(), session, agreement(), batches.iterator())
                    .requireWithin(Parity.ALLOWED, name);
        }
        return onnx;
    }

    private static Optional<TableEncoding> table(Assessment.Assessed student) {
        return student.network().structure().signature().table();
    }

    private FurtherOutputs.Activation activation() {
        return ExportSettings.activation(schema.target());
    }

    private static OnnxPredictor served(byte[] onnx) {
        return OnnxPredictor.open(onnx, List.of(), 1, OnnxPredictor.Kinds.NUMBERS_AND_TEXTS);
    }

    /** Held-out rows with the answers of the file. */
    private TestVectors testVectors(Assessment.Assessed student, byte[] shipped) {
        ShownRows rows = new ShownRows(schema, test.rows(TestVectors.ROWS), View.plain());
        try (OnnxPredictor model = served(shipped)) {
            return TestVectors.of(model, inputs(model, table(student), rows));
        }
    }

    /** Rows as a file takes them: by columns, or as what networks take of a row. */
    private static Inputs inputs(OnnxPredictor model, Optional<TableEncoding> table, RowBatch rows) {
        if (table.isPresent()) {
            return new TableModel(model, table.get()).inputs(rows);
        }
        TensorSpec input = model.inputs().get(0);
        BatchTensor tensor = new BatchTensor(input.type(), input.rowSizes(), rows.size());
        for (int row = 0; row < rows.size(); row++) {
            tensor.putRow(row, rows.input(), row * tensor.rowElements());
        }
        return new Inputs(rows.size(), Map.of(input.name(), tensor));
    }

    private Parity proved(Assessment.Assessed student, String name) {
        Optional<byte[]> simulation = student.form().simulation(student.network(), schema.classNames());
        if (simulation.isEmpty()) {
            return engine.computing(student.network(), trained -> parity(student, reference(student, trained)))
                    .requireWithin(Parity.ALLOWED, name);
        }
        try (OnnxSession simulated = OnnxSession.open(simulation.get(), 1)) {
            return parity(student, simulated).requireAgreement(Parity.MIN_AGREEMENT, name);
        }
    }

    /** What was trained, with its logits calibrated here where the file does so. */
    private static Logits reference(Assessment.Assessed student, Logits trained) {
        return student.form()
                .calibration()
                .<Logits>map(calibration -> (rows, batch) -> calibration.of(trained.logits(rows, batch)))
                .orElse(trained);
    }

    private Parity parity(Assessment.Assessed student, Logits reference) {
        try (OnnxSession session = OnnxSession.open(student.onnx(), 1)) {
            return Parity.between(session, reference, agreement(), heldOut().iterator());
        }
    }

    private Parity.Agreement agreement() {
        Task task = Task.of(schema.target());
        return (shipped, reference, row, outputs) -> task.agree(shipped, reference, row);
    }

    private List<Parity.Batch> heldOut() {
        Samples samples = test.joined(PARITY_SAMPLES);
        List<Parity.Batch> batches = new ArrayList<>();
        samples.forEachBatch(
                View.plain(), PARITY_BATCH, (rows, from, count) -> batches.add(new Parity.Batch(rows.clone(), count)));
        return batches;
    }

    /**
     * What the stages of a student take as compact files, each beside the float32 parameters of the student as it was
     * distilled.
     */
    static final class CompactSizes {
        private final List<CompactFile.Form> forms;
        private final long parameters;

        /** @param distilled whose trained parameters, 4 bytes each, are what a file is compared with */
        CompactSizes(List<CompactFile.Form> forms, Network distilled) {
            this.forms = forms;
            this.parameters = Cost.of(distilled.structure()).trainedParameters();
        }

        List<CompactSection> of(Assessment.Assessed assessed) {
            return forms.stream().map(form -> of(assessed, form)).toList();
        }

        private CompactSection of(Assessment.Assessed assessed, CompactFile.Form form) {
            CompactFile.Sizes sizes =
                    CompactFile.sizes(served(assessed), assessed.form().quantization(), form);
            double ratio = (double) (Float.BYTES * parameters) / sizes.coded();
            return new CompactSection(form.title(), sizes.coded(), sizes.uncoded(), sizes.dense(), ratio);
        }

        /**
         * The network that a compact file holds: nobody trains it any more, so BatchNorm is folded, as it is in the
         * ONNX file.
         */
        static Network served(Assessment.Assessed assessed) {
            return BatchNormFolding.fold(assessed.network());
        }
    }
}
