package io.retort.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.predict.Model.ModelHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCacheTest {
    private final ModelCache cache = new ModelCache();
    private final List<String> events = new ArrayList<>();

    @Test
    void opensAModelOnceForAllTasks() {
        try (ModelCache.Lease first = lease("a", 1);
                ModelCache.Lease second = lease("a", 1)) {
            assertThat(second.model()).isSameAs(first.model());
        }
        // What a task would have to copy for it is not even asked for.
        try (ModelCache.Lease third = cache.lease("a", 1, () -> {
            throw new AssertionError("the model is open");
        })) {
            assertThat(third.model()).isNotNull();
        }
        assertThat(events).containsExactly("open a 1");
    }

    @Test
    void closesTheModelThatWasIdleLongest() {
        lease("a", 1).close();
        lease("b", 1).close();
        lease("a", 1).close();
        lease("c", 1).close();
        lease("d", 1).close();
        assertThat(events).containsExactly("open a 1", "open b 1", "open c 1", "close b", "open d 1", "close a");
    }

    @Test
    void closesNoModelInUse() {
        ModelCache.Lease a = lease("a", 1);
        ModelCache.Lease b = lease("b", 1);
        lease("c", 1).close();
        cache.clear();
        assertThat(events).containsExactly("open a 1", "open b 1", "open c 1", "close c");
        a.close();
        b.close();
        cache.clear();
        assertThat(events).containsExactly("open a 1", "open b 1", "open c 1", "close c", "close a", "close b");
    }

    @Test
    void opensAnotherForAnotherNumberOfThreads() {
        try (ModelCache.Lease one = lease("a", 1);
                ModelCache.Lease two = lease("a", 2)) {
            assertThat(two.model()).isNotSameAs(one.model());
        }
    }

    @Test
    void opensAgainAfterAFailure() {
        ModelHandle broken = new ModelHandle() {
            private static final long serialVersionUID = 1L;

            @Override
            public String fingerprint() {
                return "a";
            }

            @Override
            public Model open(int threads) {
                throw new IllegalStateException("no such file");
            }
        };
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> cache.lease("a", 1, () -> broken))
                .hasMessage("no such file");
        lease("a", 1).close();
        assertThat(events).containsExactly("open a 1");
    }

    private ModelCache.Lease lease(String name, int threads) {
        return cache.lease(name, threads, () -> handle(name));
    }

    @SuppressWarnings("serial") // it stays in this JVM
    private ModelHandle handle(String name) {
        return new ModelHandle() {
            @Override
            public String fingerprint() {
                return name;
            }

            @Override
            public Model open(int threads) {
                events.add("open " + name + " " + threads);
                return new Model() {
                    @Override
                    public float[] predict(RowBatch given) {
                        int batch = given.size();
                        return new float[batch];
                    }

                    @Override
                    public void close() {
                        events.add("close " + name);
                    }
                };
            }
        };
    }
}
