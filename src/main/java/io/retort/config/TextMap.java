package io.retort.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.retort.config.ConfigLookup.Written;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Nested objects as one map of texts with dotted keys.
 *
 * @param guard why a key must not stand in a file
 * @param refuse receives each problem
 */
record TextMap(Function<String, Optional<String>> guard, BiConsumer<Written, String> refuse) {
    /** The map, sorted by key; nothing where something is wrong. Of a key in several objects, the first counts. */
    Optional<Map<String, String>> of(List<Written> objects) {
        Map<String, String> texts = new TreeMap<>();
        boolean complete = true;
        for (Written object : objects) {
            complete &= flatten("", object, texts);
        }
        return complete ? Optional.of(Collections.unmodifiableMap(new LinkedHashMap<>(texts))) : Optional.empty();
    }

    private boolean flatten(String prefix, Written object, Map<String, String> texts) {
        boolean complete = true;
        for (Map.Entry<String, ConfigValue> entry : ((ConfigObject) object.value()).entrySet()) {
            Written child = object.child(entry.getKey()).orElseThrow();
            String key = prefix + entry.getKey();
            switch (entry.getValue().valueType()) {
                case OBJECT -> complete &= flatten(key + ".", child, texts);
                case LIST -> {
                    refuse.accept(child, "must be a text, was a list");
                    complete = false;
                }
                case NULL -> {}
                default -> {
                    Optional<String> refusal =
                            Overrides.holds(entry.getValue().origin()) ? Optional.empty() : guard.apply(key);
                    refusal.ifPresent(message -> refuse.accept(child, message));
                    complete &= refusal.isEmpty();
                    texts.putIfAbsent(key, Types.text(entry.getValue()));
                }
            }
        }
        return complete;
    }
}
