package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
    private static final Path FILE = new Path("/root/size.json");

    record Size(int width, Optional<String> unit) {}

    record Named(String name, int width) {}

    @Test
    void writesRecordsAndReadsThemBack() {
        Size size = new Size(3, Optional.of("mm"));
        assertThat(Json.compact(size)).isEqualTo("{\"width\":3,\"unit\":\"mm\"}");
        assertThat(new String(Json.file(size), StandardCharsets.UTF_8))
                .isEqualTo("{\n  \"width\" : 3,\n  \"unit\" : \"mm\"\n}\n");
        assertThat(Json.parse(Json.pretty(size), Size.class)).isEqualTo(size);
        assertThat(Json.parse(Json.file(new Size(3, Optional.empty())), FILE, Size.class))
                .isEqualTo(new Size(3, Optional.empty()));
        assertThat(Json.parse(Json.compact(size), JsonNode.class).path("width").asInt())
                .isEqualTo(3);
    }

    @Test
    void refusesOtherKeysAndNamesTheFile() {
        byte[] later = bytes("{\"width\": 3, \"unit\": null, \"depth\": 4}");
        assertThatExceptionOfType(ArtifactException.class)
                .isThrownBy(() -> Json.parse(later, FILE, Size.class))
                .withMessageStartingWith("/root/size.json is damaged: ")
                .withMessageContaining("depth");
    }

    @Test
    void leavesFurtherKeysOfAnOpenFileAlone() {
        assertThat(Json.parseOpen(bytes("{\"name\": \"a\", \"width\": 3, \"depth\": 4}"), FILE, Named.class))
                .isEqualTo(new Named("a", 3));
        for (String damaged :
                new String[] {"{\"width\": 3}", "{\"name\": null, \"width\": 3}", "{\"name\": \"a\"}", "{"}) {
            assertThatExceptionOfType(ArtifactException.class)
                    .as(damaged)
                    .isThrownBy(() -> Json.parseOpen(bytes(damaged), FILE, Named.class))
                    .withMessageStartingWith("/root/size.json is damaged: ");
        }
    }

    @Test
    void findsNothingInAFileThatIsNotThereOrDamaged(@TempDir java.nio.file.Path root) {
        Storage storage = Storage.of(new Configuration());
        Path file = new Path(root.toUri().toString(), "size.json");
        assertThat(Json.find(storage, file, Size.class)).isEmpty();
        storage.write(file, bytes("{"));
        assertThat(Json.find(storage, file, Size.class)).isEmpty();
        storage.write(file, Json.file(new Size(1, Optional.empty())));
        assertThat(Json.find(storage, file, Size.class)).contains(new Size(1, Optional.empty()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
