package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Takes rows out of a table {@code [ids, width]} and adds gradients to them. The row of padding is never read and never
 * written: its id gives zeros.
 *
 * <p>A step costs as much as its batch has tokens, however many rows the table has. Gradients are added in the order of
 * the tokens, so the same batch gives the same bits.
 */
public final class EmbeddingKernel {
    private final int length;
    private final int width;
    private final int padding;

    /**
     * @param length tokens of each text
     * @param padding the id behind them
     */
    public EmbeddingKernel(int length, int width, int padding) {
        this.length = length;
        this.width = width;
        this.padding = padding;
    }

    /** Whole numbers from 0 to below {@code size}; refuses all others. */
    public static int[] ids(float[] values, long size) {
        int[] ids = new int[values.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) values[i];
            if (ids[i] != values[i] || ids[i] < 0 || ids[i] >= size) {
                throw new IllegalArgumentException(
                        "a token id must be a whole number from 0 to " + (size - 1) + ", was " + values[i]);
            }
        }
        return ids;
    }

    /** Writes the row of each id. */
    public void rows(FloatBuffer table, int[] ids, FloatBuffer out) {
        float[] row = new float[width];
        float[] zeros = new float[width];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == padding) {
                out.put(i * width, zeros);
            } else {
                table.get(ids[i] * width, row);
                out.put(i * width, row);
            }
        }
    }

    /** Adds the gradients of {@link #rows} to those of the table. */
    public void addRowsGradient(FloatBuffer outGradient, int[] ids, FloatBuffer gradient) {
        float[] row = new float[width];
        float[] sum = new float[width];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != padding) {
                outGradient.get(i * width, row);
                add(row, ids[i], gradient, sum);
            }
        }
    }

    /** Writes the mean of the rows of each text's ids. */
    public void means(FloatBuffer table, int[] ids, FloatBuffer out) {
        float[] row = new float[width];
        float[] mean = new float[width];
        for (int text = 0; text < ids.length / length; text++) {
            Arrays.fill(mean, 0);
            for (int i = text * length; i < (text + 1) * length; i++) {
                if (ids[i] != padding) {
                    table.get(ids[i] * width, row);
                    for (int d = 0; d < width; d++) {
                        mean[d] += row[d];
                    }
                }
            }
            float count = count(ids, text);
            for (int d = 0; d < width; d++) {
                mean[d] /= count;
            }
            out.put(text * width, mean);
        }
    }

    /** Adds the gradients of {@link #means} to those of the table. */
    public void addMeansGradient(FloatBuffer outGradient, int[] ids, FloatBuffer gradient) {
        float[] share = new float[width];
        float[] sum = new float[width];
        for (int text = 0; text < ids.length / length; text++) {
            outGradient.get(text * width, share);
            float count = count(ids, text);
            for (int d = 0; d < width; d++) {
                share[d] /= count;
            }
            for (int i = text * length; i < (text + 1) * length; i++) {
                if (ids[i] != padding) {
                    add(share, ids[i], gradient, sum);
                }
            }
        }
    }

    private void add(float[] row, int id, FloatBuffer gradient, float[] sum) {
        gradient.get(id * width, sum);
        for (int d = 0; d < width; d++) {
            sum[d] += row[d];
        }
        gradient.put(id * width, sum);
    }

    /** Of a text's tokens; 1 where it has none. */
    private int count(int[] ids, int text) {
        int count = 0;
        for (int i = text * length; i < (text + 1) * length; i++) {
            count += ids[i] == padding ? 0 : 1;
        }
        return Math.max(1, count);
    }
}
