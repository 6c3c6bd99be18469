package io.retort.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.compress.quantize.LocalCalibration;
import io.retort.compress.quantize.QuantizationConfig;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.Quantizer;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.NearestRounding;
import io.retort.data.encode.TokenizerFiles;
import io.retort.data.encode.Tokens;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.engine.onnx.write.RawColumns;
import io.retort.network.Half;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.TableEncoding;
import io.retort.network.Tensor;
import io.retort.network.Vocabulary;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Students of each kind as ONNX files in a directory, and samples as those who serve them have them. */
record ServedStudents(Path directory, Vocabulary vocabulary) {
    static final List<String> CLASSES = List.of("low", "middle", "high");
    static final int LENGTH = 9;
    private static final Shape GREY = Shape.image(1, 28, 28);
    private static final Shape COLOURED = Shape.image(3, 6, 5);
    private static final List<String> COLUMNS = List.of("weight", "colour", "height", "width");
    private static final int SAMPLES = 7;
    private static final TableEncoding MIXED = new TableEncoding(
            List.of(new TableEncoding.Numeric("age", 40, 10, true), new TableEncoding.Numeric("height", 1.5, 1, false)),
            List.of(
                    new TableEncoding.Category("city", List.of("Rome", "")),
                    new TableEncoding.Category("job", List.of("cook"))));

    static ServedStudents in(Path directory) throws IOException {
        Vocabulary vocabulary = Vocabulary.of(Tokens.of(
                "a viewer for large pictures οδός café x" + "x".repeat(39) + " one five nine 北京 ชา 日本語 हिन्दी α ab 9",
                99));
        ServedStudents students = new ServedStudents(directory, vocabulary);
        ConvNet small = new ConvNet(List.of("cbr4", "max", "cbr5"));
        Network image = RandomNetworks.of(small.build(GREY, 3), 1);
        students.write("image", OnnxModel.bytes(image, CLASSES, Map.of()));
        students.write("coloured", OnnxModel.bytes(RandomNetworks.of(small.build(COLOURED, 3), 2), CLASSES, Map.of()));
        students.write("float16", OnnxModel.halves(rounded(image), CLASSES, Map.of()));
        Quantizer.Quantized quantized =
                new Quantizer(coding()).quantize(image, LocalCalibration.pixels(GREY, 3, 64), 64);
        students.write("int8", OnnxModel.quantized(quantized.network(), quantized.quantization(), CLASSES, Map.of()));
        students.write(
                "table",
                named(OnnxModel.bytes(
                        RandomNetworks.of(new Mlp(List.of(8)).build(Shape.vector(4), 3), 4), CLASSES, Map.of())));
        students.write("mixed", RawColumns.before(mixed(), MIXED));
        Network text = RandomNetworks.of(new EmbeddingBag(6).buildForTexts(vocabulary, LENGTH, 3), 5);
        students.write("text", OnnxModel.bytes(text, CLASSES, Map.of()));
        for (Map.Entry<String, byte[]> file :
                TokenizerFiles.of(text.structure()).entrySet()) {
            Files.write(directory.resolve("text-student." + file.getKey()), file.getValue());
        }
        return students;
    }

    /** The student of a table with categories, as it is before its columns. */
    private static byte[] mixed() {
        Network network = RandomNetworks.of(
                new Mlp(List.of(8))
                        .build(Shape.vector(MIXED.width()), 3)
                        .withSignature(new Signature(MIXED.columns(), CLASSES, Optional.of(MIXED))),
                7);
        return OnnxModel.bytes(network, CLASSES, Map.of());
    }

