package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue.Setting;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import io.retort.config.ConfigLookup.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code reference.conf} owes to recipes and to kinds; whoever adds a catalogue hands it to one of the two
 * methods.
 *
 * <p>A key is explained by the comment above it. A setting that has no default (it must be in the recipe, or it is
 * optional) has no key, and is named in the comment above the section of its kind.
 */
public final class ReferenceContract {
    private ReferenceContract() {}

    /** Every kind binds from its defaults, but for settings that have none, and each of its settings is explained. */
    public static void verifyKinds(Catalogue<?>... catalogues) {
        verifyKinds(Reference.builtIn(), catalogues);
    }

    /**
     * As {@link #verifyKinds}; and each key of {@code reference.conf} has a comment, is known to the recipe, and has a
     * value of its type.
     */
    public static void verifyRecipe(Class<? extends Record> recipe, Catalogue<?>... catalogues) {
        verifyRecipe(Reference.builtIn(), recipe, catalogues);
    }

    static void verifyKinds(Reference reference, Catalogue<?>... catalogues) {
        assertThat(catalogues).as("catalogues").isNotEmpty();
        for (Catalogue<?> catalogue : catalogues) {
            for (Kind<?> kind : catalogue.kinds()) {
                assertThat(kind.summary())
                        .as("summary of kind '%s'", kind.name())
                        .isNotBlank();
                verifyDefaults(reference, catalogue, kind, catalogues);
                verifyComments(reference, catalogue, kind);
            }
        }
    }

    static void verifyRecipe(Reference reference, Class<? extends Record> recipe, Catalogue<?>... catalogues) {
        verifyKinds(reference, catalogues);
        assertThat(withoutComment("", reference.config().root()))
                .as("keys of reference.conf without a comment")
                .isEmpty();
        // Read as a user's file, reference.conf has its unknown keys and wrong values reported.
        ConfigSource source =
                ConfigSource.text("reference.conf", reference.hocon()).withReference(Reference.parse(""));
        List<Problem> problems;
        try {
            Binder.with(catalogues).bind(source, recipe);
            problems = List.of();
        } catch (ConfigException e) {
            problems = e.problems();
        }
        assertThat(problems)
                .as("problems of reference.conf")
                .allSatisfy(problem -> assertThat(problem.message()).matches("(kind is )?missing; .*"));
    }

    private static void verifyDefaults(
            Reference reference, Catalogue<?> catalogue, Kind<?> kind, Catalogue<?>... catalogues) {
        Loaded loaded = ConfigSource.text("recipe", "").withReference(reference).load();
        Binding binding = new Binding(Catalogue.checked(catalogues), Map.of(), FilePaths.AS_WRITTEN, loaded);
        Written name = new Written(kind.name(), ConfigValueFactory.fromAnyRef(kind.name(), "recipe"));
        Optional<Object> bound =
                binding.kind(catalogue, new ConfigLookup(kind.name(), List.of(name), new Position("recipe", 1)));
        bound.ifPresent(settings -> assertThat(settings).isInstanceOf(kind.settings()));
        assertThat(binding.problems())
                .as("problems of the defaults of kind '%s' of %s", kind.name(), catalogue.title())
                .allSatisfy(problem -> assertThat(problem.message()).startsWith("missing; "));
    }

    private static void verifyComments(Reference reference, Catalogue<?> catalogue, Kind<?> kind) {
        String section = "defaults." + catalogue.title() + "." + kind.name();
        for (Setting setting : catalogue.settings(kind)) {
            String path = section + "." + setting.name();
            if (reference.value(path).isPresent()) {
                assertThat(reference.comment(path))
                        .as("comment above %s in reference.conf", path)
                        .isNotBlank();
            } else {
                assertThat(reference.comment(section))
                        .as("comment above %s in reference.conf, on settings without a default", section)
                        .contains(setting.name());
            }
        }
    }

    private static List<String> withoutComment(String path, ConfigObject object) {
        List<String> bare = new ArrayList<>();
        object.forEach((key, value) -> {
            String at = Names.path(path, key);
            if (value instanceof ConfigObject section && !section.isEmpty()) {
                bare.addAll(withoutComment(at, section));
            } else if (hasNoComment(value)) {
                bare.add(at);
            }
        });
        return bare;
    }

    private static boolean hasNoComment(ConfigValue value) {
        return value.origin().comments().stream().allMatch(String::isBlank);
    }
}
