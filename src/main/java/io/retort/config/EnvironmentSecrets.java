package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps secrets of the environment out of names, paths and all else that is shown: a recipe from somebody else could otherwise write
 * <code>name = ${AWS_SECRET_ACCESS_KEY}</code>.
 */
final class EnvironmentSecrets {
    /** A shorter one is in too many texts by chance, and no secret. */
    private static final int LEAST_CHARACTERS = 6;

    private final Map<String, String> secrets = new TreeMap<>();
    private final Loaded loaded;
    private final List<Problem> problems;

    private EnvironmentSecrets(Loaded loaded, List<Problem> problems) {
        this.loaded = loaded;
        this.problems = problems;
    }

    /** Refuses values, other than those of secret keys, that hold a secret of the environment which the configuration refers to. */
    static void refuseElsewhere(
            Config written, Loaded loaded, Map<String, String> environment, List<Problem> problems) {
        EnvironmentSecrets search = new EnvironmentSecrets(loaded, problems);
        String text = written.root().render(ConfigRenderOptions.concise());
        environment.forEach((name, value) -> {
            if (value.length() >= LEAST_CHARACTERS && Secrets.isSecret(name) && text.contains(name)) {
                search.secrets.put(name, value);
            }
        });
        if (!search.secrets.isEmpty()) {
            search.look("", loaded.root());
        }
    }

    private void look(String path, ConfigValue value) {
        if (value instanceof ConfigObject object) {
            object.forEach((key, child) -> look(Names.path(path, key), child));
        } else if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                look(path + "[" + i + "]", list.get(i));
            }
        } else if (value.valueType() == ConfigValueType.STRING && !Secrets.isSecret(path)) {
            secrets.forEach((name, secret) -> {
                if (Types.text(value).contains(secret)) {
                    problems.add(new Problem(
                            loaded.position(value, path),
                            path,
                            "must not hold the environment variable " + name + ", which is a secret; only keys such as"
                                    + " *.password, *.secret, *.token and *.access.key may"));
                }
            });
        }
    }
}
