package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.ViewSettings.Flip;
import io.retort.network.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ViewTest {
    private static final Shape SHAPE = Shape.image(2, 3, 4);
    private static final int ELEMENTS = 24;

    @Test
    void aPlainViewChangesNothing() {
        float[] raw = image();
        View.plain().apply(3, raw, 0, SHAPE);
        assertThat(raw).isEqualTo(image());
        assertThat(View.plain().fingerprint()).isEqualTo("plain");
        assertThat(ViewSettings.plain().views(1, Shape.vector(5))).containsExactly(View.plain());
    }

    /** Each result is one of the pictures that padding, cutting and mirroring pixel by pixel can give, and all of those occur. */
    @Test
    void shiftsAndMirrorsLikePaddingAndCutting() {
        View view = new ViewSettings(2, Flip.HORIZONTAL, 1).views(42, SHAPE).get(0);
        Set<String> expected = new HashSet<>();
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                expected.add(Arrays.toString(shifted(down, right)));
                expected.add(Arrays.toString(mirrored(shifted(down, right))));
            }
        }
        Set<String> seen = new HashSet<>();
        for (int id = 0; id < 2000; id++) {
            float[] raw = image();
            view.apply(id, raw, 0, SHAPE);
            seen.add(Arrays.toString(raw));
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void touchesItsOwnSampleOnly() {
        View view = new ViewSettings(1, Flip.HORIZONTAL, 1).views(42, SHAPE).get(0);
        for (int id = 0; id < 50; id++) {
            float[] batch = new float[3 * ELEMENTS];
            Arrays.fill(batch, -1);
            System.arraycopy(image(), 0, batch, ELEMENTS, ELEMENTS);
            view.apply(id, batch, ELEMENTS, SHAPE);
            float[] alone = image();
            view.apply(id, alone, 0, SHAPE);
            assertThat(Arrays.copyOfRange(batch, ELEMENTS, 2 * ELEMENTS)).isEqualTo(alone);
            assertThat(Arrays.copyOfRange(batch, 0, ELEMENTS)).containsOnly(-1);
            assertThat(Arrays.copyOfRange(batch, 2 * ELEMENTS, 3 * ELEMENTS)).containsOnly(-1);
        }
    }

    @Test
    void dependsOnSeedIndexAndIdAlone() {
        ViewSettings settings = new ViewSettings(2, Flip.HORIZONTAL, 2);
        List<View> views = settings.views(42, SHAPE);
        List<View> again = new ViewSettings(2, Flip.HORIZONTAL, 2).views(42, SHAPE);
        View other = settings.views(43, SHAPE).get(0);
        assertThat(pictures(again.get(0))).isEqualTo(pictures(views.get(0)));
        assertThat(again.get(0).fingerprint()).isEqualTo(views.get(0).fingerprint());
        assertThat(pictures(views.get(1))).isNotEqualTo(pictures(views.get(0)));
        assertThat(pictures(other)).isNotEqualTo(pictures(views.get(0)));
        assertThat(List.of(
                        views.get(0).fingerprint(),
                        views.get(1).fingerprint(),
                        other.fingerprint(),
                        new ViewSettings(1, Flip.HORIZONTAL, 1)
                                .views(42, SHAPE)
                                .get(0)
                                .fingerprint(),
                        new ViewSettings(2, Flip.NONE, 1)
                                .views(42, SHAPE)
                                .get(0)
                                .fingerprint()))
                .doesNotHaveDuplicates();
    }

    /** Stored labels refer to these very pictures; another stream of random numbers needs another name in the fingerprint. */
    @Test
    void staysTheSameOverVersions() {
        View view = new ViewSettings(2, Flip.HORIZONTAL, 1).views(42, SHAPE).get(0);
        assertThat(Arrays.hashCode(pictures(view).toArray())).isEqualTo(PICTURES);
        assertThat(view.fingerprint()).isEqualTo(FINGERPRINT);
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(() -> new ViewSettings(-1, Flip.NONE, 1)).hasMessage("crop must be >= 0, was -1");
        assertThatThrownBy(() -> new ViewSettings(1, Flip.NONE, 0)).hasMessage("count must be >= 1, was 0");
        assertThatThrownBy(() -> new ViewSettings(0, Flip.NONE, 3))
                .hasMessage(
                        "count must be 1 without crop, flip, resample, noise and mixup, was 3; all views would be the same");
        assertThatThrownBy(() -> new ViewSettings(3, Flip.NONE, 1).views(1, SHAPE))
                .hasMessage("crop must be less than the height and width of images [2, 3, 4], was 3");
        assertThatThrownBy(() -> new ViewSettings(1, Flip.NONE, 1).views(1, Shape.vector(9)))
                .hasMessage(
                        "crop and flip need images [channels, height, width], but the samples have shape [9]; set crop = 0 and"
                                + " flip = none");
    }

    private static final int PICTURES = 1558087134;
    private static final String FINGERPRINT = "df4710c7fbc262f22d9e74cedb2b0ed3";

    private static List<String> pictures(View view) {
        return LongStream.range(0, 20)
                .mapToObj(id -> {
                    float[] raw = image();
                    view.apply(id, raw, 0, SHAPE);
                    return Arrays.toString(raw);
                })
                .toList();
    }

    private static float[] image() {
        float[] raw = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            raw[i] = i + 1;
        }
        return raw;
    }

    private static float[] shifted(int down, int right) {
        float[] image = image();
        float[] result = new float[ELEMENTS];
        for (int c = 0; c < 2; c++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    boolean inside = y - down >= 0 && y - down < 3 && x - right >= 0 && x - right < 4;
                    result[c * 12 + y * 4 + x] = inside ? image[c * 12 + (y - down) * 4 + x - right] : 0;
                }
            }
        }
        return result;
    }

    private static float[] mirrored(float[] image) {
        float[] result = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            result[i / 4 * 4 + 3 - i % 4] = image[i];
        }
        return result;
    }
}
