package io.retort.storage;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The directory of a lease: files named by number, each made by exactly one process, of which the greatest counts.
 *
 * <p>Taking a lease means to create the next number, which only one can; the numbers never fall, so each holder has one
 * of its own.
 */
final class LeaseFiles {
    private static final String SUFFIX = ".json";

    private final Storage storage;
    private final Path directory;

    LeaseFiles(Storage storage, Path directory) {
        this.storage = storage;
        this.directory = directory;
    }

    /** Whether a lease is in use. */
    enum State {
        HELD,
        RELEASED
    }

    /**
     * The content of a file.
     *
     * @param what the work that it is held for
     * @param since by the holder's clock, for people; nothing is decided by it
     * @param renewals counts up while the holder lives
     */
    record Content(State state, LeaseHolder holder, String what, String since, long periodMillis, long renewals) {
        Content {
            if (state == null || holder == null || what == null || since == null) {
                throw new IllegalArgumentException("state, holder, what and since must be there");
            }
        }

        Content renewed() {
            return new Content(state, holder, what, since, periodMillis, renewals + 1);
        }

        Content released() {
            return new Content(State.RELEASED, holder, what, since, periodMillis, renewals);
        }
    }

    /** The number that counts, 0 where the lease was never taken. */
    long greatest() {
        return storage.list(directory).stream()
                .map(file -> file.getPath().getName())
                .filter(name -> name.matches("\\d{12}\\" + SUFFIX))
                .mapToLong(name -> Long.parseLong(name.substring(0, 12)))
                .max()
                .orElse(0);
    }

    /** The bytes of a number's file; none where it is not there any more or is just being written. */
    byte[] read(long number) {
        try {
            return storage.read(file(number));
        } catch (ArtifactException e) {
            return new byte[0];
        }
    }

    /** What bytes hold; nothing where their writer has not come to the end, or they are damaged. */
    Optional<Content> parse(byte[] bytes) {
        try {
            return bytes.length == 0 ? Optional.empty() : Optional.of(Json.parseOpen(bytes, directory, Content.class));
        } catch (ArtifactException e) {
            return Optional.empty();
        }
    }

    /** Creates the file of a number; whether it was not there yet. */
    boolean create(long number, Content content) {
        return storage.create(file(number), bytes(content));
    }

    void replace(long number, Content content) {
        storage.replace(file(number), bytes(content));
    }

    void delete(long number) {
        storage.delete(file(number));
    }

    /** Removes all but the file of a number that counts: those below it, and unfinished ones of processes that died. */
    void deleteOthers(long number) {
        for (FileStatus file : storage.list(directory)) {
            if (!file.getPath().getName().equals(file(number).getName())) {
                storage.delete(file.getPath());
            }
        }
    }

    /** The age of a number's file in milliseconds, by the file system's clock, not that of this process. */
    long ageMillis(long number) {
        Path probe = Storage.temporaryBeside(file(number));
        try {
            storage.replace(probe, new byte[0]);
            return storage.status(probe).getModificationTime()
                    - storage.status(file(number)).getModificationTime();
        } catch (ArtifactException e) {
            return 0; // it has just been removed, so somebody is at work
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return 0; // a new holder has just tidied up
            }
            throw e;
        } finally {
            storage.delete(probe);
        }
    }

    Path file(long number) {
        return new Path(directory, String.format(Locale.ROOT, "%012d", number) + SUFFIX);
    }

    private static byte[] bytes(Content content) {
        return Json.pretty(content).getBytes(StandardCharsets.UTF_8);
    }
}
