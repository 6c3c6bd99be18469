package io.retort.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Puts absolute paths for relative ones into components that are {@link FilePath}s. */
record PathComponents(FilePaths paths) {
    /** @param bound the component's value, which was written for {@code sought} */
    Object resolved(RecordComponent component, Object bound, ConfigLookup sought) {
        FilePath names = component.getAnnotation(FilePath.class);
        return names == null || sought.isAbsent() ? bound : resolved(bound, names, sought);
    }

    private Object resolved(Object bound, FilePath names, ConfigLookup sought) {
        if (bound instanceof Optional<?> optional) {
            return optional.map(value -> resolved(value, names, sought));
        } else if (bound instanceof List<?> list) {
            ConfigList written = (ConfigList) sought.first().value();
            return IntStream.range(0, list.size())
                    .mapToObj(i -> resolved((String) list.get(i), names, sought.path(), written.get(i)))
                    .toList();
        }
        return resolved((String) bound, names, sought.path(), sought.first().value());
    }

    private String resolved(String path, FilePath names, String key, ConfigValue written) {
        if (path.isBlank() || List.of(names.except()).contains(path)) {
            return path;
        }
        return Loaded.isOfShell(written.origin()) ? paths.ofShell(key, path) : paths.ofRecipe(key, path);
    }
}
