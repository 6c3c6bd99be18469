package io.retort.plan;

import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.FirstLook;
import io.retort.data.source.ReaderSettings;
import io.retort.network.InputScaling;
import io.retort.recipe.Recipe;
import io.retort.spark.FailureMessage;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import io.retort.teacher.SavedModel;
import io.retort.teacher.SavedNetwork;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * What can be seen of a recipe's data and saved networks in a moment, before Spark starts: whether they are there,
 * whether their headers and first rows are what the recipe says, and whether its networks and stages of compression fit
 * them.
 *
 * @param misfits what is wrong; a path is empty where the recipe as a whole is concerned
 * @param unseen what could not be looked at from here, each with the reason
 * @param columns what each column of the data is taken for, and warnings
 */
public record Preview(List<Misfit> misfits, List<String> unseen, List<String> columns) {
    /** Storage that answers at all answers within that. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String VALIDATION = "data.validation.source";

    /** Looks at all that a recipe names. */
    public static Preview of(Recipe recipe, Storage storage) {
        return of(recipe, new Looking(storage, PATIENCE, Optional.empty()));
    }

    /** The same before the launcher has fetched the recipe's data: files that are not there yet are not wrong. */
    public static Preview beforeFetching(Recipe recipe, Storage storage) {
        return of(recipe, new Looking(storage, PATIENCE, recipe.data().fetch()));
    }

    static Preview of(Recipe recipe, Looking looking) {
        Optional<Schema> train = looking.source("data.train", recipe.data().train());
        List<String> features = train.map(schema -> schema.input().names()).orElseGet(List::of);
        ReaderSettings heldOut = recipe.data().test();
        Optional<Schema> test =
                looking.source("data.test", features.isEmpty() ? heldOut : heldOut.withElements(features));
        recipe.data()
                .validationSource()
                .flatMap(source ->
                        looking.source(VALIDATION, features.isEmpty() ? source : source.withElements(features)))
                .ifPresent(validation -> train.ifPresent(schema ->
                        looking.fit(VALIDATION, () -> NamedData.requireSameKind(schema, VALIDATION, validation))));
        looking.saved(recipe);
        if (train.isPresent() && test.isPresent()) {
            looking.fit("data.test", () -> NamedData.requireSameKind(train.get(), "data.test", test.get()));
        }
        recipe.trainer().obstacle().ifPresent(reason -> looking.misfits.add(new Misfit("trainer", reason)));
        Optional<NamedData> named = looking.named(recipe);
        if (train.isPresent() && looking.networksAreThere) {
            Schema schema = named.map(data -> data.schema(looking.storage)).orElseGet(train::get);
            InputScaling none = InputScaling.none(schema.shape().channels());
            Target target = test.map(Schema::target).map(schema.target()::or).orElse(schema.target());
            looking.fit("", () -> {
                Target predicted = recipe.data().target(target);
                Plan plan = Plan.of(recipe, schema.with(predicted), none, looking.storage);
                if (!schema.target().isLabelled() || !predicted.isLabelled()) {
                    LabelNeeds.requireMet(recipe, plan, predicted);
                }
            });
        }
        if (!looking.unseen.isEmpty() && (train.isEmpty() || !looking.networksAreThere)) {
            looking.unseen.add(
                    "whether networks and compression fit the data, since not all of that could be looked at");
        }
        return new Preview(
                List.copyOf(looking.misfits),
                looking.unseen.stream().distinct().toList(),
                named.map(NamedData::sentences).orElseGet(List::of));
    }

    /** One look at everything, in which one part that is wrong hides no other. */
    static final class Looking {
        private final Storage storage;
        private final Duration patience;
        private final Optional<String> fetched;
        private final List<Misfit> misfits = new ArrayList<>();
        private final List<String> unseen = new ArrayList<>();
        private boolean networksAreThere = true;

        /**
         * @param patience with each source and each saved network
         * @param fetched a data set that the launcher fetches, where it has not yet
         */
        Looking(Storage storage, Duration patience, Optional<String> fetched) {
            this.storage = storage;
            this.patience = patience;
            this.fetched = fetched;
        }

