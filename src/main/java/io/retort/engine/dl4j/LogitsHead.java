package io.retort.engine.dl4j;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** DL4J configuration of the end of a graph: its output is the logits as they come in, its loss any {@link ILossFunction} of them. */
public final class LogitsHead extends Head {
    private static final long serialVersionUID = 1L;

    /** For DL4J's JSON. */
    public LogitsHead() {}

    static LogitsHead of(ILossFunction loss) {
        LogitsHead head = new LogitsHead();
        head.setLossFn(loss);
        return head;
    }

    @Override
    HeadLayer newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new LogitsHeadLayer(configuration, type);
    }

    @Override
    public LogitsHead clone() {
        return (LogitsHead) super.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogitsHead && super.equals(other);
    }

    @Override
    public int hashCode() {
        return Objects.hash(LogitsHead.class, super.hashCode());
    }
}
