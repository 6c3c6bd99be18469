package io.retort.data.source.frame;

import io.retort.config.SettingException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which of Spark's formats a recipe may name, and which options of them it may set. */
public final class FrameOptions {
    /** Options that would hide rows, choose others than the settings say, or name a class or a statement. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("mode", "rows that cannot be read end the run, or are dropped and counted by bad-rows = drop"),
            Map.entry("columnnameofcorruptrecord", "bad-rows = drop finds such rows"),
            Map.entry("ignorecorruptfiles", "it would leave out rows without a word"),
            Map.entry("ignoremissingfiles", "it would leave out rows without a word"),
            Map.entry("enforceschema", "the headers of CSV files are always compared"),
            Map.entry("path", "the setting path names the files"),
            Map.entry("paths", "the setting paths names the files"),
            Map.entry("pathglobfilter", "the setting paths takes patterns"),
            Map.entry("recursivefilelookup", "the setting paths takes directories with all files below them"),
            Map.entry("modifiedbefore", "the setting paths names the files"),
            Map.entry("modifiedafter", "the setting paths names the files"),
            Map.entry("dbtable", "the setting table names the table"),
            Map.entry("query", "the setting query is the query"),
            Map.entry("versionasof", "the table's last version is read"),
            Map.entry("timestampasof", "the table's last version is read"),
            Map.entry("snapshot-id", "the table's last version is read"),
            Map.entry("as-of-timestamp", "the table's last version is read"),
            Map.entry("branch", "the table's last version is read"),
            Map.entry("tag", "the table's last version is read"),
            Map.entry("driver", "the driver is found by the url, among those on the class path"),
            Map.entry("sessioninitstatement", "a recipe may come from anybody, and runs no statements"));

    /**
     * Properties of database drivers, in options or in the address, that name classes of theirs, statements or files:
     * of H2 {@code INIT}, of PostgreSQL {@code socketFactory}, of MySQL {@code autoDeserialize}, and their like.
     */
    private static final Pattern RUNS_CODE =
            Pattern.compile("(?i)([a-z0-9_.-]*(factory|factoryarg|interceptors?|plugins?|class"
                    + "|classname|callback|transform|clientinfoprovider|verifier|collations|deserialize|infile|infileinpath|loggerfile"
                    + "|sessionvariables)|init|create)");

    private static final Pattern ASSIGNED = Pattern.compile("([A-Za-z0-9_.-]+)\\s*=");

    public static final String JDBC = "jdbc";

    /** Formats of plain files, whose rows have an order. */
    private static final Set<String> FILES =
            Set.of(FileSchemas.PARQUET, FileSchemas.ORC, "csv", "json", "avro", "image", "binaryFile", "libsvm");

    /** Those of tables, whose rows have none. */
    private static final Set<String> TABLES = Set.of(JDBC, "delta", "iceberg");

    private FrameOptions() {}

    public static boolean areFiles(String format) {
        return FILES.contains(format);
    }

    public static void requireFormat(String format, boolean hasPaths) {
        if (!FILES.contains(format) && !TABLES.contains(format)) {
            throw new SettingException(
                    "format",
                    "must be one of "
                            + Stream.concat(FILES.stream(), TABLES.stream())
                                    .sorted()
                                    .toList()
                            + ", was " + format);
        }
        if (format.equals(JDBC) && hasPaths) {
            throw new SettingException("path", "must be left out where format is jdbc, which reads a table or a query");
        }
    }

    public static void require(Map<String, String> options) {
        options.forEach((name, value) -> {
            String reason = REFUSED.get(name.toLowerCase(Locale.ROOT));
            if (reason != null && !(name.equalsIgnoreCase("mode") && value.equalsIgnoreCase("FAILFAST"))) {
                throw new SettingException("options", "must not set " + name + ": " + reason);
            }
            requireNoCode(name, "");
            if (name.equalsIgnoreCase("url")) {
                Matcher assigned = ASSIGNED.matcher(value);
                while (assigned.find()) {
                    requireNoCode(assigned.group(1), " in the url");
                }
            }
        });
    }

    private static void requireNoCode(String name, String where) {
        if (RUNS_CODE.matcher(name).matches()) {
            throw new SettingException(
                    "options",
                    "must not set " + name + where
                            + ", by which a driver runs code or opens files, for a recipe may come"
                            + " from anybody; define a catalog on the command line instead, by --conf"
                            + " spark.sql.catalog.NAME=org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog,"
                            + " and read its table");
        }
    }
}
