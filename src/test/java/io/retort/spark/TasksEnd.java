package io.retort.spark;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets the tasks that a test leaves behind end before its folders are removed; JUnit applies it to every test. */
public final class TasksEnd implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        LocalSpark.awaitIdle();
    }
}
