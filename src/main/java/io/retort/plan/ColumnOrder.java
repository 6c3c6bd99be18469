package io.retort.plan;

import io.retort.network.Signature;
import io.retort.network.TableEncoding;
import io.retort.recipe.Recipe;
import io.retort.registry.RegisteredModel;
import io.retort.storage.Storage;
import io.retort.teacher.SavedModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The columns that a network which is there already has learned from, in its order: what data for it must have,
 * wherever it stands in their files.
 *
 * @param owner whose order it is, for messages
 * @param columns none where nobody knows their names, or there is no such network
 * @param table how it reads them; nothing where each is an element of its input
 * @param further what becomes of columns that it has not learned from
 */
public record ColumnOrder(String owner, List<String> columns, Optional<TableEncoding> table, Further further) {
    /** What becomes of further columns. */
    enum Further {
        IGNORED,
        REFUSED
    }

    public ColumnOrder {
        columns = List.copyOf(columns);
    }

    static ColumnOrder none() {
        return new ColumnOrder("", List.of(), Optional.empty(), Further.REFUSED);
    }

    /** That of the first saved model of a recipe that has one. */
    static ColumnOrder ofSaved(Storage storage, Recipe recipe) {
        for (SavedModel saved : recipe.saved()) {
            Signature signature = saved.signature(storage);
            if (!signature.columns().isEmpty()) {
                return of("the saved network " + saved.path(), signature, Further.REFUSED);
            }
        }
        return none();
    }

    /** That of a model's champion, or where it has none that of the recipe's saved networks. */
    public static ColumnOrder ofChampion(Storage storage, Recipe recipe, RegisteredModel model) {
        Optional<ColumnOrder> champion = model.champion()
                .map(promotion -> of(
                        "champion " + promotion.version() + " of '" + model.name() + "'",
                        model.network(model.version(promotion.version()))
                                .structure()
                                .signature(),
                        Further.IGNORED));
        return champion.filter(order -> !order.columns().isEmpty()).orElseGet(() -> ofSaved(storage, recipe));
    }

    private static ColumnOrder of(String owner, Signature signature, Further further) {
        return new ColumnOrder(owner, signature.columns(), signature.table(), further);
    }

    /**
     * The features of data in this order.
     *
     * @param found the features of the data in theirs
     * @param named whether the recipe names them
     * @param warnings get one of columns that are ignored
     * @throws IllegalArgumentException where a column is missing, or further ones are there and may not be ignored
     */
    List<String> of(List<String> found, boolean named, List<String> warnings) {
        if (columns.isEmpty()) {
            return found;
        }
        String place = named ? "data.train.features" : "data.train";
        Set<String> missing = without(columns, found);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(place + " has no "
                    + NamedData.columns(missing).substring("the ".length()) + ", but " + owner + " has learned from "
                    + NamedData.columns(columns) + "; " + remedy("give the data what is missing"));
        }
        Set<String> more = without(found, columns);
        if (!more.isEmpty() && (named || further == Further.REFUSED)) {
            throw new IllegalArgumentException(place + " has " + NamedData.columns(more) + ", but " + owner
                    + " has learned from " + NamedData.columns(columns) + " alone; "
                    + remedy(named ? "leave the others out" : "name these in data.train.features"));
        }
        if (!more.isEmpty()) {
            warnings.add(NamedData.columns(more) + " of data.train " + (more.size() == 1 ? "is" : "are")
                    + " ignored, for " + owner + " has not learned from "
                    + (more.size() == 1 ? "it; to use it" : "them; to use them")
                    + ", give a new model another name in retrain.model");
        }
        return columns;
    }

    /** Says that data without names are taken as they come, where the network has learned from named columns. */
    void warnOfPlaces(List<String> warnings) {
        if (!columns.isEmpty()) {
            warnings.add(owner + " has learned from " + NamedData.columns(columns)
                    + "; the values of data.train have no names, and are taken in that order");
        }
    }

    private String remedy(String remedy) {
        return remedy
                + (further == Further.IGNORED
                        ? ", or give a model of other columns another name in retrain.model"
                        : "");
    }

    private static Set<String> without(List<String> some, List<String> others) {
        Set<String> left = new TreeSet<>(some);
        others.forEach(left::remove);
        return left;
    }
}
