package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.FilePaths.FilePath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Components that name files are resolved, by who wrote them. */
class FilePathTest {
    record Files(
            @FilePath List<String> paths,
            @FilePath Optional<String> vocabulary,
            @FilePath(except = "teacher") Optional<String> from,
            @FilePath String one,
            String name) {}

    private static final FilePaths MARKED = new FilePaths() {
        @Override
        public String ofRecipe(String key, String path) {
            return "recipe " + key + " " + path;
        }

        @Override
        public String ofShell(String key, String path) {
            return "shell " + key + " " + path;
        }
    };

    private static Files bind(String hocon, String... overrides) {
        ConfigSource source = ConfigSource.text("r.conf", hocon)
                .withReference(Reference.parse(""))
                .withEnvironment(Map.of("DATA", "data"))
                .overriddenBy(List.of(overrides));
        return Binder.with().resolving(MARKED).bind(source, Files.class);
    }

    @Test
    void whatTheRecipeSays() {
        assertThat(bind("paths = [a.csv, b.csv], vocabulary = v.txt, from = saved, one = o, name = n"))
                .isEqualTo(new Files(
                        List.of("recipe paths a.csv", "recipe paths b.csv"),
                        Optional.of("recipe vocabulary v.txt"),
                        Optional.of("recipe from saved"),
                        "recipe one o",
                        "n"));
    }

    @Test
    void wordsAndWhatIsAbsentStay() {
        Files files = bind("paths = [], from = teacher, one = \"\", name = n");
        assertThat(files).isEqualTo(new Files(List.of(), Optional.empty(), Optional.of("teacher"), "", "n"));
    }

    @Test
    void whatTheCommandLineSays() {
        Files files = bind(
                "paths = [a.csv, b.csv], one = o, name = n",
                "paths[1]=c.csv",
                "one=[]",
                "one=p",
                "vocabulary=${name}/v");
        assertThat(files.paths()).containsExactly("recipe paths a.csv", "shell paths c.csv");
        assertThat(files.one()).isEqualTo("shell one p");
        assertThat(bind("paths = [a.csv], one = o, name = n", "paths=[c.csv]").paths())
                .containsExactly("shell paths c.csv");
    }

    @Test
    void whatTheEnvironmentBegins() {
        Files files = bind("paths = [${DATA}\"/a.csv\", \"in/\"${DATA}\".csv\"], one = ${DATA}, name = n");
        assertThat(files.paths()).containsExactly("shell paths data/a.csv", "recipe paths in/data.csv");
        assertThat(files.one()).isEqualTo("shell one data");
    }
}