        Optional<Schema> source(String path, ReaderSettings settings) {
            Collection<String> files =
                    settings.files().values().stream().flatMap(List::stream).toList();
            Optional<FirstLook> look =
                    look(path, files, () -> settings.source(storage).look());
            look.ifPresent(found -> {
                for (FirstLook.Problem problem : found.problems()) {
                    if (problem.isMissing() && fetched.isPresent()) {
                        unseen.add(fetchedLater(path));
                    } else {
                        misfits.add(new Misfit(
                                problem.key().isEmpty() ? path : path + "." + problem.key(), problem.message()));
                    }
                }
                found.unseen().ifPresent(reason -> unseen.add(path + ", " + reason));
                if (found.opened() < found.files()) {
                    unseen.add(path + ": " + (found.files() - found.opened()) + " of " + found.files()
                            + " files, since the first " + found.opened() + " were looked at");
                }
            });
            return look.flatMap(FirstLook::schema);
        }

        private String fetchedLater(String path) {
            return path + ", since submit-scripts/retort fetches " + fetched.orElseThrow() + " before the first run";
        }

        /** The columns of both sources, where each alone is what it should be. */
        Optional<NamedData> named(Recipe recipe) {
            AtomicReference<NamedData> named = new AtomicReference<>();
            if (misfits.isEmpty() && unseen.isEmpty()) {
                fit("", () -> named.set(NamedData.of(storage, recipe)));
            }
            return Optional.ofNullable(named.get());
        }

        void saved(Recipe recipe) {
            Map<String, SavedModel> saved = new LinkedHashMap<>(recipe.teacher().saved(Plan.TEACHER));
            for (int s = 0; s < recipe.students().size(); s++) {
                String path = "students[" + s + "].from";
                recipe.students().get(s).saved().ifPresent(from -> saved.put(path, new SavedNetwork(from)));
            }
            saved.forEach((path, model) -> {
                Optional<Optional<String>> look = look(path, List.of(model.path()), () -> model.problem(storage));
                look.flatMap(problem -> problem).ifPresent(problem -> {
                    if (fetched.isPresent() && !storage.exists(new Path(model.path()))) {
                        unseen.add(fetchedLater(path));
                    } else {
                        misfits.add(new Misfit(path, problem));
                    }
                });
                networksAreThere &= look.filter(Optional::isEmpty).isPresent();
            });
        }

        /** Tries something that throws where it does not fit. */
        void fit(String path, Runnable trial) {
            String what = path.isEmpty() ? "whether networks and compression fit the data" : path;
            look(what, List.of(), () -> misfits(path, trial)).ifPresent(misfits::addAll);
        }

        private static List<Misfit> misfits(String path, Runnable trial) {
            try {
                trial.run();
                return List.of();
            } catch (RecipeMismatchException e) {
                return e.misfits();
            } catch (IllegalArgumentException e) {
                return List.of(Misfit.at(path, e));
            }
        }

        /**
         * What a look gives; nothing where it is no use from here. A file system that does not answer is left to
         * itself.
         */
        private <T> Optional<T> look(String path, Collection<String> files, Supplier<T> look) {
            FutureTask<T> task = new FutureTask<>(look::get);
            Thread thread = new Thread(task, "look at " + path);
            thread.setDaemon(true);
            thread.start();
            try {
                return Optional.of(task.get(patience.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                thread.interrupt();
                unseen.add(path + ", since there was no answer within " + patience.toMillis() + " ms");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                unseen.add(path + ", since the look was broken off");
            } catch (ExecutionException e) {
                if (isSeen(e.getCause(), files)) {
                    misfits.add(new Misfit(files.isEmpty() ? "" : path, FailureMessage.of(e.getCause())));
                } else {
                    unseen.add(path + ", since " + FailureMessage.of(e.getCause()));
                }
            }
            return Optional.empty();
        }

        /** Whether a failure is that of files, and not of the way to them. */
        private boolean isSeen(Throwable failure, Collection<String> files) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof UnknownHostException) {
                    return false;
                } else if (cause instanceof ArtifactException || cause instanceof FileNotFoundException) {
                    return true;
                }
            }
            return files.stream().allMatch(this::isLocal);
        }

        private boolean isLocal(String file) {
            try {
                return "file"
                        .equals(new Path(file)
                                .getFileSystem(storage.configuration())
                                .getUri()
                                .getScheme());
            } catch (IOException | IllegalArgumentException e) {
                return false; // a file system that is not known here
            }
        }
    }
}
