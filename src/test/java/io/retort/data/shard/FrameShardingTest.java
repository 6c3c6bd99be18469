package io.retort.data.shard;

import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Rows;
import io.retort.data.encode.TableInput;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.data.source.file.SourceFiles;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of DataFrames as shards. */
class FrameShardingTest {
    private static final int SIZE = 64;

    @TempDir
    private Path source;

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private Sharding sharding;
    private ShardStore store;
    private SparkSession spark;

    @BeforeEach
    void prepare() {
        org.apache.hadoop.fs.Path hadoopRoot = new org.apache.hadoop.fs.Path(root.toString());
        sharding = new Sharding(LocalSpark.context(), storage, hadoopRoot);
        store = new ShardStore(storage, hadoopRoot);
        spark = LocalSpark.session();
    }

    @Test
    void rowsOfFilesHaveTheIdsThatTheirPlacesMakeWhateverWhereLeavesOut() throws IOException {
        write(numbers(0, 1000), "parquet", "a.parquet");
        write(numbers(1000, 500), "parquet", "b.parquet");
        Dataset all = shard("path = \"" + source + "\"");
        Dataset some = shard("path = \"" + source + "\", where = \"x % 3 = 0\", select = [x, y, \"x + y AS z\"]");
        assertThat(all.samples()).isEqualTo(1500);
        assertThat(all.schema().input().names()).containsExactly("row", "x");
        assertThat(some.samples()).isEqualTo(500);
        assertThat(all.shards())
                .extracting(Shard::samples)
                .startsWith(SIZE, SIZE)
                .contains(1000 % SIZE, 500 % SIZE);
        List<Long> ids = ids(all);
        List<Long> kept = IntStream.range(0, 1500)
                .filter(i -> i % 3 == 0)
                .mapToObj(ids::get)
                .toList();
        assertThat(ids(some)).isEqualTo(kept);
        assertThat(new HashSet<>(ids)).hasSize(1500);
        assertThat(described(some).get(1)).isEqualTo(ids.get(3) + " 1.0 [3.0, 4.0]");
        assertThat(ids)
                .isEqualTo(firstIds().stream()
                        .flatMap(first -> LongStream.range(
                                        first, first + (first.equals(firstIds().get(0)) ? 1000 : 500))
                                .boxed())
                        .toList());
    }

    @Test
    void shardsDoNotDependOnSplitsOrOnWhatTheSessionIsSetTo() throws IOException {
        write(numbers(0, 3000), "parquet", "a.parquet");
        write(numbers(3000, 100), "parquet", "b.parquet");
        String byFile =
                "path = \"" + source + "\", select = [\"CAST(x AS DOUBLE) x\", \"hour(timestamp_seconds(row)) h\", y]";
        String byId = byFile.replace("select = [", "id = row, select = [row, ");
        List<Shard> files = shard(byFile).shards();
        List<Shard> ranges = shard(byId).shards();
        List<String> changed = List.of(
                "spark.sql.files.maxPartitionBytes", "700b",
                "spark.sql.files.openCostInBytes", "1b",
                "spark.sql.adaptive.enabled", "true",
                "spark.sql.session.timeZone", "Asia/Kathmandu",
                "spark.sql.shuffle.partitions", "5",
                "spark.sql.parquet.enableVectorizedReader", "false",
                "spark.sql.ansi.enabled", "false");
        List<String> before = new ArrayList<>();
        for (int i = 0; i < changed.size(); i += 2) {
            before.add(LocalSpark.context().sc().conf().get(changed.get(i), ""));
            LocalSpark.context().sc().conf().set(changed.get(i), changed.get(i + 1)); // what new sessions begin with
        }
        try {
            forget();
            assertThat(shard(byFile).shards()).isEqualTo(files);
            assertThat(shard(byId).shards()).isEqualTo(ranges);
        } finally {
            for (int i = 0; i < changed.size(); i += 2) {
                if (before.get(i / 2).isEmpty()) {
                    LocalSpark.context().sc().conf().remove(changed.get(i));
                } else {
                    LocalSpark.context().sc().conf().set(changed.get(i), before.get(i / 2));
                }
            }
        }
    }

