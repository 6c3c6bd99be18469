package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the launcher shows of secrets. */
class DryRunIT {
    @Test
    void printsTheCommandLineWithoutSecrets() throws Exception {
        List<String> line = new ArrayList<>(List.of("submit-scripts/retort", "--dry-run", "--master", "local[2]"));
        for (String setting : List.of(
                "spark.hadoop.fs.s3a.secret.key=hunter2",
                "spark.hadoop.fs.s3a.bucket.data.session.token=hunter2",
                "spark.hadoop.javax.jdo.option.ConnectionURL=jdbc://somebody:hunter2@host/db",
                "spark.task.maxFailures=7")) {
            line.addAll(List.of("--conf", setting));
        }
        line.addAll(List.of("run", "conf/quickstart.conf", "--root", "s3a://somebody:hunter2@bucket/root"));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed)
                .doesNotContain("hunter2")
                .contains("spark.hadoop.fs.s3a.secret.key=")
                .contains("redacted")
                .contains("spark.task.maxFailures=7");
    }
}
