package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.encode.ClassOutput;
import io.retort.data.tokenize.Berts;
import io.retort.data.tokenize.Berts.Expected;
import io.retort.data.tokenize.TokenizerSettings;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.label.EncodedFile.Together;
import io.retort.predict.Model;
import io.retort.predict.ModelFiles;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transformer from elsewhere, as executors open it. */
class EncodedFileTest {
    private static final Storage STORAGE = Storage.of(new Configuration());
    private static final ClassOutput LOGITS =
            new ClassOutput("logits", OutputKind.LOGITS, 1e-6, new ArrayList<>(), ClassOutput.Form.ONE_OF_SEVERAL);

    @ParameterizedTest
    @ValueSource(strings = {"texts/bert.onnx", "texts/bert-16-int32.onnx"})
    void answersInTheOrderOfTheRowsWhateverItReadsTogether(String name) {
        List<Expected> texts = Berts.expected(true);
        EncodedFile file = file(io.retort.engine.onnx.ForeignTeachers.path(name));
        float[] together = answers(file, texts);
        float[] alone = answers(file.with(Together.NONE), texts);
        for (int row = 0; row < texts.size(); row++) {
            for (int c = 0; c < 4; c++) {
                assertThat((double) together[4 * row + c])
                        .isCloseTo(texts.get(row).logits()[c], within(1e-4))
                        .isCloseTo(alone[4 * row + c], within(1e-5));
            }
        }
    }

    private static float[] answers(EncodedFile file, List<Expected> texts) {
        try (Model model = file.reading(LOGITS).open(1)) {
            assertThat(model.choosesBatches()).isTrue();
            return model.predict(Berts.rows(texts));
        }
    }

    private static EncodedFile file(Path model) {
        TokenizerSettings tokenizer = new TokenizerSettings(
                Berts.TOKENIZER.toString(),
                Optional.of("text"),
                Optional.of("city"),
                Optional.of(Berts.MAX_LENGTH),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        ModelFiles files = ModelFiles.of(
                STORAGE,
                new org.apache.hadoop.fs.Path(model.getParent().toString()),
                List.of(model.getFileName().toString()));
        return new EncodedFile(
                files, Map.of(), List.of(tokenizer.texts(STORAGE, Berts.schema(), inputs(model))), Together.BATCH);
    }

    private static List<TensorSpec> inputs(Path model) {
        try (OnnxPredictor predictor = OnnxPredictor.open(ForeignModel.at(model), 1)) {
            return predictor.inputs();
        }
    }
}
