package io.retort.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a DataFrame that a fit reads.
 *
 * @param features of numbers that the student reads, or the one that has all of them
 * @param categories of strings that it reads
 * @param further ones that only a teacher reads
 * @param classNames that the label's metadata have, as a StringIndexer writes them; none where they have none
 */
record FitColumns(
        List<String> features, List<String> categories, List<String> further, String label, List<String> classNames) {
    private static final String ATTRIBUTE = "ml_attr";
    private static final String VALUES = "vals";

    /**
     * Looks for them.
     *
     * @throws IllegalArgumentException where one is missing, or of a type that cannot be read
     */
    static FitColumns of(DistillationParams<?> params, String featuresCol, String label, StructType schema) {
        List<String> read = params.isSet(params.inputCols())
                ? List.of(params.getOrDefault(params.inputCols()))
                : List.of(featuresCol);
        boolean isNamed = params.isSet(params.inputCols());
        List<String> features = new ArrayList<>();
        List<String> categories = new ArrayList<>();
        for (String name : read) {
            DataType type = type(schema, name, isNamed ? "inputCols" : "featuresCol");
            if (type instanceof StringType && isNamed) {
                categories.add(name);
            } else if (isNumber(type) || isList(type)) {
                features.add(name);
            } else {
                throw refused(name, type, isNamed ? "a number, a truth value or a string" : "a vector");
            }
        }
        boolean hasList =
                features.stream().anyMatch(name -> isList(schema.apply(name).dataType()));
        if (read.isEmpty() || (hasList && read.size() > 1)) {
            throw new IllegalArgumentException("inputCols must be columns of numbers and strings, or one vector, was "
                    + read + "; a VectorAssembler makes one vector of several");
        }
        if (!isNumber(type(schema, label, "labelCol"))) {
            throw refused(label, schema.apply(label).dataType(), "a number; a StringIndexer makes numbers of strings");
        }
        List<String> further =
                params.isSet(params.furtherCols()) ? List.of(params.getOrDefault(params.furtherCols())) : List.of();
        further.forEach(name -> type(schema, name, "furtherCols"));
        List<String> used = new ArrayList<>(read);
        used.addAll(further);
        used.add(label);
        if (used.stream().distinct().count() < used.size()) {
            throw new IllegalArgumentException(
                    "label, features and furtherCols must be different columns, were " + used);
        }
        return new FitColumns(features, categories, further, label, classNames(schema, label));
    }

    static DataType type(StructType schema, String name, String param) {
        if (!List.of(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException("there is no column " + name + ", which " + param + " names; there are "
                    + Arrays.toString(schema.fieldNames()));
        }
        return schema.apply(name).dataType();
    }

    static IllegalArgumentException refused(String name, DataType type, String allowed) {
        return new IllegalArgumentException("column " + name + " is " + type.simpleString() + ", must be " + allowed);
    }

    static boolean isNumber(DataType type) {
        return type instanceof NumericType || type instanceof BooleanType;
    }

    private static boolean isList(DataType type) {
        return type.equals(SQLDataTypes.VectorType()) || type instanceof ArrayType || type instanceof BinaryType;
    }

    private static List<String> classNames(StructType schema, String label) {
        return attribute(schema, label)
                .filter(attribute -> attribute.contains(VALUES))
                .map(attribute -> List.of(attribute.getStringArray(VALUES)))
                .orElse(List.of());
    }

    private static Optional<Metadata> attribute(StructType schema, String column) {
        Metadata metadata = schema.apply(column).metadata();
        return metadata.contains(ATTRIBUTE) ? Optional.of(metadata.getMetadata(ATTRIBUTE)) : Optional.empty();
    }

    /** All that is written down. */
    List<String> all() {
        List<String> all = new ArrayList<>(features);
        all.addAll(categories);
        all.addAll(further);
        all.add(label);
        return all;
    }
}
