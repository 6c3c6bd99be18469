package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.TestShards;
import io.retort.network.Shape;
import io.retort.registry.Drift.FeatureShift;
import io.retort.registry.ModelCard;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureShiftsTest {
    private static final Schema SCHEMA = new Schema(
            new Column.NumberColumn(
                    Schema.FEATURES, DataType.FLOAT32, Shape.vector(3), List.of("age", "height", "always")),
            new Target.ClassTarget(List.of("no", "yes")));

    private static Dataset rows(float[]... rows) {
        byte[] stored = new byte[rows.length * SCHEMA.featureBytes()];
        long[] ids = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            ids[i] = i;
            SCHEMA.element().encode(rows[i], 0, stored, i * SCHEMA.featureBytes(), rows[i].length);
        }
        return new Dataset(
                SCHEMA,
                List.of(TestShards.of(new Samples(SCHEMA, ids, Labels.ofClasses(new int[rows.length]), stored))));
    }

    @Test
    void aCardSaysWhatFeaturesAreCalledAndWhatTheyAreLike() {
        ModelCard.Inputs card = FeatureShifts.inputs(rows(new float[] {1, 10, 7}, new float[] {3, 30, 7}));
        assertThat(card)
                .isEqualTo(new ModelCard.Inputs(
                        List.of("age", "height", "always"),
                        List.of("no", "yes"),
                        List.of(2.0, 20.0, 7.0),
                        List.of(1.0, 10.0, 0.0),
                        List.of()));
    }

    @Test
    void theFarthestFeatureComesFirst() {
        ModelCard.Inputs card = FeatureShifts.inputs(rows(new float[] {1, 10, 7}, new float[] {3, 30, 7}));
        // age is 5 deviations of 1 away, height none
        assertThat(FeatureShifts.of(card, rows(new float[] {6, 10, 7}, new float[] {8, 30, 7})))
                .containsExactly(
                        new FeatureShift("age", 5), new FeatureShift("height", 0), new FeatureShift("always", 0));
        assertThat(FeatureShifts.of(card, rows(new float[] {1, 10, 8}, new float[] {3, 30, 8}))
                        .get(0))
                .isEqualTo(new FeatureShift("always", 1e6));
        assertThat(FeatureShifts.of(ModelCard.Inputs.unknown(), rows(new float[] {1, 2, 3})))
                .isEmpty();
    }
}
