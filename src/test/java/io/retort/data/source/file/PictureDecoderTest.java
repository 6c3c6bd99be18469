package io.retort.data.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that Pillow wrote, and the values that Pillow has for them (make_pictures.py beside them). */
class PictureDecoderTest {
    private static final Path PICTURES = Path.of("src/test/resources/pictures");
    private static final int HEIGHT = 35;
    private static final int WIDTH = 47;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "png-rgb.png",
                "png-rgba.png",
                "png-grey.png",
                "png-grey-alpha.png",
                "png-palette.png",
                "png-palette-transparent.png",
                "png-black-white.png",
                "png-transparent-colour.png",
                "jpeg-420.jpg",
                "jpeg-444.jpg",
                "jpeg-progressive.jpg",
                "jpeg-profile.jpg",
                "jpeg-grey.jpg",
                "jpeg-turned.jpg"
            })
    void hasTheValuesThatPillowHas(String name) throws IOException {
        byte[] file = read(name);
        String stem = name.substring(0, name.indexOf('.'));
        assertThat(new PictureDecoder(3, HEIGHT, WIDTH).decode(file)).isEqualTo(read(stem + ".rgb"));
        assertThat(new PictureDecoder(1, HEIGHT, WIDTH).decode(file)).isEqualTo(read(stem + ".grey"));
        assertThat(new PictureDecoder(3, 13, 17).decode(file)).isEqualTo(read(stem + ".small"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused-cmyk.jpg | cannot be decoded as JPEG: its colours are those of print (CMYK); store it as RGB",
                "refused-16-bits.png | cannot be decoded as PNG: it has 16 bits for each value; store it with 8",
                "refused-gif.png | is no PNG and no JPEG, but GIF",
                "refused-cut-png-rgb.png | is cut off",
                "refused-cut-jpeg-420.jpg | cannot be decoded as JPEG: is cut off",
                "refused-damaged.png | is damaged: its chunk IDAT has another checksum",
                "refused-huge.png | cannot be decoded as PNG: it has 100,000 x 100,000 pixels, and at most 50,000,000 are"
                        + " decoded; make it smaller"
            })
    void refuses(String name, String message) throws IOException {
        byte[] file = read(name);
        assertThatThrownBy(() -> new PictureDecoder(3, HEIGHT, WIDTH).decode(file))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(() -> new PictureDecoder(4, 32, 32))
                .isInstanceOf(SettingException.class)
                .hasMessage("channels must be 1 (grey) or 3 (red, green, blue), was 4");
        assertThatThrownBy(() -> new PictureDecoder(3, 0, 32)).hasMessage("height must be from 1 to 4096, was 0");
    }

    private static byte[] read(String name) throws IOException {
        return Files.readAllBytes(PICTURES.resolve(name));
    }
}
