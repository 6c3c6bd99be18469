package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.Catalogue;
import io.retort.data.Schema;
import io.retort.predict.TensorSpec;
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
        Catalogue<EncoderSettings> catalogue = Encoders.CATALOGUE;
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
            float[] first = work.encode(rows, elements).clone();
            work.encode(rows, 0);
            assertThat(first)
                    .hasSize(size)
                    .isEqualTo(work.encode(rows, elements))
                    .isEqualTo(settings.encoder(schema, input()).work().encode(rows, elements));
        }
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