    @Test
    void smallFilesShareTasks() throws Exception {
        int files = 40;
        for (int i = 0; i < files; i++) {
            Files.write(source.resolve(100 + i + ".bin"), new byte[] {(byte) i});
        }
        AtomicInteger tasks = new AtomicInteger();
        SparkListener counter = new SparkListener() {
            @Override
            public void onTaskEnd(SparkListenerTaskEnd end) {
                tasks.incrementAndGet();
            }
        };
        spark.sparkContext().addSparkListener(counter);
        Dataset shards;
        try {
            shards = shard("format = binaryFile, features = [content], element = uint8, path = \"" + source
                    + "\", select = [content, \"0 AS y\"]");
            spark.sparkContext().listenerBus().waitUntilEmpty();
        } finally {
            spark.sparkContext().removeSparkListener(counter);
        }
        assertThat(described(shards))
                .isEqualTo(IntStream.range(0, files)
                        .mapToObj(i -> firstIds().get(i) + " 0.0 [" + (double) i + "]")
                        .toList());
        assertThat(tasks.get()).as("one looks for what is known of each file").isBetween(files, 2 * files);
    }

    @Test
    void theFirstRowsAreThoseOfSeveralFiles() throws IOException {
        write(numbers(0, 2), "parquet", "a.parquet");
        write(numbers(2, 2), "parquet", "b.parquet");
        Source read =
                FrameSources.bound("path = \"" + source + "\", features = [x]").source(storage);
        assertThat(read.first(10).count()).isEqualTo(4);
        assertThat(read.rounded(10)).isEmpty();
    }

    @Test
    void countsTheRowsOfAClass() throws IOException {
        write(numbers(0, 1000).selectExpr("x", "IF(x % 5 = 0, NULL, x % 5 = 1) AS y"), "parquet", "a.parquet");
        write(numbers(1000, 100).selectExpr("x", "x % 5 = 1 AS y"), "parquet", "b.parquet");
        String path = "path = \"" + source + "\"";
        assertThat(ofClass(path, 1)).isEqualTo(220);
        assertThat(ofClass(path, 0)).isEqualTo(600 + 80);
        assertThat(ofClass(path + ", where = \"x < 100\"", 1)).isEqualTo(20);
        assertThat(ofClass(path + ", limit = 90", 1)).as("its share of 1,100").isEqualTo(18);
        String names = path + ", select = [x, \"IF(y, 'yes', 'no') AS y\"], label = y, class-names = [yes, no]";
        assertThat(ofClass(names, 0)).isEqualTo(220);
    }

    private long ofClass(String settings, int label) {
        return FrameSources.bound(settings).source(storage).ofClasses(Set.of(label));
    }

    @Test
    void aFileThatWasShardedIsNotReadAgain() throws IOException {
        write(numbers(0, 100), "parquet", "a.parquet");
        write(numbers(100, 50), "parquet", "b.parquet");
        Dataset first = shard("path = \"" + source + "\"");
        // With the same length and time the file counts as unchanged, so this is seen only by who reads its rows.
        Path b = source.resolve("b.parquet");
        FileTime time = Files.getLastModifiedTime(b);
        byte[] bytes = Files.readAllBytes(b);
        Arrays.fill(bytes, 4, 60, (byte) 0);
        Files.write(b, bytes);
        Files.setLastModifiedTime(b, time);
        assertThat(shard("path = \"" + source + "\"")).isEqualTo(first);
        write(numbers(150, 10), "parquet", "c.parquet");
        Dataset second = shard("path = \"" + source + "\"");
        assertThat(second.samples()).isEqualTo(160);
        assertThat(second.shards()).containsAll(first.shards());
    }

    @Test
    void changedRowsChangeTheShardsOfTheirRangesOnly() throws IOException {
        String settings = "path = \"" + source + "\", id = row";
        write(numbers(0, 4000), "parquet", "a.parquet");
        Dataset before = shard(settings);
        assertThat(ids(before)).isEqualTo(LongStream.range(0, 4000).boxed().toList());
        assertThat(before.shards().size()).isBetween(4000 / SIZE / 2, 4000 / SIZE * 2);
        assertThat(before.shards())
                .allSatisfy(shard -> assertThat(shard.samples()).isLessThanOrEqualTo(4 * SIZE));

        // Appended, in another file and in no order.
        write(numbers(4000, 10).orderBy(desc("row")), "parquet", "b.parquet");
        Dataset appended = shard(settings);
        assertThat(ids(appended)).isEqualTo(LongStream.range(0, 4010).boxed().toList());
        assertThat(newKeys(before, appended)).isLessThanOrEqualTo(2);

        // One row away, one with another value.
        write(
                numbers(0, 4000).where("row <> 777").withColumn("x", expr("x + if(row = 2500, 1, 0)")),
                "parquet",
                "a.parquet");
        Dataset changed = shard(settings);
        assertThat(changed.samples()).isEqualTo(4009);
        assertThat(newKeys(appended, changed)).isBetween(2L, 4L);

        // Files in another number and order make no difference at all.
        write(numbers(0, 1).where("false"), "parquet", "b.parquet");
        write(numbers(2000, 2010), "parquet", "a.parquet");
        write(numbers(0, 2000), "parquet", "z.parquet");
        assertThat(shard(settings).shards()).isEqualTo(appended.shards());
    }

