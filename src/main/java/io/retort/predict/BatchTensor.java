package io.retort.predict;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The values {@code [rows, ...]} of one input in the model's element type. It is filled anew for each batch, by one
 * thread at a time.
 *
 * <p>Rows lie one after the other in native byte order.
 */
public final class BatchTensor {
    private final ElementType type;
    private final List<Integer> rowSizes;
    private final int rowElements;
    private final int capacity;
    private final ByteBuffer bytes;
    /** None where values are numbers. */
    private final String[] texts;

    /**
     * @param rowSizes none of them open
     * @param capacity the most rows of a batch
     */
    public BatchTensor(ElementType type, List<Integer> rowSizes, int capacity) {
        this.type = type;
        this.rowSizes = List.copyOf(rowSizes);
        this.rowElements = elements(rowSizes);
        this.capacity = capacity;
        int length = Math.toIntExact(Math.multiplyExact((long) rowElements * type.bytes(), capacity));
        this.bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        this.texts = new String[type == ElementType.STRING ? Math.multiplyExact(rowElements, capacity) : 0];
    }

    /** The product of sizes, none of which is open. */
    static int elements(List<Integer> sizes) {
        long elements = 1;
        for (int size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException("sizes " + sizes + " must all be given");
            }
            elements = Math.multiplyExact(elements, size);
        }
        return Math.toIntExact(elements);
    }

    public ElementType type() {
        return type;
    }

    public List<Integer> rowSizes() {
        return rowSizes;
    }

    /** Values of one row. */
    public int rowElements() {
        return rowElements;
    }

    /** The most rows of a batch. */
    public int capacity() {
        return capacity;
    }

    /** Writes all values of a row, which begin at {@code from}. */
    public void putRow(int row, float[] values, int from) {
        type.put(bytes, row * rowElements, values, from, rowElements);
    }

    /** Writes one text of a row. */
    public void putText(int row, int index, String text) {
        texts[row * rowElements + index] = text;
    }

    /** The texts of some rows: a copy. */
    public String[] texts(int firstRow, int rows) {
        return Arrays.copyOfRange(texts, firstRow * rowElements, (firstRow + rows) * rowElements);
    }

    /** The bytes of some rows: a view, to be read only. */
    public ByteBuffer bytes(int firstRow, int rows) {
        int rowBytes = rowElements * type.bytes();
        return bytes.slice(firstRow * rowBytes, rows * rowBytes).order(ByteOrder.nativeOrder());
    }
}
