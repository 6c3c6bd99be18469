package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.ImageEncoder.Layout;
import io.retort.network.Shape;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ImageEncoderTest implements EncoderContract {
    private static final Offset<Float> TOLERANCE = within(1e-5f);

    @Override
    public List<EncoderSettings> different() {
        return List.of(
                settings(Resize.BILINEAR),
                settings(Resize.NEAREST),
                settings(Resize.ANTIALIAS),
                new ImageEncoder.Settings(
                        Optional.empty(),
                        Optional.of(255.0),
                        List.of(),
                        List.of(),
                        Resize.BILINEAR,
                        List.of(),
                        Layout.AUTO),
                new ImageEncoder.Settings(
                        Optional.empty(),
                        Optional.of(1.0),
                        List.of(0.5),
                        List.of(),
                        Resize.BILINEAR,
                        List.of(),
                        Layout.AUTO),
                new ImageEncoder.Settings(
                        Optional.empty(),
                        Optional.of(1.0),
                        List.of(),
                        List.of(0.5),
                        Resize.BILINEAR,
                        List.of(),
                        Layout.AUTO),
                new ImageEncoder.Settings(
                        Optional.empty(),
                        Optional.of(1.0),
                        List.of(),
                        List.of(),
                        Resize.BILINEAR,
                        List.of(5, 6),
                        Layout.AUTO),
                new ImageEncoder.Settings(
                        Optional.empty(),
                        Optional.of(1.0),
                        List.of(),
                        List.of(),
                        Resize.BILINEAR,
                        List.of(),
                        Layout.NCHW));
    }

    @Override
    public Schema rows() {
        return schema(3, 4, 6);
    }

    @Override
    public TensorSpec input() {
        return input(ElementType.FLOAT32, 1, -1, -1);
    }

    @Test
    void resizesByHand() {
        assertThat(encoded(settings(Resize.BILINEAR), schema(1, 1, 2), input(ElementType.FLOAT32, 1, 1, 4), 0, 10))
                .containsExactly(new float[] {0, 2.5f, 7.5f, 10}, TOLERANCE);
        assertThat(encoded(settings(Resize.NEAREST), schema(1, 1, 2), input(ElementType.FLOAT32, 1, 1, 4), 0, 10))
                .containsExactly(0, 0, 10, 10);
        assertThat(encoded(settings(Resize.NEAREST), schema(1, 1, 4), input(ElementType.FLOAT32, 1, 1, 2), 1, 2, 3, 4))
                .containsExactly(2, 4);
        // Target pixel 0 has its centre at 1 and reaches 2: sources 0, 1, 2 are 3/4, 3/4 and 1/4 near.
        assertThat(encoded(
                        settings(Resize.ANTIALIAS), schema(1, 1, 4), input(ElementType.FLOAT32, 1, 1, 2), 0, 7, 14, 21))
                .containsExactly(new float[] {5, 16}, TOLERANCE);
    }

    @Test
    void resizesBothAxes() {
        assertThat(encoded(
                        settings(Resize.BILINEAR), schema(1, 2, 2), input(ElementType.FLOAT32, 1, 4, 2), 0, 10, 20, 30))
                .containsExactly(new float[] {0, 10, 5, 15, 15, 25, 20, 30}, TOLERANCE);
        assertThat(encoded(
                        settings(Resize.BILINEAR), schema(1, 2, 2), input(ElementType.FLOAT32, 1, 2, 4), 0, 10, 20, 30))
                .containsExactly(new float[] {0, 2.5f, 7.5f, 10, 20, 22.5f, 27.5f, 30}, TOLERANCE);
    }

    @Test
    void repeatsGreyAndScalesEachChannel() {
        EncoderSettings settings = new ImageEncoder.Settings(
                Optional.empty(),
                Optional.of(10.0),
                List.of(0.0, 1.0, 2.0),
                List.of(1.0, 0.5, 2.0),
                Resize.BILINEAR,
                List.of(),
                Layout.AUTO);
        assertThat(encoded(settings, schema(1, 1, 2), input(ElementType.FLOAT32, 3, 1, 2), 10, 40))
                .containsExactly(new float[] {1, 4, 0, 6, -0.5f, 1}, TOLERANCE);
    }

    @Test
    void makesLuminanceOfColours() {
        TensorSpec grey = input(ElementType.UINT8, 1, 1, 2);
        assertThat(encoded(settings(Resize.BILINEAR), schema(3, 1, 2), grey, 100, 0, 200, 0, 50, 10))
                .containsExactly(new float[] {0.299f * 100 + 0.587f * 200 + 0.114f * 50, 1.14f}, TOLERANCE);
    }

    @Test
    void laysChannelsLast() {
        TensorSpec last = input(ElementType.FLOAT32, 2, 2, 3);
        assertThat(encoded(settings(Resize.BILINEAR), schema(3, 2, 2), last, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
                .containsExactly(1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12);
    }

    @Test
    void takesOpenSizesFromTheDataOrTheSettings() {
        TensorSpec open = input(ElementType.FLOAT32, 1, -1, -1);
        assertThat(settings(Resize.NEAREST).encoder(schema(1, 4, 6), open).sizes())
                .containsExactly(1, 4, 6);
        EncoderSettings larger = new ImageEncoder.Settings(
                Optional.empty(), Optional.of(1.0), List.of(), List.of(), Resize.NEAREST, List.of(8, 9), Layout.AUTO);
        assertThat(larger.encoder(schema(1, 4, 6), open).sizes()).containsExactly(1, 8, 9);
        assertThatThrownBy(() -> larger.encoder(schema(1, 4, 6), input(ElementType.FLOAT32, 1, 28, 28)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("size must have the model's height 28");
    }

    @Test
    void takesImagesWithoutChannels() {
        TensorSpec flat = new TensorSpec("x", ElementType.FLOAT32, List.of(-1, 1, 4));
        Encoder encoder = settings(Resize.BILINEAR).encoder(schema(1, 1, 2), flat);
        assertThat(encoder.sizes()).containsExactly(1, 4);
        assertThat(EncoderContract.encoded(encoder, 0, 10)).containsExactly(new float[] {0, 2.5f, 7.5f, 10}, TOLERANCE);
    }

    @Test
    void refusesWhatOnlyTheModelsAuthorKnows() {
        EncoderSettings unscaled = new ImageEncoder.Settings(
                Optional.empty(), Optional.empty(), List.of(), List.of(), Resize.BILINEAR, List.of(), Layout.AUTO);
        assertThatThrownBy(() -> unscaled.encoder(schema(1, 2, 2), input(ElementType.FLOAT32, 1, 2, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("divide-by missing");
        assertThat(unscaled.encoder(schema(1, 2, 2), input(ElementType.UINT8, 1, 2, 2))
                        .sizes())
                .containsExactly(1, 2, 2);
        assertThatThrownBy(
                        () -> settings(Resize.BILINEAR).encoder(schema(3, 3, 3), input(ElementType.FLOAT32, 3, 3, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("layout must be nchw or nhwc");
    }

    @Test
    void refusesRowsAndInputsThatAreNoImages() {
        Schema vector = new Schema(Shape.vector(4), DataType.FLOAT32, List.of("a", "b"));
        assertThatThrownBy(() -> settings(Resize.BILINEAR).encoder(vector, input(ElementType.FLOAT32, 1, 2, 2)))
                .hasMessageStartingWith("kind must be tensor");
        TensorSpec numbers = new TensorSpec("x", ElementType.FLOAT32, List.of(-1, 4));
        assertThatThrownBy(() -> settings(Resize.BILINEAR).encoder(schema(1, 2, 2), numbers))
                .hasMessageStartingWith("kind must be tensor");
    }

    private static EncoderSettings settings(Resize resize) {
        return new ImageEncoder.Settings(
                Optional.empty(), Optional.of(1.0), List.of(), List.of(), resize, List.of(), Layout.AUTO);
    }

    private static float[] encoded(EncoderSettings settings, Schema schema, TensorSpec input, float... row) {
        return EncoderContract.encoded(settings.encoder(schema, input), row);
    }

    private static Schema schema(int channels, int height, int width) {
        return new Schema(Shape.image(channels, height, width), DataType.UINT8, List.of("a", "b"));
    }

    private static TensorSpec input(ElementType type, int... sizes) {
        return new TensorSpec("x", type, List.of(-1, sizes[0], sizes[1], sizes[2]));
    }
}
