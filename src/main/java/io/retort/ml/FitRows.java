package io.retort.ml;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;

/**
 * The rows of a DataFrame as a fit needs them: executors write them as Parquet, with an id, with the teacher's scores,
 * and with whether they are held out. The driver sees none of them.
 *
 * @param columns that were written
 * @param figures of what was written
 */
record FitRows(Path path, FitColumns columns, Figures figures) {
    static final String ID = "retort_id";
    static final String HELD_OUT = "retort_held_out";
    static final String SCORES = "retort_scores";

    private static final String ROW = "retort_row";
    private static final String HASH = "retort_hash";
    private static final int PARTS = 10_000;
    /** Another than that of shards' boundaries and of the validation split. */
    private static final long SALT = 1;

    /**
     * What all rows have in common.
     *
     * @param labelled rows with a label
     * @param noIndex rows whose label is no whole number from 0 on
     * @param least such label
     * @param greatest label
     * @param labels different ones
     * @param fewestScores values of the teacher for a row, at least; 0 where there is no such column
     * @param mostScores likewise, at most
     */
    record Figures(
            long rows,
            long heldOut,
            long labelled,
            long noIndex,
            double least,
            double greatest,
            long labels,
            int fewestScores,
            int mostScores) {}

    /** Writes them. */
    static FitRows write(
            Dataset<Row> rows,
            DistillationParams<?> params,
            FitColumns columns,
            Optional<TeacherColumn> teacher,
            Path path) {
        Dataset<Row> packed = rows.withColumn(
                ROW,
                struct(columns.all().stream()
                        .map(name -> col(TeacherColumn.quoted(name)))
                        .toArray(Column[]::new)));
        Dataset<Row> identified = identified(packed, params).withColumn(HELD_OUT, heldOut(params, columns, rows));
        Dataset<Row> scored =
                teacher.map(column -> column.scored(identified, SCORES)).orElse(identified);
        List<Column> written = new ArrayList<>(List.of(col(ID), col(HELD_OUT)));
        columns.all().forEach(name -> written.add(col(ROW).getField(name).as(name)));
        teacher.ifPresent(column -> written.add(col(SCORES)));
        scored.select(written.toArray(Column[]::new)).write().parquet(path.toString());
        Dataset<Row> again = rows.sparkSession().read().parquet(path.toString());
        return new FitRows(path, columns, figures(again, columns.label(), teacher.isPresent()));
    }

    /** Equal rows may change places, so which of them is the first does not matter. */
    private static Dataset<Row> identified(Dataset<Row> packed, DistillationParams<?> params) {
        if (params.isSet(params.idCol())) {
            String name = params.getOrDefault(params.idCol());
            DataType type = FitColumns.type(packed.schema(), name, "idCol");
            if (!isWhole(type)) {
                throw FitColumns.refused(name, type, "a whole number that no other row has, as idCol");
            }
            return packed.withColumn(ID, col(TeacherColumn.quoted(name)).cast("long"));
        }
        Stream<Column> values = Stream.of(packed.select(ROW + ".*").columns())
                .map(name -> col(ROW).getField(name))
                .flatMap(value -> Stream.of(value.isNull(), value)); // a null alone leaves a hash as it is
        return packed.withColumn(HASH, xxhash64(values.toArray(Column[]::new)))
                .withColumn(ID, row_number().over(Window.partitionBy(HASH).orderBy(HASH)))
                .withColumn(ID, when(col(ID).equalTo(1), col(HASH)).otherwise(xxhash64(col(HASH), col(ID))))
                .drop(HASH);
    }

    private static boolean isWhole(DataType type) {
        return List.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
                        .contains(type)
                || (type instanceof DecimalType decimal && decimal.scale() == 0);
    }

    private static Column heldOut(DistillationParams<?> params, FitColumns columns, Dataset<Row> rows) {
        Column chosen;
        if (params.isSet(params.testCol())) {
            String name = params.getOrDefault(params.testCol());
            DataType type = FitColumns.type(rows.schema(), name, "testCol");
            if (!FitColumns.isNumber(type)) {
                throw FitColumns.refused(name, type, "a truth value, as testCol");
            }
            chosen = coalesce(col(TeacherColumn.quoted(name)).cast("boolean"), lit(false));
        } else {
            double fraction = (Double) params.getOrDefault(params.testFraction());
            chosen = pmod(xxhash64(col(ID), lit(SALT)), lit((long) PARTS)).lt(Math.round(fraction * PARTS));
        }
        return params.getOrDefault(params.unlabelled()).equals(SharedParams.KEEP)
                ? chosen.and(col(TeacherColumn.quoted(columns.label())).isNotNull())
                : chosen;
    }

