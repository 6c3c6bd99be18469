package io.retort.data.source.parquet;

import io.retort.data.Numbers;
import io.retort.data.source.file.PictureFile;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/** Numbers of one row, in the order of their arrival. An entry that brings no number is null. */
final class ParquetValues {
    private double[] numbers = new double[16];
    private int count;
    private int entries;
    private boolean isThere;
    private int roundedAt;
    private Optional<Number> rounded = Optional.empty();
    private Optional<String> picture = Optional.empty();

    void clear() {
        count = 0;
        entries = 0;
        isThere = false;
        rounded = Optional.empty();
        picture = Optional.empty();
    }

    int count() {
        return count;
    }

    /** How many there are, nulls among them. */
    int entries() {
        return entries;
    }

    /** Whether there is a list, be it empty. */
    boolean isThere() {
        return isThere;
    }

    double of(int index) {
        return numbers[index];
    }

    double first() {
        return count == 0 ? Double.NaN : numbers[0];
    }

    /** The first whole number that a 32-bit float does not hold, with its place. */
    Optional<String> rounded() {
        return rounded.map(value -> "value " + roundedAt + ", " + value + ",");
    }

    /** The format of the picture file that the bytes are. */
    Optional<String> picture() {
        return picture;
    }

    private void add(double value) {
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = value;
        entries = Math.max(entries, count);
    }

    /** Takes values of a type of numbers. */
    PrimitiveConverter numbers(Type type) {
        return new ParquetNumber(type) {
            @Override
            void whole(long value) {
                if (rounded.isEmpty() && !Numbers.isFloat(value)) {
                    keepRounded(value);
                }
                add((double) value);
            }

            @Override
            void wide(BigInteger value) {
                if (rounded.isEmpty() && !Numbers.isFloat(value)) {
                    keepRounded(value);
                }
                add(value.doubleValue());
            }

            @Override
            void real(double value) {
                add(value);
            }
        };
    }

    private void keepRounded(Number value) {
        rounded = Optional.of(value);
        roundedAt = count;
    }

    /** Takes bytes, each of which is a number from 0 to 255. */
    PrimitiveConverter bytes() {
        return new PrimitiveConverter() {
            @Override
            public void addBinary(Binary value) {
                byte[] bytes = value.getBytesUnsafe();
                picture = PictureFile.format(bytes);
                for (byte each : bytes) {
                    add(each & 0xFF);
                }
            }
        };
    }

    /** Takes a list of three levels, of two, or a group with a repeated field. */
    GroupConverter list(GroupType list) {
        Type repeated = list.getType(0);
        Converter converter = repeated.isPrimitive()
                ? numbers(repeated)
                : entry(numbers(repeated.asGroupType().getType(0)));
        return group(() -> isThere = true, () -> {}, converter);
    }

    private GroupConverter entry(Converter value) {
        int[] begun = new int[1];
        return group(() -> begun[0] = entries + 1, () -> entries = begun[0], value);
    }

    /** A group whose fields have these converters. */
    static GroupConverter group(Runnable start, Runnable end, Converter... fields) {
        return new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
                return fields[index];
            }

            @Override
            public void start() {
                start.run();
            }

            @Override
            public void end() {
                end.run();
            }
        };
    }
}
