package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The examples under submit-scripts/schedule are well-formed, and do with the exit codes what they say. */
class ScheduleTest {
    private static final Path SCHEDULE = Path.of("submit-scripts", "schedule");

    @TempDir
    private Path directory;

    @Test
    void eachCallsTheCommand() throws IOException {
        try (Stream<Path> files = Files.list(SCHEDULE)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(
                            "retort-retrain-cronjob.yaml",
                            "retort-retrain.cron",
                            "retort-retrain.service",
                            "retort-retrain.timer",
                            "retort_retrain_dag.py");
        }
        for (String file : List.of("retort-retrain-cronjob.yaml", "retort-retrain.service")) {
            assertThat(Files.readString(SCHEDULE.resolve(file)))
                    .contains("/opt/retort/submit-scripts/retort retrain /etc/retort/retrain.conf --root /srv/retort");
        }
    }

    @Test
    @SuppressWarnings("unchecked") // YAML is maps and lists
    void theCronJobIsOneAndTakesNothingToDoForSuccess() throws Exception {
        Map<String, Object> job;
        try (InputStream in = Files.newInputStream(SCHEDULE.resolve("retort-retrain-cronjob.yaml"))) {
            job = new Yaml().load(in);
        }
        assertThat(job).containsEntry("apiVersion", "batch/v1").containsEntry("kind", "CronJob");
        Map<String, Object> spec = (Map<String, Object>) job.get("spec");
        assertThat(spec).containsEntry("concurrencyPolicy", "Forbid");
        Map<String, Object> jobSpec = child(child(spec, "jobTemplate"), "spec");
        Map<String, Object> pod = child(child(jobSpec, "template"), "spec");
        assertThat(pod).containsEntry("restartPolicy", "Never"); // a pod failure policy demands it
        Map<String, Object> container = ((List<Map<String, Object>>) pod.get("containers")).get(0);
        Map<String, Object> rule = child(
                ((List<Map<String, Object>>) child(jobSpec, "podFailurePolicy").get("rules")).get(0), "onExitCodes");
        assertThat(rule).containsEntry("containerName", container.get("name")).containsEntry("values", List.of(2, 4));
        String script = ((List<String>) container.get("args")).get(0);
        for (int code = 0; code <= 5; code++) {
            assertThat(exitCode(script, code)).isEqualTo(code == 3 ? 0 : code);
        }
    }

    @Test
    void cronSaysNothingWhereThereIsNothingToSay() throws Exception {
        List<String> lines = Files.readAllLines(SCHEDULE.resolve("retort-retrain.cron"));
        String entry = lines.get(lines.size() - 1);
        // five fields of time, the user, the command, in which cron takes an unescaped % for the end of a line
        String[] fields = entry.split("\\s+", 7);
        assertThat(String.join(" ", fields[0], fields[1], fields[2], fields[3], fields[4]))
                .isEqualTo("17 2 * * *");
        assertThat(fields[6].replace("\\%", "")).doesNotContain("%");
        String command = fields[6].replace("\\%", "%");
        for (int code = 0; code <= 5; code++) {
            String printed = printed("RETORT=" + fake(code) + " RECIPE=r ROOT=x; " + command);
            if (code == 0 || code == 3) {
                assertThat(printed).isEmpty();
            } else {
                assertThat(printed).isEqualTo("exit code " + code + "\nretrain r --root x\n");
            }
        }
    }

    @Test
    void systemdAcceptsTheUnits() throws Exception {
        assertThat(Files.readString(SCHEDULE.resolve("retort-retrain.service")))
                .contains("\nSuccessExitStatus=3 5\n", "\nRestartPreventExitStatus=2 4\n", "\nType=oneshot\n");
        assertThat(Files.readString(SCHEDULE.resolve("retort-retrain.timer")))
                .contains("\nOnCalendar=*-*-* 02:17:00\n", "\nPersistent=true\n", "\nWantedBy=timers.target\n");
        assumeTrue(found("systemd-analyze"), "no systemd-analyze on this machine");
        List<String> paths = new ArrayList<>();
        for (String unit : List.of("retort-retrain.service", "retort-retrain.timer")) {
            // a program that exists: the launcher is not under /opt on the machine of this test
            String text =
                    Files.readString(SCHEDULE.resolve(unit)).replace("/opt/retort/submit-scripts/retort", "/bin/true");
            paths.add(Files.writeString(directory.resolve(unit), text).toString());
        }
        assertThat(printed("systemd-analyze verify --man=no " + String.join(" ", paths))
                        .lines())
                .filteredOn(line -> line.contains("retort-retrain"))
                .isEmpty();
    }

    @Test
    void theDagCompiles() throws Exception {
        assertThat(Files.readString(SCHEDULE.resolve("retort_retrain_dag.py")))
                .contains("PROMOTED, FAILED, BAD_CONFIGURATION, NOTHING_TO_DO, REFUSED, LOCKED = range(6)");
        assumeTrue(found("python3"), "no python3 on this machine");
        Path copy = Files.copy(SCHEDULE.resolve("retort_retrain_dag.py"), directory.resolve("dag.py"));
        assertThat(printed("python3 -m py_compile " + copy)).isEmpty();
    }

    @SuppressWarnings("unchecked") // YAML is maps and lists
    private static Map<String, Object> child(Map<String, Object> parent, String key) {
        return (Map<String, Object>) parent.get(key);
    }

    /** A program that says its arguments and ends with a code. */
    private Path fake(int code) throws IOException {
        Path program = directory.resolve("fake-" + code);
        Files.writeString(program, "#!/bin/sh\necho \"$@\"\nexit " + code + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private int exitCode(String script, int code) throws Exception {
        String here =
                script.replace("/opt/retort/submit-scripts/retort", fake(code).toString());
        Process process = new ProcessBuilder("/bin/bash", "-c", here)
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    private String printed(String command) throws Exception {
        Process process = new ProcessBuilder("/bin/bash", "-c", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return text;
    }

    private static boolean found(String program) throws Exception {
        return new ProcessBuilder("/bin/sh", "-c", "command -v " + program)
                        .start()
                        .waitFor()
                == 0;
    }
}
