package io.retort.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a record check those of its components that could be bound although others could not, so that the user hears of all problems at once. In the place of
 * what is missing it is given something harmless, and of what it then says only that counts which speaks of nothing missing.
 */
final class PartialCheck {
    private final Class<?> type;
    private final List<Optional<Object>> arguments;

    /** @param arguments by component; empty where it could not be bound */
    PartialCheck(Class<?> type, List<Optional<Object>> arguments) {
        this.type = type;
        this.arguments = new ArrayList<>(arguments);
    }

    /** All that the record says against components that are there. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Optional<String> problem = problem(); problem.isPresent(); problem = problem()) {
            problems.add(problem.get());
            int refused = component(problem.get());
            if (refused < 0) {
                break;
            }
            arguments.set(refused, Optional.empty());
        }
        return problems;
    }

    private Optional<String> problem() {
        RecordComponent[] components = type.getRecordComponents();
        Object[] given = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            given[i] = arguments.get(i).isPresent() ? arguments.get(i).get() : standIn(components[i].getType());
        }
        try {
            Binding.constructor(type).newInstance(given);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof IllegalArgumentException refusal
                    ? Optional.of(String.valueOf(refusal.getMessage())).filter(this::speaksOfWhatIsThere)
                    : Optional.empty(); // A null where it expects something, most likely.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be constructed", e);
        }
    }

    private boolean speaksOfWhatIsThere(String message) {
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            if (arguments.get(i).isEmpty()
                    && message.matches("(?s).*\\b(" + name + "|" + Names.kebab(name) + ")\\b.*")) {
                return false;
            }
        }
        return component(message) >= 0 || arguments.stream().allMatch(Optional::isPresent);
    }

    /** The component that a message is about, by its beginning; −1 if it is about the whole. */
    int component(String message) {
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            if (message.startsWith(name + " ") || message.startsWith(Names.kebab(name) + " ")) {
                return i;
            }
        }
        return -1;
    }

    private static Object standIn(Class<?> type) {
        if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        } else if (type == double.class) {
            return 1.0;
        } else if (type == String.class) {
            return "x";
        } else if (type == Optional.class) {
            return Optional.empty();
        } else if (type == List.class) {
            return List.of();
        } else if (type == Map.class) {
            return Map.of();
        }
        return type.isEnum() ? type.getEnumConstants()[0] : null;
    }
}
