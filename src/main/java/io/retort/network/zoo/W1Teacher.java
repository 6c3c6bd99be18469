package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/** Kind {@code w1-teacher}: the reference workload's teacher, whose speed and accuracy are compared from version to version. */
public record W1Teacher() implements ArchitectureSettings {
    @Override
    public Structure build(Shape input, int classes) {
        return new ConvNet(List.of("cbr32", "cbr32", "max", "cbr64", "cbr64", "max", "cbr128", "cbr128"))
                .build(input, classes);
    }
}
