package io.retort.data.source;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;

/** The kinds of readers. */
public final class Readers {
    public static final Catalogue<ReaderSettings> CATALOGUE = Catalogue.of(
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

    private Readers() {}
}
