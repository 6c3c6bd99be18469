package io.retort.recipe;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the ONNX files of students are like.
 *
 * @param outputs of the graph; logits among them
 */
public record ExportSettings(List<Output> outputs) {
    /** Logits alone. */
    public static final ExportSettings LOGITS = new ExportSettings(List.of(Output.LOGITS));

    public ExportSettings {
        outputs = List.copyOf(outputs);
        if (!outputs.contains(Output.LOGITS) || new HashSet<>(outputs).size() < outputs.size()) {
            throw new SettingException(
                    "outputs",
                    "must have logits, and may have probabilities and label, each once, was " + names(outputs));
        }
    }

    /** The outputs besides logits. */
    public Set<Output> further() {
        Set<Output> further = EnumSet.copyOf(outputs);
        further.remove(Output.LOGITS);
        return further;
    }

    /**
     * Refuses outputs that rows of this target have none of.
     *
     * @throws SettingException with what they may be
     */
    public void requireFits(Target target) {
        boolean isOfClasses = target.kind() == LabelColumns.Kind.CLASS;
        boolean isOfSeveral = target.kind() == LabelColumns.Kind.SEVERAL_CLASSES;
        if (further().isEmpty() || isOfClasses || (isOfSeveral && !outputs.contains(Output.LABEL))) {
            return;
        }
        throw new SettingException(
                "export.outputs",
                "must be "
                        + (isOfSeveral
                                ? "[logits, probabilities], for a row may have several classes"
                                : "left out, for" + " students give numbers and no classes")
                        + ", was " + names(outputs));
    }

    /** What makes probabilities of logits. */
    public static Activation activation(Target target) {
        return target.isOneClass() ? Activation.SOFTMAX : Activation.SIGMOID;
    }

    private static List<String> names(List<Output> outputs) {
        return outputs.stream().map(Names::kebab).toList();
    }
}
