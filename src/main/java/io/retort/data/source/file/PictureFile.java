package io.retort.data.source.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells packed pictures, and arrays with a header, from raw values. */
public final class PictureFile {
    private PictureFile() {}

    /** The format of a file that has these bytes; nothing where they may be raw values. */
    public static Optional<String> format(byte[] bytes) {
        if (bytes.length < 12) {
            return Optional.empty();
        }
        String start = new String(bytes, 0, 12, StandardCharsets.ISO_8859_1);
        int end = bytes.length;
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of("PNG");
        } else if (start.startsWith("\u00ff\u00d8\u00ff")
                && bytes[end - 2] == (byte) 0xFF
                && bytes[end - 1] == (byte) 0xD9) {
            return Optional.of("JPEG"); // Three bytes alone may be three white pixels.
        } else if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return Optional.of("GIF");
        } else if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
            return Optional.of("WebP");
        } else if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
            return Optional.of("TIFF");
        } else if (start.startsWith("\u0093NUMPY")) {
            return Optional.of("NumPy");
        }
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(2);
        return start.startsWith("BM") && length == end ? Optional.of("BMP") : Optional.empty();
    }
}
