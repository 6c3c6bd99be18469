package io.retort.data.source;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.LabelColumns;
import io.retort.data.encode.TokenInput;
import io.retort.data.source.SourceColumns.ColumnRoles;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a user writes of a source of one kind. */
public interface ReaderSettings {
    /** The kinds of readers. */
    Catalogue<ReaderSettings> CATALOGUE = Catalogue.of(
            "readers",
            ReaderSettings.class,
            new Kind<>(
                    "cifar",
                    CifarReader.Settings.class,
                    "the binary versions of CIFAR-10 and CIFAR-100, plain or gzipped",
                    "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images"),
            new Kind<>(
                    "csv",
                    CsvSettings.class,
                    "CSV files with a header, one column per feature",
                    "RFC 4180, https://www.rfc-editor.org/rfc/rfc4180"),
            new Kind<>(
                    "idx",
                    IdxReader.Settings.class,
                    "IDX files, plain or gzipped: images, and mostly their labels",
                    "LeCun, Cortes, Burges, The MNIST database of handwritten digits"),
            new Kind<>(
                    "images",
                    ImageFolderReader.Settings.class,
                    "PNG and JPEG files in a folder for each class",
                    "PNG, https://www.w3.org/TR/png-3; JPEG, ITU-T T.81"),
            new Kind<>(
                    "parquet",
                    ParquetSettings.class,
                    "Parquet files with a column of arrays, vectors or bytes; short for spark with format = parquet",
                    "Apache Parquet, https://parquet.apache.org/docs/file-format/"),
            new Kind<>(
                    "spark",
                    FrameSettings.class,
                    "what a Spark DataFrame can load: Parquet, ORC, CSV, JSON, Avro, JDBC, tables, Delta, Iceberg",
                    "Spark SQL, https://spark.apache.org/docs/latest/sql-data-sources.html"),
            new Kind<>(
                    "text",
                    TextSettings.class,
                    "CSV files with a header, a column of texts, which become token ids",
                    "RFC 4180, https://www.rfc-editor.org/rfc/rfc4180"));

    /** What a user writes of labels that stand in columns. */
    interface OfColumns extends ReaderSettings {
        Optional<String> label();

        Optional<LabelColumns.Kind> target();

        Optional<List<String>> labels();

        Optional<Integer> classes();

        List<String> classNames();

        /** The columns of labels, which have been checked. */
        default LabelColumns labelColumns() {
            return LabelColumns.of(target(), label(), labels(), classes(), classNames());
        }
    }

    /** Only the first so many samples are taken: for a quick try. */
    Optional<Long> limit();

    /** The files, patterns and directories that it is read from, by the setting that names them. */
    Map<String, List<String>> files();

    /** The column of whole numbers that tell the samples apart; nothing where the file's name and the row do. */
    default Optional<String> id() {
        return Optional.empty();
    }

    /** How networks read a column of texts; nothing where they read no texts. */
    default Optional<TokenInput.Settings> texts() {
        return Optional.empty();
    }

    /** Whether Spark must have been started before its columns can be looked at. */
    default boolean needsSpark() {
        return false;
    }

    /** What it stands for; nothing is looked at yet. */
    Source source(Storage storage);

    /** What the columns of a file with this header are taken for. */
    default ColumnRoles roles(Source.Header header) {
        return ColumnRoles.NONE;
    }

    /**
     * The names of a sample's values in their order, of a source whose first file has this header; none where values
     * have places and no names, as in one column of arrays.
     *
     * @throws io.retort.storage.ArtifactException where a column that would be a feature has no name, or that of
     *     another
     */
    default List<String> elements(Source.Header header) {
        return List.of();
    }

    /**
     * The same source with exactly these feature columns in this order; the same settings where values have no names.
     */
    default ReaderSettings withElements(List<String> columns) {
        return this;
    }
}