    @Test
    void limitsTakeTheFirstRows() throws IOException {
        write(numbers(0, 100), "parquet", "a.parquet");
        write(numbers(100, 100), "parquet", "b.parquet");
        String path = "path = \"" + source + "\"";
        assertThat(ids(shard(path + ", limit = 120")))
                .isEqualTo(ids(shard(path)).subList(0, 120));
        assertThat(ids(shard(path + ", id = row, limit = 120")))
                .isEqualTo(LongStream.range(0, 120).boxed().toList());
    }

    /** Of an empty file, of one of which the condition leaves nothing, and of a table whose rows all fall into one. */
    @Test
    void partitionsWithoutRowsChangeNothing() throws IOException {
        write(numbers(0, 100), "parquet", "a.parquet");
        Dataset alone = shard("path = \"" + source + "\", id = row");
        write(numbers(0, 0), "parquet", "b.parquet");
        write(numbers(1000, 100), "parquet", "c.parquet");
        assertThat(shard("path = \"" + source + "\", id = row, where = \"row < 1000\"")
                        .shards())
                .isEqualTo(alone.shards());
        numbers(0, 100).repartition(8, lit(1)).createOrReplaceGlobalTempView("one");
        assertThat(shard("table = global_temp.one, id = row").shards()).isEqualTo(alone.shards());
        spark.catalog().dropGlobalTempView("one");
        String none = "path = \"" + source + "\", id = row, where = \"row < 0\"";
        assertRefused(none, "the source has no samples: no row of " + source + " meets where = \"row < 0\"");
        assertRefused(
                "path = \"" + source + "\", where = \"row < 0\"",
                "the source has no samples: no row of " + source + " meets where = \"row < 0\"");
    }

    @Test
    void refusesIdsThatAreMissingOrNotUnique() throws IOException {
        write(numbers(0, 100), "parquet", "a.parquet");
        String path = "path = \"" + source + "\", ";
        assertRefused(
                path + "id = row, select = [\"row % 90 AS row\", x, y]",
                source + " column row: the id 0 is that of several rows; ids must be unique");
        assertRefused(
                path + "id = row, select = [\"nullif(row, 13) AS row\", x, y]",
                source + " column row is null in 1 row; each row needs an id, or leave them out by where");
        assertRefused(path + "select = [\"explode(array(x, x)) AS x\", y]", "name an id that tells them apart");
        assertRefused(
                path + "id = x, select = [\"x / 2 AS x\", row, y]", "is of type double: an id must be a whole number");
    }

    @Test
    void refusesWhatIsNoFeatureByColumnAndType() throws IOException {
        write(numbers(0, 10), "parquet", "a.parquet");
        String path = "path = \"" + source + "\", ";
        assertRefused(
                path + "features = [s], select = [\"string(x) s\", y]",
                source + " column s is of type string: a feature must be a number or a truth value");
        assertRefused(
                path + "features = [d], select = [\"date('2026-12-01') d\", y]",
                "name its parts in dates, such as { column = d, parts = [month, weekday] }");
        assertRefused(path + "features = [q], select = [\"struct(x) q\", y]", "column q is of type struct<x: bigint>");
        assertRefused(path + "features = [l], select = [\"array(array(x)) l\", y]", "flatten(l)");
        assertRefused(path + "features = [b], select = [\"cast('abc' as binary) b\", y]", "element = uint8");
        assertRefused(
                path + "features = [none]",
                source + " has no column none for the feature; its columns are [row (long)");
        assertRefused(
                path + "select = [\"nullif(x, 3) x\", y]",
                "a.parquet row 3 column x: must be a finite number, was null");
        assertRefused(path + "select = [x, \"7L AS y\"]", "column y: must be a class index from 0 to 1, was 7");
        assertRefused(path + "select = [\"CAST(concat('a', x) AS INT) x\", y]", "CAST_INVALID_INPUT");
        assertRefused(path + "select = [\"reflect('java.lang.System', 'getProperty', 'user.home') x\", y]", "reflect");
    }

