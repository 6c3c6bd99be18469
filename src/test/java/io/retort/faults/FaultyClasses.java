package io.retort.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The class of the {@link FaultyFileSystem} alone, for a driver and executors that must not see the other tests. */
final class FaultyClasses {
    private FaultyClasses() {}

    static void write(Path directory) throws IOException {
        Class<?> needed = FaultyFileSystem.class;
        Path file = directory.resolve(needed.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (var in = needed.getResourceAsStream(needed.getSimpleName() + ".class")) {
            Files.copy(in, file);
        }
    }

    static List<String> sparkOptions(Path directory) {
        return List.of(
                "--driver-class-path", directory.toString(), "--conf", "spark.executor.extraClassPath=" + directory);
    }
}
