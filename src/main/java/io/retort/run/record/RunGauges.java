package io.retort.run.record;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.retort.config.Names;
import io.retort.report.Figures;
import io.retort.report.Report;
import io.retort.report.Report.ChallengeSection;
import io.retort.report.StudentSection;
import io.retort.report.SummarySection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code <run>/metrics.prom}: a run's state and figures in Prometheus' text format, for the textfile collector of
 * node_exporter.
 *
 * <p>Series are called by the recipe and not by the run, so that every night goes on with those of the night before.
 */
final class RunGauges {
    /** Below the run's directory. */
    static final String FILE = "metrics.prom";

    private static final double MILLIS = 1000;

    private final String recipe;
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();

    private RunGauges(String recipe) {
        this.recipe = recipe;
    }

    /** @param report nothing while the run goes on, and where it failed */
    static byte[] of(Manifest manifest, Optional<Report> report) {
        RunGauges all = new RunGauges(manifest.name());
        all.add("run_status", "1 of the state that the newest run is in", 1, "status", Names.kebab(manifest.status()));
        all.add("run_start_timestamp_seconds", "when it began", seconds(manifest.started()));
        if (!manifest.finished().isEmpty()) {
            all.add("run_end_timestamp_seconds", "when it ended", seconds(manifest.finished()));
        }
        Map<String, Double> timings = new TreeMap<>(report.map(Report::timings).orElseGet(Map::of));
        manifest.stages().forEach(stage -> timings.putIfAbsent(Report.training(stage.name()), stage.seconds()));
        timings.forEach((stage, time) -> all.add("stage_seconds", "time of a stage", time, "stage", stage));
        report.ifPresent(all::add);
        return all.bytes();
    }

    private static double seconds(String time) {
        return Instant.parse(time).toEpochMilli() / MILLIS;
    }

    private void add(Report report) {
        report.throughput()
                .forEach((stage, rate) ->
                        add("stage_rows_per_second", "rows of a stage in a second", rate, "stage", stage));
        Map<String, Long> peaks = new TreeMap<>(); // executors have other numbers every night
        report.peakMemory().forEach((process, bytes) -> peaks.merge(process.replaceFirst(" .*", ""), bytes, Math::max));
        peaks.forEach((process, bytes) ->
                add("peak_resident_bytes", "most resident memory of a process", (double) bytes, "process", process));
        Report.DatasetSection data = report.dataset();
        rows("train", data.trainSamples());
        rows("train-labelled", data.trainLabelled());
        data.validation().ifPresent(rows -> rows("validation", rows.samples()));
        rows("test", data.testSamples());
        add(
                "warnings",
                "sentences among the report's warnings",
                report.warnings().size());
        score(report, "teacher", report.teacher().figures());
        report.students().forEach(student -> add(report, student));
        report.summary().forEach(this::add);
        report.challenges().forEach(challenge -> add(report, challenge));
    }

    private void rows(String part, long rows) {
        add("rows", "rows of a part of the data", (double) rows, "part", part);
    }

    private void score(Report report, String network, Figures figures, String... more) {
        String[] labels = new String[more.length + 4];
        labels[0] = "network";
        labels[1] = network;
        labels[2] = "metric";
        labels[3] = report.dataset().score();
        System.arraycopy(more, 0, labels, 4, more.length);
        add("score", "score on the held-out rows", figures.accuracy(), labels);
    }

    private void add(Report report, StudentSection student) {
        String[] whose = {"student", student.name(), "seed", Long.toString(student.seed())};
        Figures figures = student.distilled();
        score(report, "student", figures, whose);
        student.baseline().ifPresent(baseline -> score(report, "baseline", baseline, whose));
        student.control().ifPresent(control -> score(report, "control", control, whose));
        figures.bytes().ifPresent(bytes -> add("student_bytes", "bytes of the ONNX file", (double) bytes, whose));
        add("student_p50_seconds", "median time of one row", figures.latency().p50() / MILLIS, whose);
    }

    private void add(SummarySection summary) {
        summary.comparison().ifPresent(gain -> {
            add("gain", "score less that of the baseline, mean over the seeds", gain.gain(), "student", summary.name());
            add("gain_low", "lower end of its 95 % interval", gain.low(), "student", summary.name());
            add("gain_high", "upper end of its 95 % interval", gain.high(), "student", summary.name());
        });
    }

    private void add(Report report, ChallengeSection challenge) {
        challenge.contenders().stream()
                .filter(contender -> !contender.name().equals("teacher"))
                .forEach(contender -> contender
                        .figures()
                        .forEach(figures -> score(
                                report,
                                contender.name().replaceFirst(" .*", ""),
                                figures,
                                "model",
                                challenge.model())));
        add(
                "promoted",
                "whether the challenger became the champion",
                challenge.outcome() == ChallengeSection.Outcome.PROMOTED ? 1 : 0,
                "model",
                challenge.model());
        add("champion_version", "the champion, 0 for none", challenge.champion(), "model", challenge.model());
    }

    /** @param labels names and values in turn, besides the recipe */
    private void add(String name, String help, double value, String... labels) {
        gauges.computeIfAbsent(
                        name,
                        unseen -> GaugeSnapshot.builder().name("retort_" + name).help(help))
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of("recipe", recipe).merge(Labels.of(labels)))
                        .build());
    }

    private byte[] bytes() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, all.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array takes whatever is written
        }
        return out.toByteArray();
    }
}