    @Test
    void missingNumbersAreKeptWhereThatIsSaid() throws IOException {
        write(numbers(0, 10), "parquet", "a.parquet");
        Dataset kept = shard("path = \"" + source + "\", missing = keep, select = [\"nullif(x, 3) x\", y]");
        Rows rows = store.rows(kept.schema(), kept.shards().get(0));
        assertThat(((TableInput) kept.schema().input()).numbers(rows)).startsWith(0, 1, 2, Float.NaN, 4);
        assertRefused(
                "path = \"" + source + "\", features = [f], select = [\"array(x, null) f\", y], missing = keep",
                "need a column for each feature");
    }

    @Test
    void readsListsVectorsAndBytes() throws IOException {
        write(numbers(0, 10), "parquet", "a.parquet");
        String path = "path = \"" + source + "\", features = [f], ";
        assertThat(described(shard(path + "select = [\"array(x > 3, true) f\", y]"))
                        .get(2))
                .endsWith("[0.0, 1.0]");
        Dataset bytes = shard(path + "select = [\"unhex('00ff7f80') f\", y], element = uint8, shape = [1, 2, 2]");
        assertThat(described(bytes).get(0)).endsWith("[0.0, 255.0, 127.0, 128.0]");
        assertThat(bytes.schema().shape().sizes()).containsExactly(1, 2, 2);
        write(numbers(10, 10), "parquet", "b.parquet");
        for (String place : List.of("a.parquet row 5", "b.parquet row 5")) {
            int x = place.startsWith("a") ? 5 : 15;
            assertRefused(
                    path + "select = [\"slice(array(x, x), 1, int(if(x = " + x + ", 1, 2))) f\", y]",
                    "/" + place + " column f: must hold 2 values, has 1");
        }
    }

    @Test
    void quotesThatAreDoubledNeedAnEscapeThatTheMessageNames() throws IOException {
        Files.writeString(source.resolve("a.csv"), "x,said,y\n1,\"\"\"so\"\"(or \"\"no\"\", \"\"yes\"\")\",0\n2,b,1\n");
        String csv = "path = \"" + source + "\", format = csv, schema = \"x DOUBLE, said STRING, y INT\","
                + " features = [x], options { header = true";
        assertRefused(csv + " }", "where quotes are doubled (RFC 4180), write options { escape = \"\\\"\" }");
        assertThat(shard(csv + ", escape = \"\\\"\" }", new ArrayList<>()).samples())
                .isEqualTo(2);
    }

    @Test
    void rowsOfCsvThatCannotBeReadFailOrAreCounted() throws IOException {
        Files.writeString(source.resolve("a.csv"), "x,y\n1,0\n2,1\nthree,1\n4,1,9\n5,0\n");
        Files.writeString(source.resolve("b.csv"), "x,y\n6,0\n7,1\n");
        String csv = "path = \"" + source + "\", format = csv, options { header = true }, schema = \"x DOUBLE, y INT\"";
        assertRefused(csv, "alformed");
        List<String> warnings = new ArrayList<>();
        Dataset dropped = shard(csv + ", bad-rows = drop", warnings);
        assertThat(described(dropped))
                .extracting(row -> row.substring(row.indexOf(' ')))
                .containsExactly(" 0.0 [1.0]", " 1.0 [2.0]", " 0.0 [5.0]", " 0.0 [6.0]", " 1.0 [7.0]");
        assertThat(warnings).hasSize(1).first().asString().contains("2 bad rows");
        Files.writeString(source.resolve("c.csv"), "y,x\n0,6\n");
        assertRefused(csv + ", bad-rows = drop", "header");
    }

    @Test
    void rowsOfJsonThatCannotBeReadFailOrAreCounted() throws IOException {
        Files.writeString(
                source.resolve("a.json"),
                "{\"x\":1,\"y\":0}\n{\"x\":\n{\"x\":3,\"y\":5}\n{\"y\":1}\n{\"x\":4.5,\"y\":1}\n");
        String json = "path = \"" + source + "\", format = json";
        assertRefused(json, "alformed");
        List<String> warnings = new ArrayList<>();
        Dataset dropped = shard(json + ", bad-rows = drop, features = [x]", warnings);
        assertThat(described(dropped))
                .extracting(row -> row.substring(row.indexOf(' ')))
                .containsExactly(" 0.0 [1.0]", " 1.0 [4.5]");
        assertThat(warnings).hasSize(1).first().asString().contains("3 bad rows");
    }

