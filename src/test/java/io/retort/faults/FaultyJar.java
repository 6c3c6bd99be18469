package io.retort.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** The class of the {@link FaultyFileSystem} alone, for a driver and executors that must not see the other tests. */
final class FaultyJar {
    private FaultyJar() {}

    static void write(Path jar) throws IOException {
        Class<?> needed = FaultyFileSystem.class;
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                var in = needed.getResourceAsStream(needed.getSimpleName() + ".class")) {
            out.putNextEntry(new JarEntry(needed.getName().replace('.', '/') + ".class"));
            in.transferTo(out);
            out.closeEntry();
        }
    }

    static List<String> sparkOptions(Path jar) {
        return List.of("--jars", jar.toString());
    }
}
