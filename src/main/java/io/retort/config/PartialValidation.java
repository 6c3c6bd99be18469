package io.retort.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets a record check those of its components that could be bound although others could not, so that the user sees all
 * problems at once.
 *
 * <p>Missing components are replaced by placeholders, and then by others. A problem counts if it is the same with both;
 * one that comes with one of them only, or has the key of a missing component, is a problem of the placeholder.
 */
final class PartialValidation {
    private final Class<?> type;
    private final List<String> keys;
    private final List<Optional<Object>> arguments;

    /** @param arguments by component; empty where it could not be bound */
    PartialValidation(Class<?> type, List<Optional<Object>> arguments) {
        this.type = type;
        this.keys = Types.keys(type);
        this.arguments = new ArrayList<>(arguments);
    }

    /** All that the record refuses whatever the missing components are. */
    List<SettingException> problems() {
        List<SettingException> problems = new ArrayList<>();
        for (Optional<SettingException> next = next(); next.isPresent(); next = next()) {
            problems.add(next.get());
            int refused = keys.indexOf(next.get().key());
            if (refused < 0) {
                break; // of the record as a whole: nothing can be put right to look further
            }
            arguments.set(refused, Optional.empty());
        }
        return problems;
    }

    private Optional<SettingException> next() {
        List<Optional<SettingException>> outcomes = Stream.of(false, true)
                .map(this::refusal)
                .filter(refusal -> refusal.filter(this::isOfPlaceholder).isEmpty())
                .toList();
        boolean same = outcomes.stream()
                        .map(refusal -> refusal.map(SettingException::getMessage))
                        .distinct()
                        .count()
                == 1;
        return same ? outcomes.get(0) : Optional.empty();
    }

    private boolean isOfPlaceholder(SettingException refusal) {
        int component = keys.indexOf(refusal.key());
        return component >= 0 && arguments.get(component).isEmpty();
    }

    /** @param others whether to take the other placeholders */
    private Optional<SettingException> refusal(boolean others) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] given = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            given[i] = arguments.get(i).orElse(placeholder(components[i].getGenericType(), others));
        }
        try {
            Types.constructor(type).newInstance(given);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof IllegalArgumentException refusal
                    ? Optional.of(SettingException.of(refusal))
                    : Optional.empty(); // a null where it expects something, most likely
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be constructed", e);
        }
    }

    /** Null where there is none. */
    private static Object placeholder(Type component, boolean other) {
        Class<?> raw = Types.raw(component);
        if (raw == int.class || raw == Integer.class) {
            return other ? 2 : 1;
        } else if (raw == long.class || raw == Long.class) {
            return other ? 2L : 1L;
        } else if (raw == double.class || raw == Double.class) {
            return other ? 0.5 : 1.0;
        } else if (raw == String.class) {
            return other ? "y" : "x";
        } else if (raw == Optional.class) {
            return other ? Optional.ofNullable(placeholder(Types.argument(component, 0), true)) : Optional.empty();
        } else if (raw == List.class) {
            Object element = other ? placeholder(Types.argument(component, 0), true) : null;
            return element == null ? List.of() : List.of(element);
        } else if (raw == Map.class) {
            return Map.of();
        } else if (raw.isEnum()) {
            return raw.getEnumConstants()[other ? raw.getEnumConstants().length - 1 : 0];
        }
        return null;
    }
}
