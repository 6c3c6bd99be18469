package io.retort.engine.onnx;

import io.retort.engine.onnx.run.ForeignModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of {@code src/test/resources/teachers}, whose README says what each is. */
public final class ForeignTeachers {
    /** Images in {@code images.bin}. */
    public static final int IMAGES = 16;

    public static final int CLASSES = 10;

    private ForeignTeachers() {}

    public static Path path(String name) {
        try {
            return Path.of(
                    ForeignTeachers.class.getResource("/teachers/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static ForeignModel model(String name) {
        return ForeignModel.at(path(name));
    }

    /** Pixels from 0 to 255, image by image. */
    public static float[] images() {
        byte[] bytes = read("images.bin");
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = bytes[i] & 0xFF;
        }
        return pixels;
    }

    /** The class of each image. */
    public static int[] labels() {
        return rows().mapToInt(row -> Integer.parseInt(row[0])).toArray();
    }

    /** What one-file.onnx gives for each image in ONNX Runtime for Python. */
    public static float[] logits() {
        List<String[]> rows = rows().toList();
        float[] logits = new float[IMAGES * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Float.parseFloat(rows.get(i / CLASSES)[1 + i % CLASSES]);
        }
        return logits;
    }

    private static Stream<String[]> rows() {
        return new String(read("logits.csv"), StandardCharsets.UTF_8).lines().map(line -> line.split(",", -1));
    }

    private static byte[] read(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
