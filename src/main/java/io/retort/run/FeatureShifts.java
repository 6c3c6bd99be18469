package io.retort.run;

import io.retort.data.Schema;
import io.retort.data.shard.Dataset;
import io.retort.network.ChannelMoments;
import io.retort.registry.Drift.FeatureShift;
import io.retort.registry.ModelCard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How features of samples compare with those on a card, out of the sums that each shard keeps: no sample is read. */
public final class FeatureShifts {
    /** How many are named. */
    private static final int MOST = 3;

    private FeatureShifts() {}

    /** What a card says of training samples. */
    public static ModelCard.Inputs inputs(Dataset train) {
        Schema schema = train.schema();
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        if (hasMoments(schema)) {
            ChannelMoments moments = train.moments();
            for (int c = 0; c < schema.shape().channels(); c++) {
                means.add(moments.mean()[c]);
                deviations.add(Math.sqrt(moments.variance(c)));
            }
        }
        return new ModelCard.Inputs(
                schema.signature().columns(), schema.signature().classes(), means, deviations, List.of());
    }

    /**
     * The features of new samples that have moved farthest, the farthest first; none of texts, and none by a card
     * without means.
     */
    public static List<FeatureShift> of(ModelCard.Inputs card, Dataset added) {
        Schema schema = added.schema();
        if (!hasMoments(schema) || card.means().size() != schema.shape().channels()) {
            return List.of();
        }
        ChannelMoments now = added.moments();
        List<FeatureShift> shifts = new ArrayList<>();
        for (int c = 0; c < card.means().size(); c++) {
            double shift = FeatureShift.between(
                    card.means().get(c), card.deviations().get(c), now.mean()[c], Math.sqrt(now.variance(c)));
            shifts.add(new FeatureShift(name(schema, c), shift));
        }
        return shifts.stream()
                .sorted(Comparator.comparingDouble(FeatureShift::value).reversed())
                .limit(MOST)
                .toList();
    }

    private static boolean hasMoments(Schema schema) {
        return !schema.hasTexts() && schema.input().table().isEmpty();
    }

    private static String name(Schema schema, int channel) {
        boolean named = schema.input().names().size() == schema.shape().channels();
        return named
                ? schema.input().names().get(channel)
                : (schema.shape().isImage() ? "channel " : "feature ") + channel;
    }
}
