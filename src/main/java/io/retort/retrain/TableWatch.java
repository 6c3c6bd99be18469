package io.retort.retrain;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.TableShares.ColumnShare;
import io.retort.network.TableEncoding;
import io.retort.registry.ModelCard;
import io.retort.registry.RegisteredModel.Version;
import io.retort.run.Challenge.ChallengeInputs;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether new rows of a table have more values that its dictionaries do not know, or more missing numbers, than the rows
 * that these were fitted to. A model keeps its dictionaries through the nights, so it goes blind without a word.
 */
final class TableWatch {
    /** By so much a share may rise; {@code docs/REPORT.md} has it. */
    private static final double RISE = 0.05;

    private TableWatch() {}

    /**
     * The shares of the rows that the encoding was fitted to, as the champion's card has them; where it has none, those
     * of today's training rows.
     */
    static List<ColumnShare> fitted(ChallengeInputs inputs, Optional<Version> champion) {
        List<ColumnShare> known =
                champion.map(version -> version.card().inputs().shares()).orElseGet(List::of);
        return known.isEmpty() ? inputs.tableShares(inputs.train()) : known;
    }

    /** Warns of the columns of new rows whose share is more than {@value #RISE} above that on the champion's card. */
    static void warn(ChallengeInputs inputs, ModelCard.Inputs card, Dataset added) {
        Map<String, Double> before =
                card.shares().stream().collect(Collectors.toMap(ColumnShare::name, ColumnShare::share));
        if (before.isEmpty()) {
            return; // the card of a program that did not look, or of no table
        }
        List<String> categories = added.schema().input().table().stream()
                .flatMap(table -> table.categories().stream())
                .map(TableEncoding.Category::name)
                .toList();
        for (ColumnShare now : inputs.tableShares(added)) {
            double known = before.getOrDefault(now.name(), now.share());
            if (now.share() > known + RISE) {
                inputs.context()
                        .progress()
                        .warn(String.format(
                                Locale.ROOT,
                                "%.1f %% of the new rows %s, %.1f %% when the model's table was fitted; %s",
                                100 * now.share(),
                                categories.contains(now.name())
                                        ? "have a " + now.name() + " that its dictionary does not have"
                                        : "lack the number " + now.name(),
                                100 * known,
                                categories.contains(now.name())
                                        ? "let a model of another name learn the new values"
                                        : "look at where the column comes from"));
            }
        }
    }
}
