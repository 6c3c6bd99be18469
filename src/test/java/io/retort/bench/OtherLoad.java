package io.retort.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How many cores programs other than this one and its children keep busy, from the kernel's counts. Time stolen by other virtual machines counts too. */
final class OtherLoad {
    /** Linux counts in hundredths of a second. */
    private static final double TICKS_PER_SECOND = 100;

    private final long startNanos = System.nanoTime();
    private final long startTicks = ticks();

    private OtherLoad() {}

    static OtherLoad from() {
        return new OtherLoad();
    }

    /** The mean since {@link #from}; 0 where there is no /proc. */
    double cores() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return Math.max(0, (ticks() - startTicks) / TICKS_PER_SECOND / seconds);
    }

    private static long ticks() {
        try {
            // cpu user nice system idle iowait irq softirq steal
            long[] all =
                    numbers(Files.readAllLines(Path.of("/proc/stat")).get(0).substring(3));
            long busy = all[0] + all[1] + all[2] + all[5] + all[6] + all[7];
            try (Stream<ProcessHandle> own = Stream.concat(
                    Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())) {
                return busy - own.mapToLong(OtherLoad::ticks).sum();
            }
        } catch (IOException e) {
            return 0;
        }
    }

    /** Those of a process and of its children that have ended. */
    private static long ticks(ProcessHandle process) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/" + process.pid() + "/stat"));
            String line = lines.get(0);
            // After the name in parentheses come 11 fields, then utime stime cutime cstime.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int i = 11; i <= 14; i++) {
                sum += Long.parseLong(fields[i]);
            }
            return sum;
        } catch (IOException e) {
            return 0; // it has ended meanwhile
        }
    }

    private static long[] numbers(String line) {
        return Stream.of(line.strip().split("\\s+", -1))
                .mapToLong(Long::parseLong)
                .toArray();
    }
}
