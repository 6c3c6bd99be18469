package io.retort.data.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors on a machine find no library yet, and unpack it at the same time into the directory that they share. */
class SharedLibraryTest {
    private static final int PROCESSES = 3;

    @TempDir
    private Path directory;

    @Test
    void processesMayUnpackTheLibraryAtTheSameTime() throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-Djava.io.tmpdir=" + directory,
                    "-cp",
                    System.getProperty("java.class.path"),
                    SharedLibraryTest.class.getName());
            builder.environment().remove("ENGINE_CACHE_DIR");
            processes.add(builder.redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output-" + i).toFile())
                    .start());
        }
        for (Process process : processes) {
            process.outputWriter(StandardCharsets.UTF_8).append("go\n").flush();
        }
        for (int i = 0; i < PROCESSES; i++) {
            assertThat(processes.get(i).waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(Files.readString(directory.resolve("output-" + i))).endsWith("tokens [1, 2, 3]\n");
        }
        try (Stream<Path> unpacked =
                Files.walk(directory.resolve("retort-tokenizers-" + System.getProperty("user.name")))) {
            assertThat(unpacked.filter(file -> file.getFileName().toString().equals("libtokenizers.so")))
                    .as("one library, and no half of another")
                    .hasSize(1);
        }
    }

    /** Waits for a line, so that all processes are at it together, and cuts a text. */
    public static void main(String[] arguments) throws IOException {
        System.in.read();
        String json = """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"unknown": 0, "salt": 1, "and": 2, "sea": 3}, "unk_token": "unknown"}}
                """;
        try (TextTokenizer tokenizer = TextTokenizer.open(json)) {
            System.out.println(
                    "tokens " + Arrays.toString(tokenizer.encode("salt and sea").ids()));
        }
    }
}
