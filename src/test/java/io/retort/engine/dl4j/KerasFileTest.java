package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.predict.BatchTensor;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that Keras 2.6 wrote (src/test/resources/teachers/keras), beside its own answers. */
class KerasFileTest {
    private static final Path FILES = Path.of("src/test/resources/teachers/keras");

    /** DL4J's layers log what oneDNN fails at. */
    private static final Logger LOGGER = (Logger) LogManager.getRootLogger();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "mlp, 'float32 [batch, 4]', PROBABILITIES",
        "residual, 'float32 [batch, 8, 6, 2]', PROBABILITIES",
        "mobile, 'float32 [batch, 8, 6, 1]', LOGITS"
    })
    void answersAsKeras(String name, String input, OutputKind kind) throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(FILES.resolve("answers.json").toFile())
                .path(name);
        try (Dl4jPredictor predictor = Dl4jPredictor.open(FILES.resolve(name + ".h5"))) {
            TensorSpec spec = predictor.inputs().get(0);
            assertThat(spec.describe()).isEqualTo(input);
            assertThat(predictor.outputKind()).isEqualTo(kind);
            BatchTensor tensor = new BatchTensor(spec.type(), spec.rowSizes(), 3);
            float[] rows = floats(expected.path("rows"));
            for (int row = 0; row < 3; row++) {
                tensor.putRow(row, rows, row * tensor.rowElements());
            }
            List<String> logged = new ArrayList<>();
            Appender appender = listener(logged);
            float[] answers = predictor
                    .predict(new Inputs(3, Map.of(spec.name(), tensor)))
                    .of(Dl4jPredictor.OUTPUT);
            LOGGER.removeAppender(appender);
            assertThat(answers).containsExactly(floats(expected.path("answers")), within(2e-6f));
            assertThat(logged).isEmpty();
        }
    }

    private static Appender listener(List<String> logged) {
        Appender appender = new AbstractAppender("listener", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                logged.add(event.getMessage().getFormattedMessage());
            }
        };
        appender.start();
        LOGGER.addAppender(appender);
        return appender;
    }

    @Test
    void refusesWhatItCannotRead() throws IOException {
        assertRefused(
                FILES.resolve("lambda.h5"), "has a layer of the kind Lambda, which is code, and no code of a file");
        assertRefused(FILES.resolve("sequences.h5"), "takes rows of the sizes [4, 2], which are neither images nor");
        assertRefused(
                FILES.resolve("weights.h5"), "is an HDF5 file without a model of Keras in it (model_config); save");
        assertRefused(changed("2.6.0", "3.6.0"), "is of Keras 3.6.0, and only those of Keras 2 are read; export it");
        assertRefused(
                changed("\"class_name\": \"Dropout\"", "\"class_name\": \"Dropper\""),
                "cannot be read by DL4J's importer of Keras models: Unsupported keras layer type Dropper; export it");
        assertRefused(changed("model_weights", "model_weighty"), "has no model_weights/dense in it");
        Path cut = directory.resolve("cut.h5");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(FILES.resolve("mlp.h5")), 9000));
        assertRefused(cut, "cannot be read by DL4J's importer of Keras models: ");
        assertRefused(FILES.resolve("depthwise.h5"), "cannot be read by DL4J's importer of Keras models: Index 0");
    }

    /** A layer of 8 values becomes one of 800 million, for which there are no weights. */
    @Test
    void allocatesNothingForSizesWithoutWeights() throws IOException {
        String small = "\"trainable\": true, \"dtype\": \"float32\", \"units\": 8,";
        String large = "\"units\": 800000000," + " ".repeat(small.length() - 19);
        assertRefused(changed(small, large), "has layers of 9600000003 parameters and only 99 weights");
    }

    /** The same file with as many other letters in it. */
    private Path changed(String old, String by) throws IOException {
        assertThat(by).hasSameSizeAs(old);
        String content = new String(Files.readAllBytes(FILES.resolve("mlp.h5")), StandardCharsets.ISO_8859_1);
        assertThat(content).contains(old);
        return Files.write(
                directory.resolve("changed.h5"), content.replace(old, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Dl4jPredictor.open(file))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(file.getFileName().toString() + " " + message);
    }

    private static float[] floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).floatValue();
        }
        return values;
    }
}
