package io.retort.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/**
 * Files of the store that are proven when they are read, and that can be made again.
 *
 * <p>One is damaged when its proof fails twice although all of its bytes can be read and nobody interrupts; a file
 * system in trouble fails otherwise. A damaged file is set aside: it gets a name that no reader looks at,
 * {@code .<name>.damaged}, so that the next start misses it and makes it again.
 *
 * @param kind the word for such a file in messages
 */
public record VerifiedFiles(Storage storage, String kind) implements Serializable {
    private static final String MADE_AGAIN = "run again, it will be made again";

    /** Reads a file and proves it. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Throws an {@link ArtifactException} with the rest of the message: {@code holds 3 samples instead of 4}. */
        T read() throws IOException;
    }

    /**
     * The content of a file.
     *
     * @throws ArtifactException.Lost if it is missing, or damaged and now set aside
     * @throws ArtifactException if it cannot be read, for reasons that need not be its own
     */
    public <T> T read(Path path, Reading<T> reading) {
        if (!storage.exists(path)) {
            throw missing(path);
        }
        try {
            return prove(reading);
        } catch (ArtifactException first) {
            requireNoInterruption(path, first);
            if (!givesAllBytes(path)) {
                requireNoInterruption(path, first);
                throw new ArtifactException(
                        name(path) + first.getMessage()
                                + "; run again, and if that does not help, delete that file: it will be made again",
                        first);
            }
        }
        try {
            return prove(reading);
        } catch (ArtifactException again) {
            requireNoInterruption(path, again);
            throw setAside(path, again);
        }
    }

    /** Spark interrupts a task whose copy was quicker. Some readers of a file fail then, however whole the file is. */
    private void requireNoInterruption(Path path, ArtifactException failure) {
        if (Thread.currentThread().isInterrupted()) {
            throw new ArtifactException(
                    name(path) + failure.getMessage() + "; this task was interrupted, so the file may be whole",
                    failure);
        }
    }

    private static <T> T prove(Reading<T> reading) {
        try {
            return reading.read();
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException | FSError e) {
            throw new ArtifactException("cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean givesAllBytes(Path path) {
        byte[] some = new byte[1 << 16];
        try (FSDataInputStream in = storage.open(path)) {
            while (in.read(some) >= 0) {
                // Only whether it can be read.
            }
            return true;
        } catch (ChecksumException e) {
            return true; // the file system found the damage itself
        } catch (IOException | UncheckedIOException | ArtifactException | FSError e) {
            return false;
        }
    }

    private ArtifactException setAside(Path path, ArtifactException damage) {
        Path aside = aside(path);
        try {
            storage.rename(path, aside);
        } catch (FileNotFoundException e) {
            return missing(path); // another task was quicker
        } catch (IOException e) {
            return new ArtifactException(
                    name(path) + damage.getMessage() + "; delete that file and " + MADE_AGAIN, damage);
        }
        return new ArtifactException.Lost(
                name(path) + damage.getMessage() + "; it is set aside as " + aside + "; " + MADE_AGAIN, damage);
    }

    private ArtifactException.Lost missing(Path path) {
        String finding =
                storage.exists(aside(path)) ? "was damaged and is set aside as " + aside(path) : "does not exist";
        return new ArtifactException.Lost(name(path) + finding + "; " + MADE_AGAIN);
    }

    private String name(Path path) {
        return kind + " " + path + " ";
    }

    private static Path aside(Path path) {
        return new Path(path.getParent(), "." + path.getName() + ".damaged");
    }
}
