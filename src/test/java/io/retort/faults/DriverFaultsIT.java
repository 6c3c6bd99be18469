package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.TinyJob;
import io.retort.faults.Faults.Meeting;
import io.retort.faults.Faults.Operation;
import io.retort.faults.LocalRuns.Ended;
import io.retort.faults.LocalRuns.Started;
import io.retort.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The driver is killed wherever something is just about to be in the store, and in the midst of an epoch; and two drivers work on one root. */
@Tag("faults")
@TestInstance(Lifecycle.PER_CLASS) // one undisturbed run for all
class DriverFaultsIT {
    private static final int SHARDS = TinyJob.TRAIN / TinyJob.SHARD;
    private static final int TEST_SHARDS = TinyJob.TEST / TinyJob.SHARD;
    private static final Operation TRAIN = Operation.open("store/shards/", "io.retort.distill.BatchesAhead");

    @TempDir
    private static Path directory;

    private Results results;
    private TinyJob job;
    private Remains calm;
    private Duration calmTime;

    /**
     * Where the driver is killed.
     *
     * @param before how often the operation happens before the one in which it is killed
     */
    private record Moment(String description, int before, Operation operation) {}

    private static List<Moment> moments() {
        Operation networks = Operation.publish("tensors.safetensors");
        Operation labels = Operation.publish("store/labels/");
        Operation evaluations = Operation.publish("store/evaluations/");
        return List.of(
                new Moment("shards written, their list not", 0, Operation.publish("store/datasets/")),
                new Moment("sharded, the teacher's training begun", 0, TRAIN),
                new Moment("teacher trained, not stored", 0, networks),
                new Moment("teacher's tensors stored, its structure not", 0, Operation.publish("structure.json")),
                new Moment("teacher stored, no labels", 0, labels),
                new Moment("half of the shards labelled", TEST_SHARDS + SHARDS / 2, labels),
                new Moment("teacher evaluated, its figures not stored", 0, evaluations),
                new Moment("in the midst of the teacher's second epoch", SHARDS + SHARDS / 2, TRAIN),
                new Moment(
                        "student and baseline in training, in the midst of their epochs",
                        (TinyJob.EPOCHS + 2) * SHARDS + SHARDS / 2,
                        TRAIN),
                new Moment(
                        "the first epoch of student or baseline ended, no checkpoint of it",
                        TinyJob.EPOCHS,
                        Operation.publish("store/checkpoints/")),
                new Moment("student or baseline trained, not stored", 1, networks),
                new Moment("student and baseline trained, one of them not stored", 2, networks),
                new Moment("student or baseline evaluated, its figures not stored", 1, evaluations),
                new Moment(
                        "student exported as ONNX, its other files not",
                        0,
                        Operation.publish("student-small-seed1.dl4j.zip")),
                new Moment("all exported, no report", 0, Operation.publish("report.json")));
    }

    @BeforeAll
    void runUndisturbed() throws Exception {
        results = Results.of(DriverFaultsIT.class, "local mode, two replicas");
        job = TinyJob.in(directory);
        Faults none = new Faults(directory.resolve("calm-control"));
        Path root = directory.resolve("calm");
        calmTime = runs(none).run(Faults.root(root)).expectDone().took();
        calm = remains(root, 1);
        assertThat(calm.student()).hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void theDriverIsKilled(Moment moment) throws Exception {
        Faults faults =
                new Faults(directory.resolve("control-" + moment.description().replace(' ', '-')));
        Path root = Files.createTempDirectory(directory, "root");
        faults.pass(moment.before(), moment.operation());
        Meeting meeting = faults.hold(moment.operation());
        Started killed = runs(faults).start(Faults.root(root));
        meeting.await(killed::said);
        killed.kill();

        Ended again = runs(faults).run(Faults.root(root)).expectDone();
        assertThat(remains(root, 2)).isEqualTo(calm);
        results.addRestarted(
                "driver killed (kill -9): " + moment.description(),
                "started again, it goes on from there and ends with the same bytes",
                "",
                again.took(),
                calmTime);
    }

    /** One is held in the midst of its work while the other does the whole of it. */
    @Test
    void aSecondDriverOvertakesTheFirst() throws Exception {
        Faults faults = new Faults(directory.resolve("control-overtaken"));
        Path root = directory.resolve("root-overtaken");
        faults.pass(TEST_SHARDS + 2, Operation.publish("store/labels/"));
        Meeting meeting = faults.hold(Operation.publish("store/labels/"));
        Started first = runs(faults).start(Faults.root(root));
        meeting.await(first::said);
        Ended second = runs(faults).run(Faults.root(root)).expectDone();
        meeting.release();
        Ended overtaken = first.end().expectDone();
        assertThat(remains(root, 1, 2)).isEqualTo(calm);
        assertThat(remains(root, 2, 2)).isEqualTo(calm);
        results.add(
                "two drivers on one root: the second does the whole job while the first is held in labelling",
                "both end, with the same bytes",
                "",
                Optional.empty(),
                calmTime,
                second.took().compareTo(overtaken.took()) > 0 ? second.took() : overtaken.took());
    }

    @Test
    void twoDriversStartAtOnce() throws Exception {
        LocalRuns runs = new LocalRuns(job, directory, Map.of(), Map.of());
        Path root = directory.resolve("root-two");
        Started first = runs.start(root.toUri().toString());
        Started second = runs.start(root.toUri().toString());
        first.end().expectDone();
        Ended last = second.end().expectDone();
        assertThat(remains(root, 1, 2)).isEqualTo(calm);
        assertThat(remains(root, 2, 2)).isEqualTo(calm);
        results.add(
                "two drivers on one root, started at once",
                "both end, each with a directory of its own and the same bytes",
                "",
                Optional.empty(),
                calmTime,
                last.took());
    }

    private LocalRuns runs(Faults faults) {
        return new LocalRuns(job, directory, faults.settings(), Map.of());
    }

    private static Remains remains(Path root, int runs) {
        return remains(root, runs, runs);
    }

    private static Remains remains(Path root, int number, int runs) {
        return Remains.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()), number, runs);
    }
}
