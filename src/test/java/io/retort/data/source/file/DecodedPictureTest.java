package io.retort.data.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.source.file.PictureDecoder.DecodedPicture;
import io.retort.spark.LocalSpark;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's format {@code image} has decoded has the values of the files. */
class DecodedPictureTest {
    @TempDir
    private Path directory;

    @Test
    void hasTheValuesOfTheFile() throws IOException {
        PictureDecoder colours = new PictureDecoder(3, 5, 7);
        for (int type :
                new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB}) {
            Path file = picture(type);
            List<Row> rows = LocalSpark.session()
                    .read()
                    .format("image")
                    .load(file.toString())
                    .select("image.*")
                    .collectAsList();
            assertThat(rows).hasSize(1);
            assertThat(colours.decode(DecodedPicture.png(rows.get(0))))
                    .as("type %d", type)
                    .isEqualTo(colours.decode(Files.readAllBytes(file)));
        }
    }

    @Test
    void isEmptyWhereSparkCouldNotDecodeIt() throws IOException {
        Path file = Files.writeString(directory.resolve("none.png"), "no picture");
        Row row = LocalSpark.session()
                .read()
                .format("image")
                .load(file.toString())
                .select("image.*")
                .first();
        assertThatThrownBy(() -> new PictureDecoder(3, 5, 7).decode(DecodedPicture.png(row)))
                .hasMessage("is no PNG and no JPEG, but empty");
        assertThat(DecodedPicture.png(null)).isNull();
    }

    private Path picture(int type) throws IOException {
        SplittableRandom random = new SplittableRandom(type);
        BufferedImage picture = new BufferedImage(7, 5, type);
        for (int i = 0; i < 35; i++) {
            for (int band = 0; band < picture.getRaster().getNumBands(); band++) {
                picture.getRaster().setSample(i % 7, i / 7, band, random.nextInt(256));
            }
        }
        Path file = directory.resolve(type + ".png");
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }
}
