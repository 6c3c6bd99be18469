package io.retort.data.source.frame;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;

/** What a supplier gives until it gives nothing, each when it is asked for. */
public final class Ahead<T> implements Iterator<T> {
    private final Supplier<Optional<T>> supplier;
    private Optional<T> next = Optional.empty();
    private boolean isAtEnd;

    public Ahead(Supplier<Optional<T>> supplier) {
        this.supplier = supplier;
    }

    @Override
    public boolean hasNext() {
        if (next.isEmpty() && !isAtEnd) {
            next = supplier.get();
            isAtEnd = next.isEmpty();
        }
        return next.isPresent();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        T found = next.orElseThrow();
        next = Optional.empty();
        return found;
    }
}