    private static Figures figures(Dataset<Row> rows, String labelName, boolean hasScores) {
        Column label = col(TeacherColumn.quoted(labelName)).cast("double");
        Column noIndex = label.lt(0)
                .or(label.notEqual(org.apache.spark.sql.functions.floor(label)))
                .or(label.isNaN());
        Column scores = hasScores ? when(col(SCORES).isNull(), lit(0)).otherwise(size(col(SCORES))) : lit(0);
        Row found = rows.agg(
                        count(lit(1)),
                        coalesce(sum(col(HELD_OUT).cast("long")), lit(0L)),
                        count(label),
                        coalesce(sum(noIndex.cast("long")), lit(0L)),
                        coalesce(min(when(noIndex, label)), lit(0.0)),
                        coalesce(max(label), lit(-1.0)),
                        countDistinct(label),
                        coalesce(min(scores), lit(0)),
                        coalesce(max(scores), lit(0)))
                .first();
        return new Figures(
                found.getLong(0),
                found.getLong(1),
                found.getLong(2),
                found.getLong(3),
                found.getDouble(4),
                found.getDouble(5),
                found.getLong(6),
                found.getInt(7),
                found.getInt(8));
    }

    /** Refuses rows that no student can learn from, or none that it could be measured on. */
    void requireUsable(boolean keepsUnlabelled) {
        if (figures.rows() == 0) {
            throw new IllegalArgumentException("the DataFrame has no rows");
        }
        long without = figures.rows() - figures.labelled();
        if (without > 0 && !keepsUnlabelled) {
            throw new IllegalArgumentException("column " + columns.label() + " is null in " + without + " of "
                    + figures.rows() + " rows; leave them out, or set unlabelled to keep, so that the student learns"
                    + " from them what the teacher gives");
        }
        if (figures.heldOut() == 0 || figures.heldOut() == figures.rows()) {
            throw new IllegalArgumentException(figures.heldOut() + " of " + figures.rows()
                    + " rows are held out; set testFraction or testCol so that there are rows to learn from and rows to"
                    + " measure on");
        }
    }

    /**
     * How many classes there are.
     *
     * @throws IllegalArgumentException where labels are no indices of classes
     */
    int classes() {
        String label = "column " + columns.label();
        if (figures.noIndex() > 0) {
            throw new IllegalArgumentException(label + " must have class indices 0, 1, 2 ..., but " + figures.noIndex()
                    + " of " + figures.rows() + " rows have others, such as " + figures.least()
                    + "; a StringIndexer makes indices");
        }
        int seen = (int) figures.greatest() + 1;
        int named = columns.classNames().size();
        if (named > 0 && seen > named) {
            throw new IllegalArgumentException(label + " has the label " + (seen - 1) + ", but its metadata name only "
                    + named + " classes: " + columns.classNames());
        }
        int classes = named > 0 ? named : Math.max(seen, figures.fewestScores());
        if (named == 0 && figures.labels() < seen) {
            throw new IllegalArgumentException(label + " must have class indices 0, 1, 2 ... without a gap, but has "
                    + figures.labels() + " different ones up to " + (seen - 1) + "; a StringIndexer makes indices, and"
                    + " names the classes that these rows lack");
        }
        if (classes < 2) {
            throw new IllegalArgumentException(label + " must have at least 2 classes, has " + classes);
        }
        requireScores(classes, "one for each class");
        return classes;
    }

    /** Refuses rows for which the teacher has another number of scores. */
    void requireScores(int expected, String why) {
        if (figures.mostScores() > 0 && (figures.fewestScores() != expected || figures.mostScores() != expected)) {
            throw new IllegalArgumentException("the teacher must give " + expected + " scores for a row, " + why
                    + ", but gives from " + figures.fewestScores() + " to " + figures.mostScores()
                    + (figures.fewestScores() == 0 ? "; a null counts as 0" : ""));
        }
    }

    /**
     * A refusal of these rows in the terms of the DataFrame: without the names of their copy, and with an id only where
     * the DataFrame has one.
     *
     * @param path of the copy
     */
    static RuntimeException refusal(
            ArtifactException problem, Path path, DistillationParams<?> params, Optional<TeacherColumn> teacher) {
        String ours = String.valueOf(problem.getMessage());
        String text = ours.replaceAll("\\S*" + Pattern.quote(path.getName()) + "\\S* ", "");
        if (params.isSet(params.idCol())) {
            String id = Matcher.quoteReplacement(params.getOrDefault(params.idCol()));
            text = text.replaceAll(ID + " (-?\\d+) column", "row with " + id + " $1, column")
                    .replaceAll(ID, id);
        } else {
            text = text.replaceAll(ID + " -?\\d+ column", "a row's column").replaceAll("of row -?\\d+,", "of a row,");
        }
        if (teacher.isPresent()) {
            text = text.replace(SCORES, teacher.get().column());
        }
        text = text.replace("missing = keep keeps", "data.train.missing = keep in recipe keeps")
                .replace(" by where", "");
        return text.equals(ours) ? problem : new IllegalArgumentException(text, problem);
    }
}
