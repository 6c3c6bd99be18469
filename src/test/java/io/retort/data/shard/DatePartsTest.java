package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dates as numbers, out of texts of CSV and out of Spark's dates and timestamps. */
class DatePartsTest {
    private static final String ALL = "parts = [year, month, day, weekday, hour, minute, day-of-year]";

    @TempDir
    private Path directory;

    private Dataset dataset(String settings) {
        return new Sharding(LocalSpark.context(), Storage.of(new Configuration()), root())
                .shard(FrameSources.bound("paths = [\"" + directory.resolve("rows") + "\"], " + settings), 64);
    }

    private org.apache.hadoop.fs.Path root() {
        return new org.apache.hadoop.fs.Path(directory.resolve("root").toString());
    }

    private List<String> rows(String settings) {
        return FrameSources.described(new ShardStore(Storage.of(new Configuration()), root()), dataset(settings))
                .stream()
                .map(row -> row.substring(row.indexOf('[')))
                .toList();
    }

    private void csv(String rows) throws IOException {
        Files.createDirectories(directory.resolve("rows"));
        Files.writeString(directory.resolve("rows/a.csv"), rows);
    }

    private static String dates(String more) {
        return "kind = csv, dates = [{ column = day, " + ALL + more + " }]";
    }

    @Test
    void textsOfIso8601() throws IOException {
        // 1 December 2026 is a Tuesday; 29 February 2024 a Thursday; of 1899 a Sunday
        csv("""
                x,day,y
                1,2026-12-01,0
                2,2024-02-29T23:59:58,1
                3,1899-12-31 06:30,0
                4,2026-12-31T23:30:00Z,0
                5,2026-12-31T23:30:00.25-02:00,0
                """);
        assertThat(rows(dates("")))
                .containsExactly(
                        "[1.0, 2026.0, 12.0, 1.0, 2.0, 0.0, 0.0, 335.0]",
                        "[2.0, 2024.0, 2.0, 29.0, 4.0, 23.0, 59.0, 60.0]",
                        "[3.0, 1899.0, 12.0, 31.0, 7.0, 6.0, 30.0, 365.0]",
                        "[4.0, 2026.0, 12.0, 31.0, 4.0, 23.0, 30.0, 365.0]",
                        "[5.0, 2027.0, 1.0, 1.0, 5.0, 1.0, 30.0, 1.0]");
        assertThat(rows(dates(", zone = Asia/Kathmandu")).get(3))
                .as("5:45 ahead, of instants only")
                .isEqualTo("[4.0, 2027.0, 1.0, 1.0, 5.0, 5.0, 15.0, 1.0]");
        assertThat(rows(dates(", zone = Asia/Kathmandu")).subList(0, 3))
                .isEqualTo(rows(dates("")).subList(0, 3));
        assertThat(dataset(dates("")).schema().input().names()).startsWith("x", "day_year", "day_month");
    }

    @Test
    void textsOfADeclaredFormat() throws IOException {
        csv("x,day,y\n1,29.02.2024,0\n");
        assertThat(rows("kind = csv, dates = [{ column = day, parts = [month, day], format = dd.MM.yyyy }]"))
                .containsExactly("[1.0, 2.0, 29.0]");
        csv("x,day,y\n1,30.02.2024,0\n");
        assertThatThrownBy(
                        () -> rows("kind = csv, dates = [{ column = day, parts = [month, day], format = dd.MM.yyyy }]"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(
                        "a.csv:2 column day: must be a date of the format dd.MM.yyyy, was \"30.02.2024\"");
    }

    @Test
    void cyclicPartsAreSineAndCosine() throws IOException {
        csv("x,day,y\n1,2026-03-01T18:00,0\n");
        // March: a quarter of the year after January; 18 hours: three quarters of a day
        assertThat(rows("kind = csv, dates = [{ column = day, parts = [year, hour], form = cyclic }]"))
                .containsExactly("[1.0, 2026.0, -1.0, -1.8369701E-16]");
        Dataset dataset = dataset("kind = csv, dates = [{ column = day, parts = [month, hour], form = cyclic }]");
        assertThat(dataset.schema().input().names())
                .containsExactly("x", "day_month_sin", "day_month_cos", "day_hour_sin", "day_hour_cos");
    }

    @Test
    void missingDatesFollowMissing() throws IOException {
        csv("x,day,y\n1,,0\n2,2026-12-01,0\n");
        assertThatThrownBy(() -> rows(dates("")))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("a.csv:2 column day: must be a date such as 2026-12-01")
                .hasMessageContaining("was empty; where dates may be missing, set missing = [\"\"]");
        Dataset kept = dataset(dates("").replace(ALL, "parts = [month, hour]") + ", missing = [\"\"]");
        assertThat(kept.schema().input().names()).containsExactly("x", "day_month", "day_hour");
        assertThat(kept.samples()).isEqualTo(2);
    }

    @Test
    void sparkGivesTheSameOfDatesAndTimestamps() throws IOException {
        csv("x,day,y\n1,2026-12-01,0\n2,2024-02-29T23:59:58,1\n3,1899-12-31T06:30:00,0\n");
        List<String> wanted = rows(dates(""));
        String frame =
                "format = csv, options { header = true }, schema = \"x INT, day STRING, y INT\", dates = [{ column = day, "
                        + ALL + " }], select = [x, y, \"%s AS day\"]";
        assertThat(rows(String.format(frame, "to_timestamp(day)"))).isEqualTo(wanted);
        assertThat(rows(String.format(frame, "to_timestamp_ntz(day)"))).isEqualTo(wanted);
        assertThat(rows(String.format(frame, "to_date(day)"))).first().isEqualTo(wanted.get(0));
        assertThat(rows(String.format(frame, "to_timestamp(day)").replace(ALL, ALL + ", zone = Asia/Kathmandu"))
                        .get(1))
                .isEqualTo("[2.0, 2024.0, 3.0, 1.0, 5.0, 5.0, 44.0, 61.0]");
        assertThatThrownBy(() -> rows(String.format(frame, "day")))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(
                        "column day is of type string: a date must be a date or a timestamp; make one in select");
        assertThatThrownBy(() -> rows(String.format(frame, "try_to_timestamp('none')")))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("column day_year: must be a finite number, was null; missing = keep keeps");
        assertThat(dataset(String.format(frame, "try_to_timestamp('none')") + ", missing = keep")
                        .samples())
                .isEqualTo(3);
    }

    @Test
    void refusesSettingsThatSayNothing() {
        refuses("parts = []", "dates[0].parts: must name at least one of year, month");
        refuses("parts = [month], zone = Rome", "dates[0].zone: must be a time zone such as Europe/Rome");
        refuses("parts = [month], format = bb", "dates[0].format: must be a pattern such as dd.MM.yyyy");
        refuses("parts = [month] }, { column = day, parts = [hour]", "dates: must name columns that are nothing else");
        assertThatThrownBy(() -> FrameSources.bound(
                        "path = a, dates = [{ column = day, parts = [month], format = dd.MM.yyyy }]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dates: must have no format, for Spark makes dates of texts");
    }

    private static void refuses(String dates, String problem) {
        assertThatThrownBy(
                        () -> FrameSources.bound("kind = csv, paths = [a], dates = [{ column = day, " + dates + " }]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }
}
