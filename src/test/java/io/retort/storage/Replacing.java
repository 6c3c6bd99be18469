package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.fs.Path;

/** A file is replaced again and again while it is read. */
final class Replacing {
    private static final int BYTES = 100_000;

    private Replacing() {}

    /** Every reading finds a file, and a whole one: all of its bytes are of one writing. */
    static void expectNoGap(Storage storage, Path path, int writings) throws Exception {
        storage.write(path, content(0));
        AtomicBoolean written = new AtomicBoolean();
        CompletableFuture<Integer> readings = CompletableFuture.supplyAsync(() -> {
            int read = 0;
            while (!written.get()) {
                byte[] bytes = storage.read(path);
                assertThat(bytes).isEqualTo(content(bytes[0]));
                read++;
            }
            return read;
        });
        for (int writing = 1; writing <= writings && !readings.isDone(); writing++) {
            storage.write(path, content(writing));
        }
        written.set(true);
        assertThat(readings.get()).isPositive();
        assertThat(storage.list(path.getParent()).stream()
                        .map(file -> file.getPath().getName()))
                .contains(path.getName())
                .noneMatch(name -> name.endsWith(".tmp"));
    }

    private static byte[] content(int writing) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) writing);
        return bytes;
    }
}
