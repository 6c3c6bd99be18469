package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The defaults, with the comment that explains each. */
public final class Reference {
    /** Set apart from any file that a user may call {@code reference.conf}. */
    private static final String ORIGIN = "built-in reference.conf";

    private final String hocon;
    private final Config config;

    private Reference(String hocon, Config config) {
        this.hocon = hocon;
        this.config = config;
    }

    /** Retort's own {@code reference.conf}, never that of another library on the class path. */
    public static Reference builtIn() {
        String self = "/" + Reference.class.getName().replace('.', '/') + ".class";
        String location = Reference.class.getResource(self).toExternalForm();
        String root = location.substring(0, location.length() - self.length());
        try (InputStream in = new URL(root + "/reference.conf").openStream()) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("reference.conf cannot be read from " + root, e);
        }
    }

    public static Reference parse(String hocon) {
        ConfigParseOptions options =
                ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setOriginDescription(ORIGIN);
        return new Reference(hocon, ConfigFactory.parseString(hocon, options));
    }

    /** The default at a path, as it would be written in a recipe. */
    public Optional<String> value(String path) {
        return find(path).map(found -> found.render(ConfigRenderOptions.concise()));
    }

    /** The comment at a path, one line after the other; empty where there is none. */
    public String comment(String path) {
        List<String> lines = find(path).map(found -> found.origin().comments()).orElse(List.of());
        return String.join("\n", lines.stream().map(String::strip).toList());
    }

    String hocon() {
        return hocon;
    }

    Config config() {
        return config;
    }

    static boolean holds(ConfigOrigin origin) {
        return Loaded.source(origin).equals(ORIGIN);
    }

    /** Walks by hand, because a value may be a substitution, which a path does not lead to before it is resolved. */
    private Optional<ConfigValue> find(String path) {
        ConfigValue at = config.root();
        for (String key : ConfigUtil.splitPath(path)) {
            if (!(at instanceof ConfigObject section) || !section.containsKey(key)) {
                return Optional.empty();
            }
            at = section.get(key);
        }
        return Optional.of(at);
    }
}
