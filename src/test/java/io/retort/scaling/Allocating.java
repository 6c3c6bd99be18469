package io.retort.scaling;

import io.retort.scaling.LabellingTrial.Peak;
import io.retort.spark.PeakMemory;
import io.retort.storage.Json;
import java.nio.ByteBuffer;
import java.util.List;

/** Touches so many MiB beside the heap, and prints the most resident memory of its process. */
final class Allocating {
    private static final int PAGE = 4096;

    private Allocating() {}

    public static void main(String[] arguments) {
        ByteBuffer beside = ByteBuffer.allocateDirect(Integer.parseInt(arguments[0]) << 20);
        for (int i = 0; i < beside.capacity(); i += PAGE) {
            beside.put(i, (byte) 1);
        }
        System.out.println(Json.compact(new Peak(List.of("fake"), PeakMemory.here())));
    }
}
