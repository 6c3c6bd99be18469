package io.retort.run;

import io.retort.network.Network;
import io.retort.network.Tensor;
import java.util.Map;
import java.util.zip.Deflater;

/**
 * The weights of a network's convolutions and dense layers.
 *
 * @param zeros those that are 0
 */
record Weights(long count, long zeros) {
    static Weights of(Network network) {
        long count = 0;
        long zeros = 0;
        for (Map.Entry<String, Tensor> parameter : network.parameters().entrySet()) {
            if (parameter.getKey().endsWith("/weight")) {
                for (float value : parameter.getValue().values()) {
                    count++;
                    zeros += value == 0 ? 1 : 0;
                }
            }
        }
        return new Weights(count, zeros);
    }

    /**
     * How long a file is when it is compressed by DEFLATE (RFC 1951) at its best: what gzip makes of it, but for gzip's
     * own header.
     */
    static long deflatedBytes(byte[] file) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(file);
            deflater.finish();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                deflater.deflate(buffer);
            }
            return deflater.getBytesWritten();
        } finally {
            deflater.end();
        }
    }
}
