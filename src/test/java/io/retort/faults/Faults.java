package io.retort.faults;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Orders to the {@link FaultyFileSystem} of other processes: which operation shall fail, or be held until a test has done something to its process.
 *
 * <p>Orders for the same operation are carried out in the order in which they were given, each once.
 */
final class Faults {
    static final String ORDERS = "orders";
    static final String TAKEN = "taken";
    static final String MET = "met";
    static final String RELEASED = "released";
    static final String HOLD = "hold";
    static final String PASS = "pass";

    private final Path control;
    private int given;

    /** Gives orders through a new directory. */
    Faults(Path control) throws IOException {
        this.control = control;
        for (String folder : List.of(ORDERS, TAKEN, MET, RELEASED)) {
            Files.createDirectories(control.resolve(folder));
        }
    }

    /** Hadoop settings with which a process knows the file system and this directory. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("fs.faulty.impl", FaultyFileSystem.class.getName());
        settings.put(FaultyFileSystem.CONTROL, control.toString());
        return settings;
    }

    /** A local directory as these processes see it. */
    static String root(Path local) {
        return FaultyFileSystem.SCHEME + "://" + local.toAbsolutePath();
    }

    /** An operation on files whose path contains {@code path}, by code of the class {@code code} (any if that is empty). */
    record Operation(String name, String path, String code) {
        static Operation open(String path, String code) {
            return new Operation("open", path, code);
        }

        /** The same on one file only. */
        Operation on(Met met) {
            return new Operation(name, met.file(), code);
        }

        /** A finished file gets its name. */
        static Operation publish(String path) {
            return new Operation("rename", path, "");
        }

        /** A file is begun, under a temporary name. */
        static Operation begin(String path) {
            return begin(path, "");
        }

        /** The same by code of a class only: a shard and its labels have the same name. */
        static Operation begin(String path, String code) {
            return new Operation("create", path, code);
        }
    }

    /** Lets the next {@code count} such operations happen. */
    void pass(int count, Operation operation) throws IOException {
        for (int i = 0; i < count; i++) {
            give(operation, PASS);
        }
    }

    /** Says when the next such operation happens. */
    Meeting watch(Operation operation) throws IOException {
        return give(operation, PASS);
    }

    /** Holds the next such operation. */
    Meeting hold(Operation operation) throws IOException {
        return give(operation, HOLD);
    }

    /** Lets the next {@code count} such operations fail. */
    List<Meeting> fail(int count, Operation operation, String message) throws IOException {
        List<Meeting> meetings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            meetings.add(give(operation, message));
        }
        return meetings;
    }

    private Meeting give(Operation operation, String action) throws IOException {
        String name = String.format(Locale.ROOT, "%03d", given++);
        Path draft = control.resolve(ORDERS).resolve("." + name);
        Files.write(draft, List.of(operation.name(), operation.path(), operation.code(), action));
        Files.move(draft, control.resolve(ORDERS).resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return new Meeting(name);
    }

    /** An order. */
    final class Meeting {
        private final String name;

        private Meeting(String name) {
            this.name = name;
        }

        boolean happened() {
            return Files.exists(control.resolve(MET).resolve(name));
        }

        /** Waits until an operation meets the order. */
        Met await(Supplier<String> otherwise) throws IOException, InterruptedException {
            Waiting.until(control.resolve(MET), this::happened, () -> "order " + name + ": " + otherwise.get());
            List<String> lines = Files.readAllLines(control.resolve(MET).resolve(name));
            return new Met(Long.parseLong(lines.get(0)), lines.get(1));
        }

        /** Lets the held operation go on. */
        void release() throws IOException {
            Files.createFile(control.resolve(RELEASED).resolve(name));
        }
    }

    /**
     * An operation that met an order.
     *
     * @param pid of its process
     * @param path of its file
     */
    record Met(long pid, String path) {
        ProcessHandle process() {
            return ProcessHandle.of(pid).orElseThrow();
        }

        /** The name of its file without the dot and the random part of a temporary one. */
        String file() {
            String name = Path.of(path).getFileName().toString();
            return name.startsWith(".") ? name.substring(1, name.indexOf('.', name.indexOf('.', 1) + 1)) : name;
        }
    }

    /** Waiting for files. */
    static final class Waiting {
        private static final Duration PATIENCE = Duration.ofMinutes(3);

        private Waiting() {}

        /** Waits until something is so, looking whenever a file appears in a directory. */
        static void until(Path directory, BooleanSupplier isSo, Supplier<String> otherwise)
                throws IOException, InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            try (WatchService watch = FileSystems.getDefault().newWatchService()) {
                directory.register(watch, ENTRY_CREATE);
                while (!isSo.getAsBoolean()) {
                    var key = watch.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    if (key == null) {
                        throw new AssertionError("waited in vain; " + otherwise.get());
                    }
                    key.pollEvents();
                    key.reset();
                }
            }
        }
    }
}
