package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.Catalogue;
import io.retort.data.Schema;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every encoder keeps. */
interface EncoderContract {
    /** Settings that differ in what they make of a row, no two of them the same. */
    List<EncoderSettings> different();

    Schema rows();

    TensorSpec input();

    @Test
    default void isInTheCatalogue() {
        Catalogue<EncoderSettings> catalogue = EncoderSettings.CATALOGUE;
        assertThat(different())
                .allSatisfy(settings -> assertThat(catalogue.kindOf(settings)).isNotNull());
    }

    @Test
    default void theSameRowGivesTheSameBitsWhateverCameBefore() {
        Schema schema = rows();
        int elements = schema.shape().elements();
        float[] rows = new float[2 * elements];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i * 31 % 256;
        }
        for (EncoderSettings settings : different()) {
            Encoder encoder = settings.encoder(schema, input());
            int size = encoder.sizes().stream().reduce(1, (a, b) -> a * b);
            Encoder.Work work = encoder.work();
            float[] first = encoded(encoder, work, rows, 1);
            encoded(encoder, work, rows, 0);
            assertThat(first)
                    .hasSize(size)
                    .isEqualTo(encoded(encoder, work, rows, 1))
                    .isEqualTo(
                            encoded(encoder, settings.encoder(schema, input()).work(), rows, 1));
        }
    }

    /** What becomes of one of the rows. */
    static float[] encoded(Encoder encoder, Encoder.Work work, float[] rows, int row) {
        BatchTensor tensor = new BatchTensor(ElementType.FLOAT32, encoder.sizes(), 1);
        work.encode(RowBatch.of(rows, row + 1), row, tensor, 0);
        float[] values = new float[tensor.rowElements()];
        tensor.bytes(0, 1).asFloatBuffer().get(values);
        return values;
    }

    /** What becomes of a row. */
    static float[] encoded(Encoder encoder, float... row) {
        return encoded(encoder, encoder.work(), row, 0);
    }

    @Test
    default void eachSettingIsPartOfTheKey() {
        assertThat(different().stream().map(EncoderContract::key)).doesNotHaveDuplicates();
        assertThat(different().stream().map(EncoderContract::key).toList())
                .isEqualTo(different().stream().map(EncoderContract::key).toList());
    }

    private static String key(EncoderSettings settings) {
        Digest digest = new Digest();
        settings.addTo(digest);
        return digest.key();
    }
}
