package io.retort.data.source;

import io.retort.data.source.frame.FrameOptions;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import scala.Option;

/**
 * Loads the DataFrame of a source, in a session of its own, in which nothing that a user set elsewhere changes what
 * rows there are, their order or their values.
 */
final class FrameReader {
    private static final String DELTA = "delta";
    private static final String ICEBERG = "iceberg";
    private static final String DELTA_EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";

    private static final Map<String, String> SESSION = Map.ofEntries(
            Map.entry("spark.sql.ansi.enabled", "true"), // a cast or a sum that fails is no null
            Map.entry("spark.sql.session.timeZone", "UTC"),
            Map.entry("spark.sql.caseSensitive", "false"),
            Map.entry("spark.sql.adaptive.enabled", "false"),
            Map.entry("spark.sql.files.ignoreCorruptFiles", "false"),
            Map.entry("spark.sql.files.ignoreMissingFiles", "false"),
            Map.entry("spark.sql.sources.useV1SourceList", "avro,csv,json,orc,parquet,text"),
            // The value 10d of a directory's name would be a double, and 03 a 3.
            Map.entry("spark.sql.sources.partitionColumnTypeInference.enabled", "false"),
            Map.entry("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
            Map.entry("spark.sql.parquet.mergeSchema", "false"),
            Map.entry("spark.sql.orc.mergeSchema", "false"),
            Map.entry("spark.sql.parquet.binaryAsString", "false"),
            // A line that is too short or long is found only by a parser that looks at all of its values.
            Map.entry("spark.sql.csv.parser.columnPruning.enabled", "false"),
            Map.entry("spark.sql.csv.filterPushdown.enabled", "false"),
            Map.entry("spark.sql.json.filterPushdown.enabled", "false"));

    /** They call any method of any class, and a recipe may come from anybody. */
    private static final List<String> REFUSED_FUNCTIONS = List.of("reflect", "java_method", "try_reflect");

    private final FrameSettings settings;
    private final Supplier<SparkSession> session = memo(this::open);
    private final Supplier<String> version = memo(this::lastVersion);
    private final FrameFiles files;

    FrameReader(Storage storage, FrameSettings settings) {
        this.settings = settings;
        this.files = new FrameFiles(storage, settings, this);
    }

    static <T> Supplier<T> memo(Supplier<T> make) {
        List<T> made = new ArrayList<>();
        return () -> {
            if (made.isEmpty()) {
                made.add(make.get());
            }
            return made.get(0);
        };
    }

    /** Of a source of plain files. */
    FrameFiles files() {
        return files;
    }

    SparkSession session() {
        return session.get();
    }

    /** Which version of a table is read; empty where nobody can say whether it has changed. */
    String version() {
        return version.get();
    }

    /** All rows and columns, before any select or where. */
    Dataset<Row> all() {
        return loaded(() -> {
            if (settings.table().isPresent() && !isJdbc()) {
                return session.get().table(settings.table().get());
            } else if (settings.query().isPresent() && !isJdbc()) {
                // Within parentheses only a query is allowed, and no statement that changes something.
                return session.get().sql("SELECT * FROM (\n" + settings.query().get() + "\n)");
            } else if (settings.isPlainFiles()) {
                return files.all();
            }
            DataFrameReader reader = reader();
            if (isJdbc()) {
                settings.table().ifPresent(table -> reader.option("dbtable", table));
                settings.query().ifPresent(query -> reader.option("query", query));
                return reader.load();
            }
            reader.option(settings.format().equals(DELTA) ? "versionAsOf" : "snapshot-id", version());
            return reader.load(settings.allPaths().toArray(String[]::new));
        });
    }

    private boolean isJdbc() {
        return settings.format().equals(FrameOptions.JDBC);
    }

    /** Iceberg finds a path by a catalog of this name, which would otherwise ask a Hive server. */
    private static void addPathCatalog(SparkSession session, String path) {
        String catalog = "spark.sql.catalog.default_iceberg";
        session.conf().set(catalog, "org.apache.iceberg.spark.SparkCatalog");
        session.conf().set(catalog + ".type", "hadoop");
        session.conf().set(catalog + ".warehouse", path);
        session.conf().set(catalog + ".cache-enabled", "false");
    }

    private SparkSession open() {
        if (SparkSession.getDefaultSession().isEmpty()) {
            throw new ArtifactException("Spark, which reads a source of kind spark, has not been started here");
        }
        SparkSession session = SparkSession.getDefaultSession().get().newSession();
        SESSION.forEach(session.conf()::set);
        REFUSED_FUNCTIONS.forEach(name -> drop(session.sessionState().functionRegistry(), name));
        if (settings.format().equals(ICEBERG) && !settings.allPaths().isEmpty()) {
            addPathCatalog(session, settings.allPaths().get(0));
        }
        return session;
    }

    /** Spark 4.2 knows its own functions by a name of three parts, and fails where it is given less. */
    private static void drop(FunctionRegistry functions, String name) {
        if (!functions.dropFunction(new FunctionIdentifier(name, Option.apply("builtin"), Option.apply("system")))) {
            functions.dropFunction(new FunctionIdentifier(name));
        }
    }

    /** Of the format, which fails where it cannot read a row. */
    DataFrameReader reader() {
        DataFrameReader reader = session.get().read().format(settings.format()).options(settings.options());
        // A database's driver would take them for properties of its own.
        return isJdbc() ? reader : reader.option("enforceSchema", "false").option("mode", "FAILFAST");
    }

    private String lastVersion() {
        if (settings.table().isPresent() || settings.query().isPresent()) {
            return "";
        }
        String path = settings.allPaths().get(0);
        return loaded(() -> settings.format().equals(ICEBERG) ? snapshot(path) : deltaVersion(path));
    }

    private String deltaVersion(String path) {
        if (!session.get().conf().get("spark.sql.extensions", "").contains(DELTA_EXTENSION)) {
            throw new ArtifactException(
                    path + ": a Delta table needs Delta's extension of Spark, without which deleted rows"
                            + " may come back; start with --conf spark.sql.extensions=" + DELTA_EXTENSION
                            + " --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog");
        }
        return session.get()
                .sql("DESCRIBE HISTORY delta.`" + path.replace("`", "``") + "` LIMIT 1")
                .select(functions.col("version").cast(DataTypes.StringType))
                .first()
                .getString(0);
    }

    private String snapshot(String path) {
        List<Row> main = session.get()
                .read()
                .format(ICEBERG)
                .load(path + "#refs")
                .where("name = 'main'")
                .select(functions.col("snapshot_id").cast(DataTypes.StringType))
                .collectAsList();
        if (main.isEmpty()) {
            throw new ArtifactException("the source has no samples: the table " + path + " is empty");
        }
        return main.get(0).getString(0);
    }

    /** What Spark refuses is told in its own words. Iceberg takes its settings from the thread's active session. */
    <T> T loaded(Supplier<T> load) {
        Option<SparkSession> before = SparkSession.getActiveSession();
        SparkSession.setActiveSession(session.get());
        try {
            return load.get();
        } catch (Exception e) { // Scala's throw checked ones without saying so
            throw unreadable(e);
        } finally {
            if (before.isDefined()) {
                SparkSession.setActiveSession(before.get());
            } else {
                SparkSession.clearActiveSession();
            }
        }
    }

    private ArtifactException unreadable(Exception failure) {
        List<String> sentences = new ArrayList<>();
        for (Throwable reason = failure; reason != null; reason = reason.getCause()) {
            if (reason instanceof ArtifactException known) {
                return known;
            }
            String sentence =
                    String.valueOf(reason.getMessage()).lines().findFirst().orElse("");
            int advice = sentence.indexOf(" To process malformed records"); // PERMISSIVE would hide them
            String told = advice < 0 ? sentence : sentence.substring(0, advice);
            if (!told.startsWith("Job aborted") && sentences.stream().noneMatch(known -> known.contains(told))) {
                sentences.add(told);
            }
        }
        return new ArtifactException(
                origin() + " cannot be read as " + settings.format() + ": " + String.join(": ", sentences)
                        + remedy(sentences),
                failure);
    }

    private String remedy(List<String> sentences) {
        String all = String.join(" ", sentences);
        if (all.contains("BYTE_STREAM_SPLIT")) {
            return "; Spark 3.5 does not read numbers in this encoding; write the file without it";
        }
        if (all.contains("MALFORMED_CSV_RECORD") && !settings.options().containsKey("escape")) {
            return "; Spark takes a backslash before a quote in quotes: where quotes are doubled (RFC 4180), write"
                    + " options { escape = \"\\\"\" }";
        }
        return all.contains("UNRESOLVED_COLUMN") ? unreadable() : "";
    }

    /** Columns that Spark cannot read, to follow a message about one that is not there. */
    String unreadable() {
        return settings.isPlainFiles() ? files.unreadable() : "";
    }

    /** For messages. */
    String origin() {
        return settings.table()
                .map(table -> "table " + table)
                .or(() -> settings.query().map(query -> "query " + query))
                .orElseGet(() -> settings.allPaths().get(0));
    }
}
