package io.retort.run.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Report;
import io.retort.report.SampleReport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunGaugesTest {
    private static final Report REPORT = SampleReport.of("shoes \"new\"", List.of("boot", "bag"));

    private static List<String> lines(Manifest.Status status, String finished, Optional<Report> report) {
        Manifest manifest = new Manifest(
                1,
                REPORT.name(),
                "20260101-000000",
                "key",
                status,
                "2026-01-01T00:00:00Z",
                finished,
                List.of(new Manifest.Stage("tiny seed 1", "f", Manifest.Outcome.DONE, 3.75)),
                "",
                Map.of(),
                "{}");
        return new String(RunGauges.of(manifest, report), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    @Test
    void aRunningOneHasItsStateAndStages() {
        assertThat(lines(Manifest.Status.RUNNING, "", Optional.empty()))
                .containsExactly(
                        "# HELP retort_run_start_timestamp_seconds when it began",
                        "# TYPE retort_run_start_timestamp_seconds gauge",
                        "retort_run_start_timestamp_seconds{recipe=\"shoes \\\"new\\\"\"} 1.7672256E9",
                        "# HELP retort_run_status 1 of the state that the newest run is in",
                        "# TYPE retort_run_status gauge",
                        "retort_run_status{recipe=\"shoes \\\"new\\\"\",status=\"running\"} 1.0",
                        "# HELP retort_stage_seconds time of a stage",
                        "# TYPE retort_stage_seconds gauge",
                        "retort_stage_seconds{recipe=\"shoes \\\"new\\\"\",stage=\"train tiny seed 1\"} 3.75");
    }

    @Test
    void oneThatHasEndedHasTheFiguresOfItsReport() {
        List<String> lines = lines(Manifest.Status.DONE, "2026-01-01T00:01:00Z", Optional.of(REPORT));
        String recipe = "{recipe=\"shoes \\\"new\\\"\"";
        assertThat(lines)
                .contains(
                        "retort_run_end_timestamp_seconds" + recipe + "} 1.76722566E9",
                        "retort_score" + recipe.replace("{", "{metric=\"accuracy\",network=\"teacher\",") + "} 0.9412",
                        "retort_peak_resident_bytes{process=\"driver\"," + recipe.substring(1) + "} 9.437184E8",
                        "retort_peak_resident_bytes{process=\"executor\"," + recipe.substring(1) + "} 1.2582912E9",
                        "retort_rows{part=\"test\"," + recipe.substring(1) + "} 10000.0")
                .anyMatch(
                        line -> line.matches(
                                "retort_score\\{metric=\"accuracy\",network=\"student\",recipe=.*,seed=\"\\d+\",student=\"tiny\"} 0.91"))
                .anyMatch(line -> line.startsWith("retort_score{metric=\"accuracy\",network=\"baseline\","))
                .anyMatch(line -> line.startsWith("retort_gain_low{"))
                .anyMatch(line -> line.startsWith("retort_student_bytes{"))
                .noneMatch(line -> line.contains("status=\"running\""));
    }
}
