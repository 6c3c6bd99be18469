package io.retort.engine.onnx.run;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.retort.engine.dl4j.NativeBackend;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * ONNX Runtime has one environment in a JVM; it is made on first use, quiet and without telemetry.
 *
 * <p>From 1.29.0 on it gathers telemetry while that is made, and ends the JVM by a segmentation fault where the command
 * line is long. An environment variable alone prevents both. Launchers and Spark settings give it to processes; a
 * process that came without it gives it to itself.
 */
public final class OnnxRuntime {
    /** Set to 1, it keeps ONNX Runtime from gathering telemetry. */
    public static final String TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";

    private OnnxRuntime() {}

    /**
     * The one environment, for which the native library is loaded if it is not yet.
     *
     * @throws IllegalStateException where the library would gather telemetry
     */
    public static OrtEnvironment environment() {
        Telemetry.OBSTACLE.ifPresent(obstacle -> {
            throw new IllegalStateException(
                    "ONNX Runtime is not loaded, since it would gather telemetry and may end the JVM: set "
                            + TELEMETRY_VARIABLE + "=1 in the environment of driver and executors",
                    obstacle);
        });
        return Made.ENVIRONMENT;
    }

    /** The version of the native library. */
    public static String version() {
        return environment().getVersion();
    }

    /** The metadata properties of a loaded model. */
    static Map<String, String> metadata(OrtSession session) {
        try {
            return Map.copyOf(session.getMetadata().getCustomMetadata());
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot read the metadata of a loaded model", e);
        }
    }

    private static final class Made {
        private static final OrtEnvironment ENVIRONMENT =
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "retort");
    }

    /** Switched off when this class is initialised, once in a JVM. */
    private static final class Telemetry {
        private static final Optional<Throwable> OBSTACLE = obstacle();

        private static Optional<Throwable> obstacle() {
            try {
                if (!"1".equals(System.getenv(TELEMETRY_VARIABLE))) {
                    NativeBackend.configure(); // JavaCPP reads its properties when it is first touched
                    setVariable(TELEMETRY_VARIABLE, "1");
                }
                return Optional.empty();
            } catch (LinkageError | RuntimeException e) {
                return Optional.of(e);
            }
        }

        /**
         * Sets a variable for native code of this process, as POSIX lets a program do: {@code environ} is made to
         * point at another list. The old list stays as it is, for threads that are reading it, and neither is freed.
         */
        private static void setVariable(String name, String value) {
            PointerPointer<Pointer> environ = new PointerPointer<>(Loader.addressof("environ"));
            PointerPointer<Pointer> old = new PointerPointer<>(environ.get(0));
            List<Pointer> kept = new ArrayList<>();
            for (int i = 0; old.get(i) != null; i++) {
                if (!new BytePointer(old.get(i))
                        .getString(StandardCharsets.ISO_8859_1)
                        .startsWith(name + "=")) {
                    kept.add(old.get(i));
                }
            }
            byte[] text = (name + "=" + value + "\0").getBytes(StandardCharsets.US_ASCII);
            kept.add(new BytePointer(Pointer.malloc(text.length)).put(text));
            kept.add(null);
            PointerPointer<Pointer> list = new PointerPointer<>(Pointer.malloc(kept.size() * (long) environ.sizeof()));
            for (int i = 0; i < kept.size(); i++) {
                list.put(i, kept.get(i));
            }
            environ.put(0, list);
        }
    }
}
