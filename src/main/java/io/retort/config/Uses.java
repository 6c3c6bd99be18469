package io.retort.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.retort.config.ConfigLookup.Written;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Which values of a recipe were taken for something, so that those without effect can be refused.
 *
 * <p>Values are compared by identity: a default that a substitution repeats elsewhere is the same value, used where
 * either is.
 */
final class Uses {
    private static final String DEFAULTS = "defaults";

    private final List<Use> uses = new ArrayList<>();
    private final IdentityHashMap<ConfigValue, String> idle = new IdentityHashMap<>();
    private final Set<String> filled = new HashSet<>();
    private final Set<String> titles;

    /** @param titles of the catalogues, under which the defaults of kinds stand */
    Uses(Set<String> titles) {
        this.titles = titles;
    }

    /** @param path of the setting that the value was taken for */
    private record Use(String path, ConfigValue value) {}

    void take(String path, ConfigValue value) {
        uses.add(new Use(path, value));
    }

    /** Takes all that an object holds. */
    void takeAll(String path, ConfigObject object) {
        object.values().forEach(value -> {
            take(path, value);
            if (value instanceof ConfigObject inner) {
                takeAll(path, inner);
            }
        });
    }

    /** Notes that something takes defaults from a section named after a list, such as {@code students}, or a kind. */
    void fill(String... section) {
        filled.add(String.join(".", section));
    }

    /** Nothing that was taken for this setting, or for one below it, has an effect there. */
    void idle(String path, String reason) {
        uses.removeIf(use -> {
            boolean below = use.path().equals(path)
                    || use.path().startsWith(path + ".")
                    || use.path().startsWith(path + "[");
            if (below) {
                idle.put(use.value(), reason);
            }
            return below;
        });
    }

    /**
     * Hands on each value that somebody wrote and nothing took, with a message: once, however many substitutions repeat
     * it.
     *
     * @param sections of the whole recipe
     * @param isWritten whether a value was written at its path, and not by a substitution
     */
    void refuseOthers(List<Written> sections, Predicate<Written> isWritten, BiConsumer<Written, String> refuse) {
        Set<ConfigValue> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        uses.forEach(use -> taken.add(use.value()));
        List<ConfigValue> order = new ArrayList<>();
        IdentityHashMap<ConfigValue, Runnable> refusals = new IdentityHashMap<>();
        for (Written section : sections) {
            refuseOthers(section, taken, (written, message) -> {
                boolean isFirst = !refusals.containsKey(written.value());
                if (isFirst) {
                    order.add(written.value());
                }
                if (isFirst || isWritten.test(written)) {
                    refusals.put(written.value(), () -> refuse.accept(written, message));
                }
            });
        }
        order.forEach(value -> refusals.get(value).run());
    }

    private void refuseOthers(Written written, Set<ConfigValue> taken, BiConsumer<Written, String> refuse) {
        ConfigValue value = written.value();
        if (value instanceof ConfigObject object) {
            object.keySet().forEach(key -> refuseOthers(written.child(key).orElseThrow(), taken, refuse));
            return;
        }
        boolean mayBeIdle = Reference.holds(value.origin()) || value.valueType() == ConfigValueType.NULL;
        if (!taken.contains(value)) {
            if (!mayBeIdle && idle.containsKey(value)) {
                refuse.accept(written, "has no effect, for " + idle.get(value) + "; leave it out");
            } else if (!mayBeIdle && written.path().startsWith(DEFAULTS + ".")) {
                refuse.accept(written, "has no effect, for " + unused(written.path()));
            }
        } else if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof ConfigObject element) {
                    refuseOthers(new Written(written.path() + "[" + i + "]", element), taken, refuse);
                }
            }
        }
    }

    /** Why nothing took a default, and what to do. */
    private String unused(String path) {
        String[] steps = path.split("\\.", 4);
        String kind = steps.length > 2 ? steps[1] + "." + steps[2] : "";
        boolean ofKind = titles.contains(steps[1]);
        if (!ofKind && filled.contains(steps[1])) {
            return "all " + steps[1] + " have their own; set it there, or on the command line by -D '" + steps[1]
                    + "[NAME]." + path.substring(DEFAULTS.length() + steps[1].length() + 2) + "=VALUE'";
        } else if (filled.contains(kind)) {
            return "everything of kind '" + steps[2] + "' has its own; set it there";
        }
        return ofKind
                ? "nothing in the recipe is of kind '" + steps[2] + "'; leave it out"
                : "the recipe has no " + steps[1] + "; leave it out";
    }
}
