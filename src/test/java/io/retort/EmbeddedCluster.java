package io.retort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Spark standalone cluster on the loopback: a master and workers as processes of their own, whose executors are processes too.
 *
 * <p>It needs no Spark distribution, only the jars that Maven resolved and the fat jar, so it is for tests that run after packaging. Closing it ends
 * exactly the processes that it started.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final SparkHome home;
    private final List<Daemon> daemons = new ArrayList<>();
    private final int cores;
    private String master = "";

    private EmbeddedCluster(Path directory, SparkHome home, int cores) {
        this.directory = directory;
        this.home = home;
        this.cores = cores;
    }

    /**
     * Starts a master and workers, and waits until all are registered.
     *
     * @param directory an empty one for Spark's home, work and logs
     */
    public static EmbeddedCluster start(Path directory, int workers, int coresEach) throws IOException {
        return start(directory, SparkHome.in(directory), workers, coresEach);
    }

    /** The same of another Spark than the one that Retort is built for. */
    static EmbeddedCluster start(Path directory, SparkHome home, int workers, int coresEach) throws IOException {
        EmbeddedCluster cluster = new EmbeddedCluster(directory, home, workers * coresEach);
        try {
            cluster.startDaemons(workers, coresEach);
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startDaemons(int workers, int coresEach) throws IOException {
        Daemon first =
                daemon("master", LOOPBACK, "org.apache.spark.deploy.master.Master", "--port", "0", "--webui-port", "0");
        master = first.await(Pattern.compile("Starting Spark master at (spark://\\S+)"));
        List<Daemon> registering = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            registering.add(daemon(
                    "worker-" + i,
                    host(i),
                    "org.apache.spark.deploy.worker.Worker",
                    "--port",
                    "0",
                    "--webui-port",
                    "0",
                    "--cores",
                    Integer.toString(coresEach),
                    "--memory",
                    "4g",
                    "--work-dir",
                    directory.resolve("work-" + i).toString(),
                    master));
        }
        for (Daemon worker : registering) {
            worker.await(Pattern.compile("Successfully registered with master (\\S+)"));
        }
    }

    /** Such as {@code spark://127.0.0.1:34567}. */
    public String master() {
        return master;
    }

    /** Runs {@code retort} with these arguments on every core of the cluster, to its end. */
    public Outcome retort(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments).outcome(Duration.ofMinutes(10));
    }

    /**
     * Starts {@code retort} with these arguments on every core of the cluster.
     *
     * @param sparkOptions for spark-submit, such as {@code --conf}, {@code spark.task.maxFailures=8}
     */
    public Submission start(List<String> sparkOptions, String... arguments) throws IOException {
        List<String> options = new ArrayList<>(List.of("--master", master, "--conf", "spark.cores.max=" + cores));
        options.addAll(sparkOptions);
        return home.submit(options, arguments);
    }

    /** The processes of the executors that run now. */
    public List<ProcessHandle> executors() {
        return daemons.stream()
                .flatMap(daemon -> daemon.process.descendants())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    @Override
    public void close() {
        List<ProcessHandle> executors = executors();
        for (int i = daemons.size() - 1; i >= 0; i--) {
            daemons.get(i).end();
        }
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    /** Each worker has an address of its own, since Spark starts no speculative copy of a task on the host that runs it. */
    private static String host(int worker) {
        return "127.0.0." + (worker + 1);
    }

    private Daemon daemon(String name, String host, String mainClass, String... arguments) throws IOException {
        List<String> line = home.java("-Xmx512m");
        line.addAll(List.of(mainClass, "--host", host));
        line.addAll(List.of(arguments));
        Daemon daemon =
                new Daemon(name, home.process(line).redirectErrorStream(true).start());
        daemons.add(daemon);
        return daemon;
    }

    /**
     * How a program ended.
     *
     * @param log where its standard error is
     */
    public record Outcome(int exitCode, String out, Path log) {
        /** The end of the log, for the message of a failed assertion. */
        public String logTail() {
            try {
                List<String> lines = Files.readAllLines(log);
                return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A program under way. */
    public record Submission(Process driver, Path out, Path log) {
        public Outcome outcome(Duration patience) throws IOException, InterruptedException {
            if (!driver.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                driver.destroyForcibly().waitFor();
                throw new IllegalStateException("not finished after " + patience + "; log: " + log);
            }
            return new Outcome(driver.exitValue(), Files.readString(out), log);
        }
    }

    /** A master or a worker; a thread reads what it says until it ends. */
    private final class Daemon {
        private final String name;
        private final Process process;
        private final List<String> said = new ArrayList<>();
        private final List<Expectation> expectations = new ArrayList<>();

        private record Expectation(Pattern pattern, CompletableFuture<String> found) {
            private void look(String line) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    found.complete(matcher.group(1));
                }
            }
        }

        private Daemon(String name, Process process) {
            this.name = name;
            this.process = process;
            Thread reader = new Thread(this::read, "reader of " + name);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    heard(line);
                }
            } catch (IOException e) {
                heard("cannot read further: " + e);
            }
            ended();
        }

        private synchronized void heard(String line) {
            said.add(line);
            expectations.forEach(expectation -> expectation.look(line));
        }

        private synchronized void ended() {
            IllegalStateException failure = new IllegalStateException(name + " ended:\n" + String.join("\n", said));
            expectations.forEach(expectation -> expectation.found().completeExceptionally(failure));
        }

        private synchronized CompletableFuture<String> expect(Pattern pattern) {
            Expectation expectation = new Expectation(pattern, new CompletableFuture<>());
            expectations.add(expectation);
            said.forEach(expectation::look);
            return expectation.found();
        }

        /** The first group of the first line that matches. */
        private String await(Pattern pattern) {
            try {
                return expect(pattern).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException(name + " did not say " + pattern, e);
            }
        }

        private void end() {
            process.destroy();
            Processes.awaitEnd(process);
        }
    }
}
