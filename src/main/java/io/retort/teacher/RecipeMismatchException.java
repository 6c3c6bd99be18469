package io.retort.teacher;

import io.retort.config.SettingException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a recipe asks of its networks can never be done. The message has a line for each thing, which begins with its
 * place in the recipe.
 */
public final class RecipeMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    // Exceptions are serializable, misfits need not be.
    private final transient List<Misfit> misfits;

    /**
     * One thing that can never be done.
     *
     * @param path of the key, such as {@code students[0].compress[1].except}
     * @param message what was found, what is allowed
     */
    public record Misfit(String path, String message) {
        /** What settings at a path refuse. */
        public static Misfit at(String path, IllegalArgumentException refusal) {
            SettingException setting = SettingException.of(refusal);
            return new Misfit(setting.path(path), setting.problem());
        }

        @Override
        public String toString() {
            return path.isEmpty() ? message : path + ": " + message;
        }
    }

    public RecipeMismatchException(Misfit misfit) {
        this(List.of(misfit));
    }

    public RecipeMismatchException(List<Misfit> misfits) {
        super(misfits.stream().map(Misfit::toString).collect(Collectors.joining("\n")));
        this.misfits = List.copyOf(misfits);
    }

    public List<Misfit> misfits() {
        return misfits;
    }
}
