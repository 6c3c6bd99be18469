package io.retort.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.registry.ModelCard;
import io.retort.registry.RegisteredModel;
import io.retort.report.ConsoleTable;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort models diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Shows in which figures, data and origin two versions differ.")
final class ModelsDiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions registry;

    @Parameters(index = "0", paramLabel = "MODEL", description = "its name in the registry")
    private String name;

    @Parameters(index = "1", paramLabel = "VERSION", description = "a number, as `retort models list` shows it")
    private int first;

    @Parameters(index = "2", paramLabel = "OTHER", description = "the version that it is compared with")
    private int second;

    @Override
    public Integer call() {
        RegisteredModel model = registry.model(name);
        Map<String, String> before = fields(model.version(first).card());
        Map<String, String> after = fields(model.version(second).card());
        TreeSet<String> all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        all.removeIf(field -> before.getOrDefault(field, "").equals(after.getOrDefault(field, "")));
        ConsoleTable table =
                new ConsoleTable().left("of " + name).left("version " + first).left("version " + second);
        all.forEach(field -> table.row(field, before.getOrDefault(field, "–"), after.getOrDefault(field, "–")));
        PrintWriter out = spec.commandLine().getOut();
        out.println(table.text());
        out.flush();
        return Retort.DONE;
    }

    private static Map<String, String> fields(ModelCard card) {
        Map<String, String> fields = new TreeMap<>();
        add("", Json.parse(Json.compact(card), JsonNode.class), fields);
        return fields;
    }

    private static void add(String prefix, JsonNode node, Map<String, String> fields) {
        if (!node.isContainerNode()) {
            fields.put(prefix, node.asText());
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                JsonNode element = node.get(i);
                // gates and columns go by their names
                add(prefix + "." + element.path("name").asText(Integer.toString(i)), element, fields);
            }
        } else {
            node.fields()
                    .forEachRemaining(field -> add(
                            prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(),
                            field.getValue(),
                            fields));
        }
    }
}
