package io.retort.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.retort.config.ConfigException.Problem.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A value that a record needs, and all that was written for it.
 *
 * @param path where the user would write it
 * @param written the candidates, the strongest first: the value itself, then defaults
 * @param around where the object that it belongs to was written
 */
record ConfigLookup(String path, List<Written> written, Position around) {
    /** One value, and the path at which it stands. */
    record Written(String path, ConfigValue value) {
        Optional<Written> child(String key) {
            return value instanceof ConfigObject object
                    ? Optional.ofNullable(object.get(key)).map(found -> new Written(Names.path(path, key), found))
                    : Optional.empty();
        }
    }

    /** Whether nothing was written, or null. */
    boolean isAbsent() {
        return written.isEmpty() || first().value().valueType() == ConfigValueType.NULL;
    }

    Written first() {
        return written.get(0);
    }

    String key() {
        return path.substring(path.lastIndexOf('.') + 1).replaceAll("\\[.*", "");
    }

    /** Where it was written, or else the object around it. */
    Position position(Loaded loaded) {
        return written.isEmpty() || Reference.holds(first().value().origin())
                ? around
                : loaded.position(first().value(), first().path());
    }

    ConfigLookup child(String key, Loaded loaded) {
        List<Written> children =
                written.stream().flatMap(one -> one.child(key).stream()).toList();
        return new ConfigLookup(Names.path(path, key), children, position(loaded));
    }

    /** The elements of a list, each with the defaults for the elements of lists of its name. */
    List<ConfigLookup> elements(Optional<Written> defaults, Loaded loaded) {
        List<ConfigLookup> elements = new ArrayList<>();
        for (ConfigValue element : (ConfigList) first().value()) {
            String at = path + "[" + elements.size() + "]";
            Written own = new Written(first().path() + "[" + elements.size() + "]", element);
            elements.add(new ConfigLookup(
                    at, Stream.concat(Stream.of(own), defaults.stream()).toList(), position(loaded)));
        }
        return elements;
    }

    /** The candidates down to the first that is no object, which hides those below it. */
    ConfigLookup objects() {
        List<Written> objects = written.stream()
                .takeWhile(one -> one.value().valueType() == ConfigValueType.OBJECT)
                .toList();
        return with(objects);
    }

    ConfigLookup with(List<Written> candidates) {
        return new ConfigLookup(path, candidates, around);
    }
}
