package io.retort.cli;

import io.retort.storage.EndOfProcess;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.util.SignalUtils;
import scala.runtime.AbstractFunction0;

/** What the terminal shows of an end by Ctrl-C: nothing of Spark, which reports its own end as errors. A second Ctrl-C ends the process at once. */
final class Interruption {
    /** 128 and the number of the signal, as shells have it. */
    private static final int INTERRUPTED = 130;

    private Interruption() {}

    /** Prepares for it; what it returns is closed when there is nothing more to interrupt. */
    static EndOfProcess expected() {
        return EndOfProcess.first(() -> {
            Configurator.setAllLevels("", Level.OFF);
            // Scala prints what its thread pools reject as they end; what the program itself still says has the stream
            // already.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
            SignalUtils.register("INT", new AbstractFunction0<Object>() {
                @Override
                public Object apply() {
                    Runtime.getRuntime().halt(INTERRUPTED);
                    return true;
                }
            });
        });
    }
}
