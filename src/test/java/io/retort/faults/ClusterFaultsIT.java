package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.EmbeddedCluster;
import io.retort.TinyJob;
import io.retort.faults.Faults.Meeting;
import io.retort.faults.Faults.Met;
import io.retort.faults.Faults.Operation;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of executors, on a standalone cluster of a master and two workers with an executor each, all processes of their own.
 *
 * <p>The file system holds an operation, and while it is held the fault is done to its process: so each happens in the midst of a task.
 */
@TestInstance(Lifecycle.PER_CLASS) // one cluster and one undisturbed run for all
class ClusterFaultsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final Operation LABEL = Operation.begin("store/labels/");
    private static final Operation TRAIN = Operation.open("store/shards/", "io.retort.distill.BatchesAhead");
    private static final Operation EVALUATE = Operation.open("store/shards/", "io.retort.evaluate.Evaluator");

    private static final int SHARDS = TinyJob.TRAIN / TinyJob.SHARD;
    private static final int TEST_SHARDS = TinyJob.TEST / TinyJob.SHARD;
    /** The shards that the teacher's training opens, which nothing runs beside, until it is in the midst of its last epoch. */
    private static final int INTO_LAST_EPOCH = (TinyJob.EPOCHS - 1) * SHARDS + 3;

    private static final String SAME = "the run goes on by itself and ends with the same bytes";

    @TempDir
    private static Path directory;

    private Results results;
    private TinyJob job;
    private EmbeddedCluster cluster;
    private final List<Process> drivers = new ArrayList<>();
    private Remains calm;
    private Duration calmTime;

    @BeforeAll
    void runUndisturbed() throws Exception {
        results = Results.of(ClusterFaultsIT.class, "standalone cluster, two executors");
        job = TinyJob.in(directory);
        FaultyJar.write(directory.resolve("faulty.jar"));
        cluster = EmbeddedCluster.start(Files.createDirectory(directory.resolve("cluster")), 2, 1);
        Disturbance none = new Disturbance("calm");
        none.start();
        calmTime = none.end();
        calm = none.remains(1);
        assertThat(calm.student()).hasSize(5);
        assertThat(calm.labels()).hasSize(SHARDS + TEST_SHARDS);
    }

    /** A driver that a failed test left would keep the executors from those to come. */
    @AfterEach
    void endDrivers() {
        drivers.forEach(Process::destroyForcibly);
        drivers.clear();
    }

    @AfterAll
    void endCluster() {
        cluster.close();
    }

    @Test
    void anExecutorIsKilledWhileLabelling() throws Exception {
        killed("executor killed (kill -9) while labelling", LABEL, TEST_SHARDS + 2);
    }

    @Test
    @Tag("faults")
    void anExecutorIsKilledWhileTraining() throws Exception {
        killed("executor killed (kill -9) while training, in the midst of an epoch", TRAIN, INTO_LAST_EPOCH);
    }

    @Test
    @Tag("faults")
    void anExecutorIsKilledWhileEvaluating() throws Exception {
        killed("executor killed (kill -9) while evaluating", EVALUATE, TEST_SHARDS + 1);
    }

    @Test
    @Tag("faults")
    void bothExecutorsAreKilledWhileTraining() throws Exception {
        Disturbance disturbance = new Disturbance("both");
        disturbance.faults.pass(INTO_LAST_EPOCH + 1, TRAIN);
        Meeting first = disturbance.faults.hold(TRAIN);
        Meeting second = disturbance.faults.hold(TRAIN);
        disturbance.start();
        Met one = first.await(disturbance::log);
        Met other = second.await(disturbance::log);
        assertThat(one.pid()).isNotEqualTo(other.pid());
        Meeting again = disturbance.faults.watch(TRAIN);
        long fault = System.nanoTime();
        one.process().destroyForcibly();
        other.process().destroyForcibly();
        again.await(disturbance::log);
        disturbance.expectSame("both executors killed (kill -9) at once while training", SAME, since(fault));
    }

    private void killed(String fault, Operation operation, int before) throws Exception {
        Disturbance disturbance = new Disturbance("killed-" + operation.name() + before);
        disturbance.faults.pass(before, operation);
        Meeting meeting = disturbance.faults.hold(operation);
        disturbance.start();
        Met met = meeting.await(disturbance::log);
        Meeting again = disturbance.faults.watch(operation.on(met));
        long killed = System.nanoTime();
        met.process().destroyForcibly();
        assertThat(again.await(disturbance::log).pid()).isNotEqualTo(met.pid());
        disturbance.expectSame(fault, SAME, since(killed));
    }

    @Test
    @Tag("faults")
    void aTaskFailsThreeTimes() throws Exception {
        Disturbance disturbance = new Disturbance("three");
        List<Meeting> failures = disturbance.faults.fail(
                3, Operation.begin(aLabelFile(), "io.retort.label.LabelStore"), "the disk is away");
        Meeting fourth = disturbance.faults.watch(Operation.begin(aLabelFile(), "io.retort.label.LabelStore"));
        disturbance.start();
        failures.get(0).await(disturbance::log);
        long fault = System.nanoTime();
        fourth.await(disturbance::log);
        disturbance.expectSame("a task fails three times", SAME, since(fault));
    }

    @Test
    @Tag("faults")
    void aTaskFailsFourTimes() throws Exception {
        Disturbance disturbance = new Disturbance("four");
        disturbance.faults.fail(4, Operation.begin(aLabelFile(), "io.retort.label.LabelStore"), "the disk is away");
        disturbance.start();
        EmbeddedCluster.Outcome outcome = disturbance.submission.outcome(PATIENCE);
        assertThat(outcome.exitCode()).as(outcome::logTail).isEqualTo(1);
        String message = disturbance.failure();
        assertThat(message)
                .matches("cannot write faulty:\\S+/store/labels/\\S+/" + aLabelFile() + ": the disk is away\n"
                        + "The stack trace is in \\S+/runs/tiny/\\S+/log");
        disturbance.start();
        Duration again = disturbance.end();
        assertThat(disturbance.remains(2)).isEqualTo(calm);
        results.addRestarted(
                "a task fails four times (spark.task.maxFailures)",
                "the run fails with the error; started again, it ends with the same bytes",
                message.replace(disturbance.root.toString(), "ROOT"),
                again,
                calmTime);
    }

    @Test
    @Tag("faults")
    void speculationOvertakesALabellingTaskThatHangs() throws Exception {
        speculation("speculation on, a labelling task hangs for ever", LABEL, TEST_SHARDS + 2);
    }

    @Test
    @Tag("faults")
    void aTrainingTaskThatHangsIsGivenUp() throws Exception {
        Disturbance disturbance = new Disturbance("hanging-training");
        disturbance.faults.pass(INTO_LAST_EPOCH, TRAIN);
        Meeting hanging = disturbance.faults.hold(TRAIN);
        disturbance.start(impatient());
        Met met = hanging.await(disturbance::log);
        Meeting again = disturbance.faults.watch(TRAIN.on(met));
        long begun = System.nanoTime();
        again.await(disturbance::log);
        disturbance.expectSame(
                "a training task hangs for ever, spark.network.timeout 15 s",
                "the other one gives up after the timeout, and the steps are made again; the same bytes",
                since(begun));
    }

    /** Nobody releases the task: the run only ends if its copy counts. */
    private void speculation(String fault, Operation operation, int before) throws Exception {
        Disturbance disturbance = new Disturbance("speculation-" + operation.name());
        disturbance.faults.pass(before, operation);
        Meeting hanging = disturbance.faults.hold(operation);
        disturbance.start(
                "spark.speculation=true",
                "spark.speculation.interval=100ms",
                "spark.speculation.quantile=0.5",
                "spark.speculation.multiplier=1.1",
                "spark.speculation.minTaskRuntime=200ms");
        Met met = hanging.await(disturbance::log);
        Meeting copy = disturbance.faults.watch(operation.on(met));
        long begun = System.nanoTime();
        assertThat(copy.await(disturbance::log).pid()).isNotEqualTo(met.pid());
        disturbance.expectSame(fault, "a copy of the task overtakes it; the same bytes", since(begun));
    }

    @Test
    @Tag("faults")
    void allWaitForAStraggler() throws Exception {
        Disturbance disturbance = new Disturbance("straggler");
        disturbance.faults.pass(TEST_SHARDS + 2, LABEL);
        Meeting straggler = disturbance.faults.hold(LABEL);
        disturbance.start();
        Met met = straggler.await(disturbance::log);
        disturbance.awaitAllLabelsBut(met);
        long fault = System.nanoTime();
        straggler.release();
        disturbance.expectSame("a straggler, speculation off", "the others wait for it; the same bytes", since(fault));
    }

    @Test
    @Tag("faults")
    void anExecutorIsStoppedAndGoesOn() throws Exception {
        Disturbance disturbance = new Disturbance("stopped");
        disturbance.faults.pass(TEST_SHARDS + 2, LABEL);
        Meeting meeting = disturbance.faults.hold(LABEL);
        disturbance.start();
        Met met = meeting.await(disturbance::log);
        signal("STOP", met);
        meeting.release();
        disturbance.awaitAllLabelsBut(met);
        long fault = System.nanoTime();
        signal("CONT", met);
        disturbance.expectSame(
                "executor stopped (SIGSTOP), continued (SIGCONT) within spark.network.timeout",
                "the others wait for it; the same bytes",
                since(fault));
    }

    @Test
    @Tag("faults")
    void anExecutorIsStoppedForEver() throws Exception {
        stopped(
                "stopped-for-ever",
                "executor stopped (SIGSTOP) and never continued, spark.network.timeout 15 s",
                LABEL,
                2 + TEST_SHARDS);
    }

    @Test
    @Tag("faults")
    void anExecutorIsStoppedForEverWhileTraining() throws Exception {
        stopped(
                "stopped-training",
                "executor stopped (SIGSTOP) while training and never continued, spark.network.timeout 15 s",
                TRAIN,
                INTO_LAST_EPOCH);
    }

    private void stopped(String name, String fault, Operation operation, int before) throws Exception {
        Disturbance disturbance = new Disturbance(name);
        disturbance.faults.pass(before, operation);
        Meeting meeting = disturbance.faults.hold(operation);
        disturbance.start(impatient());
        Met met = meeting.await(disturbance::log);
        Meeting again = disturbance.faults.watch(operation.on(met));
        long stopped = System.nanoTime();
        signal("STOP", met);
        assertThat(again.await(disturbance::log).pid()).isNotEqualTo(met.pid());
        Duration recovery = since(stopped);
        disturbance.expectSame(fault, "it is given up after the timeout and replaced; the same bytes", recovery);
        // The worker ends what does not answer.
        Optional<ProcessHandle> left = ProcessHandle.of(met.pid());
        if (left.isPresent()) {
            left.get().onExit().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    @Tag("faults")
    void anExecutorComesBackAfterItWasReplaced() throws Exception {
        Disturbance disturbance = new Disturbance("back");
        disturbance.faults.pass(TEST_SHARDS + 2, LABEL);
        Meeting meeting = disturbance.faults.hold(LABEL);
        disturbance.start(impatient());
        Met met = meeting.await(disturbance::log);
        Meeting again = disturbance.faults.hold(LABEL.on(met));
        long stopped = System.nanoTime();
        signal("STOP", met);
        again.await(disturbance::log);
        Duration recovery = since(stopped);
        // Both are about to write the same label file.
        meeting.release();
        signal("CONT", met);
        again.release();
        disturbance.expectSame(
                "executor stopped (SIGSTOP), continued (SIGCONT) after it was replaced: two write one label file",
                "the file is there once; the same bytes",
                recovery);
    }

    /** Timeouts that find a dead executor soon; the relations are those of Spark's defaults (heartbeat 10 s, network timeout 120 s). */
    private static String[] impatient() {
        return new String[] {
            "spark.network.timeout=15s", "spark.network.timeoutInterval=2s", "spark.executor.heartbeatInterval=1s"
        };
    }

    /** One that is labelled among the last. */
    private String aLabelFile() {
        String path = calm.labels().keySet().iterator().next();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static void signal(String name, Met met) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(met.pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }

    /** A root of its own, orders for the file system, and a run. */
    private final class Disturbance {
        private final Path root;
        private final Faults faults;
        private EmbeddedCluster.Submission submission;
        private long started;

        private Disturbance(String name) throws IOException {
            root = Files.createDirectories(directory.resolve(name).resolve("root"));
            faults = new Faults(directory.resolve(name).resolve("control"));
        }

        private void start(String... sparkSettings) throws IOException {
            List<String> options = new ArrayList<>(FaultyJar.sparkOptions(directory.resolve("faulty.jar")));
            faults.settings()
                    .forEach((key, value) -> options.addAll(List.of("--conf", "spark.hadoop." + key + "=" + value)));
            for (String setting : sparkSettings) {
                options.addAll(List.of("--conf", setting));
            }
            started = System.nanoTime();
            submission = cluster.start(options, "run", job.conf().toString(), "--root", Faults.root(root));
            drivers.add(submission.driver());
        }

        private String log() {
            try {
                return Files.readString(submission.log());
            } catch (IOException e) {
                return e.toString();
            }
        }

        /** The last lines that the program said: its error. */
        private String failure() {
            List<String> lines = log().lines().toList();
            int last = lines.size() - 1;
            while (!lines.get(last).startsWith("The stack trace is in ")) {
                last--;
            }
            return lines.get(last - 1) + "\n" + lines.get(last);
        }

        private void awaitAllLabelsBut(Met one) throws IOException, InterruptedException {
            Path set = Path.of(one.path()).getParent();
            Faults.Waiting.until(set, () -> labelFiles(set) == SHARDS + TEST_SHARDS - 1, this::log);
        }

        private Duration end() throws IOException, InterruptedException {
            EmbeddedCluster.Outcome outcome = submission.outcome(PATIENCE);
            Duration took = since(started);
            assertThat(outcome.exitCode()).as(outcome::logTail).isZero();
            return took;
        }

        private Remains remains(int runs) {
            return Remains.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()), runs);
        }

        private void expectSame(String fault, String outcome, Duration recovery) throws Exception {
            Duration took = end();
            assertThat(remains(1)).isEqualTo(calm);
            results.add(fault, outcome, "", Optional.of(recovery), calmTime, took);
        }
    }

    private static long labelFiles(Path set) {
        try (Stream<Path> files = Files.list(set)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .count();
        } catch (IOException e) {
            return 0;
        }
    }
}
