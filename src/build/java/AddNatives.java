import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A step of the build: adds the native libraries of one platform to the jar of classes, as they are compressed already.
 *
 * <p>The shade plugin would inflate and deflate a gigabyte, which takes minutes; copying the compressed bytes takes a second.
 *
 * <p>Arguments: the jar to write, the jar of classes, a file that holds the class path whose libraries are
 * taken, and a regular expression of the folders that they lie in, by the names that JavaCPP, ONNX Runtime, JNA and DJL
 * have for the platform.
 */
public final class AddNatives {
    private AddNatives() {}

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Pattern library = Pattern.compile(".*/(" + arguments[3] + ")/(cpu/)?[^/]+\\.so(\\.\\d+)*");
        List<String> libraries =
                List.of(Files.readString(Path.of(arguments[2])).strip().split(":"));
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(temporary)) {
            Set<String> written = new HashSet<>();
            copy(Path.of(arguments[1]), name -> true, written, out);
            int classes = written.size();
            for (String jar : libraries) {
                copy(Path.of(jar), name -> library.matcher(name).matches(), written, out);
            }
            if (written.size() == classes) {
                throw new IOException("no native library on the class path " + arguments[2]);
            }
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(Path jar, Predicate<String> chosen, Set<String> written, ZipArchiveOutputStream out)
            throws IOException {
        try (ZipFile in = new ZipFile(jar)) {
            for (ZipArchiveEntry entry : Collections.list(in.getEntriesInPhysicalOrder())) {
                if (chosen.test(entry.getName()) && written.add(entry.getName())) {
                    try (InputStream bytes = in.getRawInputStream(entry)) {
                        out.addRawArchiveEntry(entry, bytes);
                    }
                }
            }
        }
    }
}
