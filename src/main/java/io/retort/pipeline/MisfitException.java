package io.retort.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/** What a recipe asks of its networks can never be done. The message has a line for each thing, which begins with its place in the recipe. */
public final class MisfitException extends IllegalArgumentException {
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
        /** @param refusal begins with a key of the object at the path */
        static Misfit at(String path, String refusal) {
            String[] keyAndRest = refusal.split(" ", 2);
            return new Misfit(path + "." + keyAndRest[0], keyAndRest[1]);
        }

        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    MisfitException(List<Misfit> misfits) {
        super(misfits.stream().map(Misfit::toString).collect(Collectors.joining("\n")));
        this.misfits = List.copyOf(misfits);
    }

    public List<Misfit> misfits() {
        return misfits;
    }
}
