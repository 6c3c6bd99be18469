package io.retort.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;

/** Holds a lease in a process of its own; for each line that it reads it says whether it still does. */
final class LeaseHolderProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private LeaseHolderProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static LeaseHolderProcess start(Path directory, Duration period) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeaseHolderProcess.class.getName(),
                        directory.toString(),
                        period.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        LeaseHolderProcess holder = new LeaseHolderProcess(process);
        String first = holder.line();
        if (!"held".equals(first)) {
            throw new IOException("the other process said " + first);
        }
        return holder;
    }

    long pid() {
        return process.pid();
    }

    /** Asks whether it holds the lease. */
    String ask() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append("?\n").flush();
        return line();
    }

    private String line() throws IOException {
        return output.readLine();
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    void killAndWait() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws IOException {
        Storage storage = Storage.of(new Configuration());
        org.apache.hadoop.fs.Path directory = new org.apache.hadoop.fs.Path("file:" + arguments[0]);
        Lease.Terms terms = new Lease.Terms(Duration.parse(arguments[1]), Duration.ZERO);
        Lease lease = Lease.acquire(storage, directory, "the other's work", terms, Clock.systemUTC());
        System.out.println("held");
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (questions.readLine() != null) {
            try {
                lease.requireHeld();
                System.out.println("held");
            } catch (Lease.LostException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
