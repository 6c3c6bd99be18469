package io.retort.junit;

import io.retort.spark.SessionSetup;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests recipes to run: {@code @ExtendWith(RetortExtension.class)}, and a parameter {@link TestRuns}, or
 * {@link SparkSession} alone.
 *
 * <p>All tests of a JVM share one local session, which ends with them; one that is there already is used and left. Where
 * a test stopped it, the next one gets a new one.
 * Each test has a root of its own, which goes when the test ends; where a method with
 * {@code @BeforeAll} takes one, all tests of the class share that.
 */
public final class RetortExtension implements ParameterResolver {
    private static final Namespace OWN = Namespace.create(RetortExtension.class);
    private static final Map<String, String> SETTINGS =
            Map.of("spark.master", "local[2]", "spark.sql.shuffle.partitions", "2");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestRuns.class || type == SparkSession.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        SparkSession session = context.getRoot()
                .getStore(OWN)
                .getOrComputeIfAbsent(SharedSession.class, key -> new SharedSession(), SharedSession.class)
                .running();
        return parameter.getParameter().getType() == SparkSession.class
                ? session
                : context.getStore(OWN)
                        .getOrComputeIfAbsent(TestRuns.class, key -> TestRuns.in(session), TestRuns.class);
    }

    private static final class SharedSession implements CloseableResource {
        private SparkSession session;
        private boolean isOurs;

        /** Tests may run side by side, hence {@code synchronized}. */
        synchronized SparkSession running() {
            if (session == null || session.sparkContext().isStopped()) {
                isOurs = SparkSession.getDefaultSession().isEmpty();
                session = SessionSetup.start("tests of recipes", SETTINGS);
            }
            return session;
        }

        @Override
        public synchronized void close() {
            if (isOurs) {
                session.stop();
            }
        }
    }
}