    /** Rows of that table; null where a value is missing. */
    static List<Map<String, Object>> mixedRows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("job", List.of("cook", "judge", "").get(i % 3));
            row.put("age", i % 4 == 3 ? null : 20 + i);
            row.put("city", i == 2 ? null : List.of("Rome", "Oslo").get(i % 2));
            row.put("height", i % 5 == 0 ? null : 1.5 + i);
            rows.add(row);
        }
        return rows;
    }

    /** What the network reads of such rows. */
    static float[] mixedFeatures(List<Map<String, Object>> rows) {
        float[] features = new float[rows.size() * MIXED.width()];
        for (int i = 0; i < rows.size(); i++) {
            int at = i * MIXED.width();
            Number age = (Number) rows.get(i).get("age");
            Number height = (Number) rows.get(i).get("height");
            features[at] = age == null ? 40 : age.floatValue();
            features[at + 1] = height == null ? 1.5f : height.floatValue();
            features[at + 2] = age == null ? 1 : 0;
            for (int c = 0; c < 2; c++) {
                Object value = rows.get(i).get(MIXED.categories().get(c).name());
                features[at + MIXED.elements(c).getOrDefault(value == null ? "" : value, MIXED.firstElement(c))] = 1;
            }
        }
        return features;
    }

    private static byte[] named(byte[] model) throws IOException {
        return ModelProto.parseFrom(model).toBuilder()
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("columns")
                        .setValue(new JsonMapper().writeValueAsString(COLUMNS)))
                .build()
                .toByteArray();
    }

    private static Network rounded(Network network) {
        Map<String, Tensor> halves = new LinkedHashMap<>();
        network.parameters().forEach((name, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = Half.roundTrip(values[i]);
            }
            halves.put(name, new Tensor(tensor.sizes(), values));
        });
        return new Network(network.structure(), halves);
    }

    private static QuantizationConfig coding() {
        return new QuantizationConfig(
                new Calibrator.MinMax(),
                Symmetry.ASYMMETRIC,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                Granularity.PER_CHANNEL,
                7,
                new NearestRounding(),
                List.of(),
                List.of());
    }

    private void write(String kind, byte[] model) throws IOException {
        Files.write(directory.resolve(kind + "-student.onnx"), model);
    }

    float[] logits(String file, float[] features) throws IOException {
        byte[] model = file.startsWith("mixed") ? mixed() : Files.readAllBytes(directory.resolve(file));
        try (OnnxSession session = OnnxSession.open(model, 1)) {
            return session.logits(features, features.length / session.input().elements());
        }
    }

    List<String> labels(String file, float[] features) throws IOException {
        float[] logits = logits(file, features);
        List<String> labels = new ArrayList<>();
        for (int from = 0; from < logits.length; from += CLASSES.size()) {
            int start = from;
            labels.add(CLASSES.get(IntStream.range(0, CLASSES.size())
                    .reduce(0, (best, c) -> logits[start + c] > logits[start + best] ? c : best)));
        }
        return labels;
    }

    /** Rows whose columns stand in another order than the network's, one more among them. */
    List<Map<String, Float>> rows() {
        SplittableRandom random = new SplittableRandom(6);
        return IntStream.range(0, SAMPLES)
                .mapToObj(i -> {
                    Map<String, Float> row = new LinkedHashMap<>();
                    for (String column : List.of("width", "other", "height", "colour", "weight")) {
                        row.put(column, random.nextInt(3000) / 10f);
                    }
                    return row;
                })
                .toList();
    }

    float[] table(List<Map<String, Float>> rows) {
        float[] features = new float[rows.size() * COLUMNS.size()];
        for (int i = 0; i < features.length; i++) {
            features[i] = rows.get(i / COLUMNS.size()).get(COLUMNS.get(i % COLUMNS.size()));
        }
        return features;
    }

    float[] greyFeatures() {
        return RandomNetworks.pixels(GREY, SAMPLES, 8);
    }

    float[] colouredFeatures() {
        return RandomNetworks.pixels(COLOURED, SAMPLES, 9);
    }

    /** {@code [picture, height, width]}. */
    int[][][] grey() {
        float[] features = greyFeatures();
        int[][][] pictures = new int[SAMPLES][GREY.height()][GREY.width()];
        for (int i = 0; i < features.length; i++) {
            int within = i % GREY.elements();
            pictures[i / GREY.elements()][within / GREY.width()][within % GREY.width()] = (int) features[i];
        }
        return pictures;
    }

    /** {@code [picture, height, width, channel]}. */
    int[][][][] coloured() {
        float[] features = colouredFeatures();
        int plane = COLOURED.height() * COLOURED.width();
        int[][][][] pictures = new int[SAMPLES][COLOURED.height()][COLOURED.width()][COLOURED.channels()];
        for (int i = 0; i < features.length; i++) {
            int within = i % plane;
            int channel = i / plane % COLOURED.channels();
            pictures[i / COLOURED.elements()][within / COLOURED.width()][within % COLOURED.width()][channel] =
                    (int) features[i];
        }
        return pictures;
    }
}
