package io.retort.config;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonInclude.Value;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.retort.storage.Json;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings records as JSON text in which each value has one spelling.
 *
 * <p>An object holds {@code kind} (for the settings of a kind) and the components in the order of their declaration, by
 * their keys; maps are sorted by key; a double has the fewest digits that give it back; a duration is in the
 * greatest unit that makes it a whole number. Values whose key names a secret
 * ({@code *.secret}, {@code *.password}, {@code *.token}, {@code access-key}, {@code fs.s3a.*.key} ...) read
 * {@code (redacted)}, and so do user and password of an address: a changed password changes no content address.
 * {@linkplain PartlyIdle Idle} settings are left out.
 */
public final class Canonical {
    private static final int DIGITS_OF_A_DOUBLE = 17;

    private static final ObjectMapper ADDRESSES = new ObjectMapper()
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
            .setDefaultPropertyInclusion(Value.construct(Include.ALWAYS, Include.NON_NULL));

    private final List<Catalogue<?>> catalogues;

    private Canonical(List<Catalogue<?>> catalogues) {
        this.catalogues = catalogues;
    }

    public static Canonical with(Catalogue<?>... catalogues) {
        return new Canonical(Catalogue.checked(catalogues));
    }

    /** On one line, without spaces. */
    public String text(Record settings) {
        return Json.compact(object(settings, ""));
    }

    /**
     * The text of content addresses: sorted by key, without absent values, so that neither the order of components nor
     * a new setting that may be absent changes an address. Keys, kinds and constants are spelled as in a recipe.
     *
     * @param except keys of the record itself that do not matter
     */
    public String address(Record settings, Collection<String> except) {
        Map<String, Object> object = object(settings, "");
        except.forEach(path -> remove(object, path));
        try {
            return ADDRESSES.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of maps, lists and texts can always be written", e);
        }
    }

    /** {@link #address(Record, Collection)} of all its settings. */
    public String address(Record settings) {
        return address(settings, List.of());
    }

    /** Indented, for people; it can be read back as HOCON. */
    public String pretty(Record settings) {
        return Json.pretty(object(settings, ""));
    }

    private Object tree(Object value, String key) {
        if (value instanceof Optional<?> optional) {
            return optional.map(present -> tree(present, key)).orElse(null);
        } else if (value instanceof Record settings) {
            return isPlainNumber(settings)
                    ? tree(read(settings, settings.getClass().getRecordComponents()[0]), key)
                    : object(settings, key);
        } else if (value instanceof List<?> list) {
            return list.stream().map(element -> tree(element, key)).toList();
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((name, text) -> sorted.put((String) name, tree(text, key + "." + name)));
            return sorted;
        } else if (value instanceof String text) {
            return Secrets.redacted(key, text);
        } else if (Secrets.isSecret(key)) {
            return Secrets.REDACTED;
        } else if (value instanceof Double number) {
            return shortest(number);
        } else if (value instanceof Enum<?> constant) {
            return Names.kebab(constant);
        } else if (value instanceof Duration duration) {
            return text(duration);
        } else if (value instanceof Integer || value instanceof Long) {
            return value;
        }
        throw new IllegalArgumentException(
                "a setting of " + value.getClass() + " at '" + key + "' has no canonical text");
    }

    /** As HOCON reads it back. */
    private static String text(Duration duration) {
        if (duration.toNanosPart() > 0) {
            return duration.toNanos() + " ns";
        }
        return duration.toSecondsPart() > 0 || duration.isZero()
                ? duration.toSeconds() + " s"
                : duration.toMinutes() + " minutes";
    }

    private boolean isPlainNumber(Record settings) {
        return catalogues.stream()
                .filter(catalogue -> catalogue.base().isInstance(settings))
                .flatMap(catalogue -> catalogue.plainNumber().stream())
                .anyMatch(kind -> kind.settings() == settings.getClass());
    }

    private Map<String, Object> object(Record settings, String key) {
        Map<String, Object> object = new LinkedHashMap<>();
        catalogues.stream()
                .filter(catalogue -> catalogue.base().isInstance(settings))
                .forEach(catalogue ->
                        object.put("kind", catalogue.kindOf(settings).name()));
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String name = Names.kebab(component.getName());
            object.put(name, tree(read(settings, component), key + "." + name));
        }
        PartlyIdle.of(settings).keySet().forEach(idle -> remove(object, idle));
        return object;
    }

    /** @param path such as {@code training} or {@code test.vocabulary} */
    private static void remove(Map<?, ?> object, String path) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            object.remove(path);
        } else if (object.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
            remove(inner, path.substring(dot + 1));
        }
    }

    private static Object read(Record settings, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true); // Settings records need not be public.
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    /** Not {@code Double.toString}, whose digits changed between Java versions, and content addresses must not. */
    private static BigDecimal shortest(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("a setting of " + number + " has no canonical text");
        }
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits < DIGITS_OF_A_DOUBLE; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(DIGITS_OF_A_DOUBLE, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }
}
