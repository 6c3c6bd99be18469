package io.retort.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * Where a process unpacks native libraries.
 *
 * @param libraries such as {@code ONNX Runtime}
 * @param obstacle why they cannot be unpacked there, as a clause; empty where they can
 */
record NativesPlace(String libraries, String directory, String obstacle) implements Serializable {
    /** The property of JavaCPP's directory, by default {@code .javacpp/cache} in the home directory. */
    static final String JAVACPP = "org.bytedeco.javacpp.cachedir";

    /** The property of a directory that has ONNX Runtime's libraries already. */
    static final String ONNX_RUNTIME = "onnxruntime.native.path";

    static final String TEMPORARY = "java.io.tmpdir";

    /** Those of the process that calls; JavaCPP must have its settings. */
    static List<NativesPlace> here() {
        NativesPlace javaCpp;
        try {
            javaCpp = of("ND4J, oneDNN", Loader.getCacheDir().toPath());
        } catch (IOException | LinkageError e) {
            javaCpp = new NativesPlace("ND4J, oneDNN", "nowhere", "there is no cache of JavaCPP: " + e.getMessage());
        }
        NativesPlace onnxRuntime = Optional.ofNullable(System.getProperty(ONNX_RUNTIME))
                .map(given -> new NativesPlace("ONNX Runtime", given, ""))
                .orElseGet(() -> of("ONNX Runtime", Path.of(System.getProperty(TEMPORARY))));
        return List.of(javaCpp, onnxRuntime);
    }

    /** Writes a file there that may be executed, and looks whether it may; of a file system mounted noexec it may not. */
    static NativesPlace of(String libraries, Path directory) {
        String obstacle;
        try {
            Path probe = Files.createTempFile(directory, "retort-doctor", ".probe");
            try {
                obstacle = probe.toFile().setExecutable(true) && Files.isExecutable(probe)
                        ? ""
                        : "nothing there may be executed (noexec)";
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            obstacle = "it cannot be written";
        }
        return new NativesPlace(libraries, directory.toString(), obstacle);
    }

    boolean isFit() {
        return obstacle.isEmpty();
    }

    String describe() {
        return libraries + " in " + directory + (isFit() ? "" : ", but " + obstacle);
    }
}