    @Test
    void readsOrcAndDirectoriesNamedByColumns() throws IOException {
        numbers(0, 200)
                .withColumn("day", expr("concat('0', row % 2)"))
                .coalesce(1)
                .write()
                .partitionBy("day")
                .orc(source.resolve("t").toString());
        Dataset all = shard(
                "path = \"" + source.resolve("t") + "\", format = orc, where = \"day = '01'\", features = [row, x]");
        assertThat(described(all)).hasSize(100).first().asString().endsWith("[1.0, 1.0]");
    }

    @Test
    void namesOfFilesAreNoPatterns() throws IOException {
        write(numbers(0, 10), "parquet", "a [1]{b}%20ä.parquet");
        write(numbers(10, 10), "parquet", "a1b.parquet");
        assertThat(shard("path = \"" + source + "\"").samples()).isEqualTo(20);
        Files.move(source.resolve("a1b.parquet"), source.resolve("_a.parquet"));
        assertRefused("path = \"" + source + "/_*\"", "give it another name");
    }

    @Test
    void readsATableAndAQueryAnewEachTime() {
        spark.sql("CREATE OR REPLACE TEMPORARY VIEW ignored AS SELECT 1");
        numbers(0, 300).createOrReplaceGlobalTempView("numbers");
        Dataset table = shard("table = global_temp.numbers, id = row");
        assertThat(table.samples()).isEqualTo(300);
        numbers(0, 301).createOrReplaceGlobalTempView("numbers");
        Dataset query = shard("query = \"SELECT row, x, y FROM global_temp.numbers -- all\", id = row");
        assertThat(query.samples()).isEqualTo(301);
        assertThat(newKeys(table, query)).isEqualTo(1);
        assertThat(Sharding.fingerprint(storage, FrameSources.bound("table = global_temp.numbers, id = row"), SIZE))
                .isEmpty();
        assertThatThrownBy(() -> shard("query = \"DROP VIEW global_temp.numbers\", id = row"))
                .isInstanceOf(ArtifactException.class);
        assertThat(spark.catalog().tableExists("global_temp.numbers")).isTrue();
        spark.catalog().dropGlobalTempView("numbers");
    }

    private List<Long> firstIds() {
        return SourceFiles.firstIds(SourceFiles.find(storage, List.of(source.toString())));
    }

    private org.apache.spark.sql.Dataset<Row> numbers(int from, int count) {
        return spark.range(from, from + count, 1, 1).selectExpr("id AS row", "id AS x", "int(id % 2) AS y");
    }

    /** One file. */
    private void write(org.apache.spark.sql.Dataset<Row> rows, String format, String name) throws IOException {
        Path folder = root.resolve("written");
        rows.coalesce(1).write().format(format).mode("overwrite").save(folder.toString());
        try (Stream<Path> files = Files.list(folder)) {
            Path part = files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .findFirst()
                    .orElseThrow();
            Files.move(part, source.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Shards that exist stay, but nothing is known of what was read. */
    private void forget() throws IOException {
        try (Stream<Path> lists = Files.list(root.resolve("store/datasets"))) {
            for (Path list : lists.toList()) {
                Files.delete(list);
            }
        }
    }

    private Dataset shard(String settings) {
        return shard(settings, new ArrayList<>());
    }

    private Dataset shard(String settings, List<String> warnings) {
        ReaderSettings bound = FrameSources.bound(settings);
        return sharding.warning(warnings::add).shard(bound, SIZE);
    }

    private void assertRefused(String settings, String part) {
        assertThatThrownBy(() -> shard(settings))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(part);
    }

    private List<Long> ids(Dataset dataset) {
        return dataset.shards().stream()
                .flatMapToLong(shard ->
                        Arrays.stream(store.read(dataset.schema(), shard).ids()))
                .boxed()
                .toList();
    }

    private List<String> described(Dataset dataset) {
        return FrameSources.described(store, dataset);
    }

    private static long newKeys(Dataset before, Dataset after) {
        Set<String> known = before.shards().stream().map(Shard::key).collect(Collectors.toSet());
        return after.shards().stream()
                .filter(shard -> !known.contains(shard.key()))
                .count();
    }
}
