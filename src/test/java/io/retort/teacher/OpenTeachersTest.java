package io.retort.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenTeachersTest {
    private final OpenTeachers teachers = new OpenTeachers();
    private final List<String> events = new ArrayList<>();

    @Test
    void opensATeacherOnceForAllTasks() {
        try (OpenTeachers.Lease first = teachers.lease(source("a"), 1);
                OpenTeachers.Lease second = teachers.lease(source("a"), 1)) {
            assertThat(second.teacher()).isSameAs(first.teacher());
        }
        try (OpenTeachers.Lease third = teachers.lease(source("a"), 1)) {
            assertThat(third.teacher()).isNotNull();
        }
        assertThat(events).containsExactly("open a 1");
    }

    @Test
    void closesTheTeacherThatWasIdleLongest() {
        teachers.lease(source("a"), 1).close();
        teachers.lease(source("b"), 1).close();
        teachers.lease(source("c"), 1).close();
        assertThat(events).containsExactly("open a 1", "open b 1", "close a", "open c 1", "close b");
    }

    @Test
    void closesNoTeacherInUse() {
        OpenTeachers.Lease a = teachers.lease(source("a"), 1);
        OpenTeachers.Lease b = teachers.lease(source("b"), 1);
        teachers.lease(source("c"), 1).close();
        teachers.clear();
        assertThat(events).containsExactly("open a 1", "open b 1", "open c 1", "close c");
        a.close();
        b.close();
        assertThat(events).containsExactly("open a 1", "open b 1", "open c 1", "close c", "close a");
    }

    @Test
    void opensAnotherForAnotherNumberOfThreads() {
        try (OpenTeachers.Lease one = teachers.lease(source("a"), 1);
                OpenTeachers.Lease two = teachers.lease(source("a"), 2)) {
            assertThat(two.teacher()).isNotSameAs(one.teacher());
        }
    }

    @Test
    void opensAgainAfterAFailure() {
        TeacherSource broken = new TeacherSource() {
            private static final long serialVersionUID = 1L;

            @Override
            public String fingerprint() {
                return "a";
            }

            @Override
            public Teacher open(int threads) {
                throw new IllegalStateException("no such file");
            }
        };
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> teachers.lease(broken, 1))
                .hasMessage("no such file");
        teachers.lease(source("a"), 1).close();
        assertThat(events).containsExactly("open a 1");
    }

    @SuppressWarnings("serial") // it stays in this JVM
    private TeacherSource source(String name) {
        return new TeacherSource() {
            @Override
            public String fingerprint() {
                return name;
            }

            @Override
            public Teacher open(int threads) {
                events.add("open " + name + " " + threads);
                return new Teacher() {
                    @Override
                    public float[] logits(float[] rawFeatures, int batch) {
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
