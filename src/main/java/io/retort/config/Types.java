package io.retort.config;

import com.typesafe.config.ConfigException.BadValue;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.retort.config.Catalogue.PlainNumber;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Java types of settings: the values allowed for each, and their conversion. */
final class Types {
    private static final Pattern DURATION = Pattern.compile("\\d+(\\.\\d+)?\\s*[A-Za-z]+");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    /** Up to here doubles hold every whole number. */
    private static final double WHOLE_DOUBLES = 0x1p53;

    private Types() {}

    /** The values allowed for a type, to follow "must be". */
    static String allowed(Type type) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = raw(type);
            if (raw == Optional.class) {
                return allowed(argument(generic, 0)) + " (optional)";
            }
            return raw == List.class ? "a list" : "an object { key = text ... }";
        }
        Class<?> raw = raw(type);
        if (isWhole(raw)) {
            return "a whole number";
        } else if (isDouble(raw)) {
            return "a number";
        } else if (raw == String.class) {
            return "a text";
        } else if (raw == Duration.class) {
            return "a duration such as '30 s' or '5 minutes'";
        } else if (raw.isEnum()) {
            return "one of " + String.join(", ", constants(raw));
        } else if (raw.isRecord()) {
            return "an object { ... }";
        }
        return (raw.isAnnotationPresent(PlainNumber.class) ? "a number or " : "") + "an object { kind = ... }";
    }

    static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    static boolean isMapOfTexts(Type type) {
        return raw(type) == Map.class && argument(type, 0) == String.class && argument(type, 1) == String.class;
    }

    static boolean isScalar(Class<?> type) {
        return isWhole(type) || isDouble(type) || type == String.class || type == Duration.class || type.isEnum();
    }

    /** The value as an object of the type, or nothing where it is none. */
    static Optional<Object> scalar(Class<?> type, ConfigValue value) {
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            return Optional.empty();
        } else if (isInt(type)) {
            return whole(value).filter(Types::fitsInt).map(Long::intValue);
        } else if (isWhole(type)) {
            return whole(value).map(number -> number);
        } else if (isDouble(type)) {
            return number(value).map(number -> number);
        } else if (type == String.class) {
            return Optional.of(text(value));
        } else if (type == Duration.class) {
            return duration(value);
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> Names.kebab((Enum<?>) constant).equals(text(value)))
                .map(Object.class::cast)
                .findFirst();
    }

    /** Whether the value is a whole number that only lies outside the type's range. */
    static boolean isTooLarge(Class<?> type, ConfigValue value) {
        return isWhole(type)
                && number(value).filter(number -> number == Math.rint(number)).isPresent();
    }

    /** The range of whole numbers of a type, to follow "must be". */
    static String range(Class<?> type) {
        return isInt(type)
                ? "in [" + Integer.MIN_VALUE + ", " + Integer.MAX_VALUE + "]"
                : "in [" + Long.MIN_VALUE + ", " + Long.MAX_VALUE + "]";
    }

    /** A single value as it was written. */
    static String text(ConfigValue value) {
        return value.atKey("value").getString("value");
    }

    static List<String> constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> Names.kebab((Enum<?>) constant))
                .toList();
    }

    private static boolean isInt(Class<?> type) {
        return type == int.class || type == Integer.class;
    }

    private static boolean isWhole(Class<?> type) {
        return isInt(type) || type == long.class || type == Long.class;
    }

    private static boolean isDouble(Class<?> type) {
        return type == double.class || type == Double.class;
    }

    private static boolean fitsInt(long number) {
        return number == (int) number;
    }

    private static Optional<Long> whole(ConfigValue value) {
        try {
            return Optional.of(Long.valueOf(text(value)));
        } catch (NumberFormatException e) {
            // 1e6 and 3.0 are whole numbers too.
            return number(value)
                    .filter(number -> number == Math.rint(number) && Math.abs(number) <= WHOLE_DOUBLES)
                    .map(Double::longValue);
        }
    }

    private static Optional<Double> number(ConfigValue value) {
        return Optional.of(text(value))
                .filter(text -> NUMBER.matcher(text).matches())
                .map(Double::valueOf)
                .filter(Double::isFinite);
    }

    private static Optional<Object> duration(ConfigValue value) {
        String text = text(value);
        if (!DURATION.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(value.atKey("value").getDuration("value"));
        } catch (BadValue e) {
            return Optional.empty();
        }
    }

    /** The found value, to follow "was". */
    static String found(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "an object { ... }";
            case LIST -> "a list";
            case NULL -> "null";
            case STRING -> "'" + shortened(text(value)) + "'";
            default -> shortened(text(value));
        };
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /** The keys of a record's components, in their order. */
    static List<String> keys(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .map(component -> Names.kebab(component.getName()))
                .toList();
    }

    /** The constructor that takes all components. */
    static Constructor<?> constructor(Class<?> record) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = record.getDeclaredConstructor(types);
        constructor.setAccessible(true); // Settings records need not be public.
        return constructor;
    }
}
