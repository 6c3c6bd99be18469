package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.RetortProcess;
import io.retort.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The tiny job in local mode, each start a process of its own.
 *
 * @param directory for what the processes say
 * @param hadoop settings of Hadoop
 */
record LocalRuns(TinyJob job, Path directory, Map<String, String> hadoop, Map<String, String> environment) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** A process under way. */
    record Started(Process process, Path output, long nanoTime) {
        String said() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                return e.toString();
            }
        }

        Ended end() throws InterruptedException {
            try {
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as(this::said)
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Ended(process.exitValue(), said(), Duration.ofNanos(System.nanoTime() - nanoTime));
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
            assertThat(process.exitValue()).as(this::said).isEqualTo(137);
        }
    }

    /** How a process ended. */
    record Ended(int exitCode, String said, Duration took) {
        Ended expectDone() {
            assertThat(exitCode).as(said).isZero();
            return this;
        }

        /** The error, which is the last that the program says. */
        String message() {
            assertThat(exitCode).as(said).isEqualTo(1);
            List<String> lines = said.lines().toList();
            int last = lines.size() - 1;
            while (last > 0 && !lines.get(last).startsWith("The stack trace is in ")) {
                last--;
            }
            return last > 0 ? lines.get(last - 1) + "\n" + lines.get(last) : lines.get(lines.size() - 1);
        }
    }

    Started start(String root) throws IOException {
        Path output = Files.createTempFile(directory, "run", ".log");
        long now = System.nanoTime();
        Process process = RetortProcess.start(
                output, hadoop, environment, "run", job.conf().toString(), "--root", root);
        return new Started(process, output, now);
    }

    Ended run(String root) throws IOException, InterruptedException {
        return start(root).end();
    }
}
