package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/** Kind {@code w1-student}: the reference workload's student, whose speed and accuracy are compared from version to version. */
public record W1Student() implements ArchitectureSettings {
    @Override
    public Structure build(Shape input, int classes) {
        return new ConvNet(List.of("cbr16", "max", "dws32", "max", "dws64", "dws64")).build(input, classes);
    }
}
