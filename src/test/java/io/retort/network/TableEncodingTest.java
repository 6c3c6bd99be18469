package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.TableEncoding.Category;
import io.retort.network.TableEncoding.Numeric;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableEncodingTest {
    private static final Storage STORAGE = Storage.of(new Configuration());

    static final TableEncoding TABLE = new TableEncoding(
            List.of(new Numeric("age", 40, 10, true), new Numeric("height", 1.5, 0.25, false)),
            List.of(new Category("city", List.of("Rome", "", "Ulm")), new Category("job", List.of("cook"))));

    @Test
    void countsNumbersThenIndicatorsThenCategoriesWithAPlaceForTheUnknown() {
        assertThat(TABLE.width()).isEqualTo(2 + 1 + 4 + 2);
        assertThat(TABLE.columns()).containsExactly("age", "height", "city", "job");
        assertThat(TABLE.firstElement(0)).isEqualTo(3);
        assertThat(TABLE.elements(0))
                .containsEntry("Rome", 4)
                .containsEntry("", 5)
                .containsEntry("Ulm", 6);
        assertThat(TABLE.elements(1)).containsExactly(Map.entry("cook", 8));
        assertThat(TABLE.standardisation().mean()).containsExactly(40.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        assertThat(TABLE.standardisation().deviation()).startsWith(10.0, 0.25, 1.0);
    }

    @Test
    void isSavedWithItsNetwork(@TempDir java.nio.file.Path directory) throws IOException {
        Structure structure = Structure.from(Shape.vector(TABLE.width()))
                .then("logits", new Layer.Dense(2, Layer.Bias.PER_CHANNEL))
                .build()
                .withSignature(new Signature(TABLE.columns(), List.of("no", "yes"), Optional.of(TABLE)));
        Network network = Network.initialised(structure, 1);
        Path saved = new Path(directory.toString());
        NetworkFiles.write(network, STORAGE, saved);
        assertThat(NetworkFiles.read(STORAGE, saved)).isEqualTo(network);
        assertThat(NetworkFiles.signature(STORAGE, saved).table()).contains(TABLE);

        String json = Files.readString(directory.resolve(NetworkFiles.STRUCTURE));
        STORAGE.write(new Path(saved, NetworkFiles.STRUCTURE), bytes(json.replace("\"Ulm\"", "\"Rome\"")));
        assertThatThrownBy(() -> NetworkFiles.signature(STORAGE, saved))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("the dictionary of column city names a value twice");
        STORAGE.write(new Path(saved, NetworkFiles.STRUCTURE), bytes(json.replace("\"Rome\"", "\"Rome\", \"Oslo\"")));
        assertThatThrownBy(() -> NetworkFiles.signature(STORAGE, saved))
                .hasMessageContaining("a network of input [9] has a table of 10 elements");
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void refusesColumnsThatCannotBeTold() {
        Numeric age = TABLE.numbers().get(0);
        assertThatThrownBy(() -> new TableEncoding(List.of(age, age), List.of()))
                .hasMessageContaining("names that differ");
        assertThatThrownBy(() -> new TableEncoding(List.of(), List.of())).hasMessageContaining("at least one column");
        assertThatThrownBy(() -> new Numeric("age", Double.NaN, 1, false)).hasMessageContaining("column age");
        assertThatThrownBy(() -> new Signature(List.of("age"), List.of(), Optional.of(TABLE)))
                .hasMessageContaining("must name the columns of its table");
    }
}
