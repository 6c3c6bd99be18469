package io.retort.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a benchmark keeps its files while it runs. */
final class Scratch {
    private Scratch() {}

    /** An empty directory, which is deleted when this program ends, early or not, after the processes that it started. */
    static Path directory() throws IOException {
        Path directory = Files.createTempDirectory("retort-benchmark");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(directory), "clean-up"));
        return directory;
    }

    private static void cleanUp(Path directory) {
        List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
        children.forEach(ProcessHandle::destroy);
        children.forEach(child -> child.onExit().join());
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("benchmark: cannot delete " + directory + ": " + e.getMessage());
        }
    }
}
