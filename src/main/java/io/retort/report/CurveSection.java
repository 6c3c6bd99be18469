package io.retort.report;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Losses;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How one training went. Of more than {@value #MAX_POINTS} epochs so many are kept, evenly spread, the first and the
 * last among them.
 *
 * @param objective the sum that was minimised, such as {@code 0.5 cross-entropy + 0.5 soft-target}
 * @param unit of the loss: {@code nats}, or empty where a part of the sum is in something else
 * @param epochs how many the training had
 * @param epoch which epochs the values are of, from 1
 * @param loss the mean over the epoch's rows, each of which weighs the same, to six digits
 * @param learningRate of the epoch's last step, likewise
 */
public record CurveSection(
        String objective, String unit, int epochs, List<Integer> epoch, List<Double> loss, List<Double> learningRate) {
    /** The unit of losses that are cross-entropies or divergences. */
    public static final String NATS = "nats";

    static final int MAX_POINTS = 400;

    private static final MathContext SIX_DIGITS = new MathContext(6);

    public CurveSection {
        epoch = List.copyOf(epoch);
        loss = List.copyOf(loss);
        learningRate = List.copyOf(learningRate);
        if (epoch.size() != loss.size() || epoch.size() != learningRate.size()) {
            throw new IllegalArgumentException("a curve must have a loss and a learning rate for each epoch, has "
                    + loss.size() + " and " + learningRate.size() + " for " + epoch.size());
        }
    }

    /** The curve of a training on a sum of losses; none of networks in stores of earlier versions. */
    public static List<CurveSection> of(TrainingCurve curve, List<LossSettings> losses) {
        if (curve.epochs() == 0) {
            return List.of();
        }
        List<Integer> kept = kept(curve.epochs());
        return List.of(new CurveSection(
                objective(losses),
                losses.stream().allMatch(LossSettings::inNats) ? NATS : "",
                curve.epochs(),
                kept.stream().map(index -> index + 1).toList(),
                kept.stream().map(index -> rounded(curve.losses().get(index))).toList(),
                kept.stream()
                        .map(index -> rounded(curve.learningRates().get(index)))
                        .toList()));
    }

    /** The sum of losses in words, such as {@code 0.5 cross-entropy + 0.5 soft-target}. */
    public static String objective(List<LossSettings> losses) {
        return losses.stream().map(CurveSection::term).collect(Collectors.joining(" + "));
    }

    private static List<Integer> kept(int epochs) {
        int points = Math.min(epochs, MAX_POINTS);
        return IntStream.range(0, points)
                .map(point ->
                        points == 1 ? 0 : Math.toIntExact(Math.round((double) point * (epochs - 1) / (points - 1))))
                .boxed()
                .toList();
    }

    /** {@code soft-target}, {@code 0.5 soft-target}, or {@code 0.5 to 0 soft-target} where its weight moves. */
    private static String term(LossSettings loss) {
        String kind = Losses.CATALOGUE.kindOf(loss).name();
        double first = loss.weight().at(0);
        double last = loss.weight().at(1);
        if (first != last) {
            return figure(first) + " to " + figure(last) + " " + kind;
        }
        return first == 1 ? kind : figure(first) + " " + kind;
    }

    private static String figure(double weight) {
        return new BigDecimal(Double.toString(weight)).stripTrailingZeros().toPlainString();
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(SIX_DIGITS).doubleValue();
    }
}
