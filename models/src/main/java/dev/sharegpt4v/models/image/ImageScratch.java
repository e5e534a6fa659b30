package dev.sharegpt4v.models.image;

import java.util.EnumMap;
import java.util.Map;

/**
 * Memory that one preparation uses and the next one uses again. Contents are left over from before.
 *
 * <p>Vectors touch arrays: the compiler spends fewer of its nodes on them than on native segments, so that more of the
 * vectors stay in registers, and the cosine transform takes half the time.
 */
final class ImageScratch {

    /** What integers are for. */
    enum Use {
        SAMPLES,
        COLUMNS,
        MADE,
        ROWS,
        PIXELS
    }

    private final Map<Use, int[]> ints = new EnumMap<>(Use.class);
    private short[] coefficients = new short[0];
    private long[] masks = new long[0];
    private int[] starts = new int[0];
    private byte[] bytes = new byte[0];

    short[] coefficients(int size) {
        if (coefficients.length < size) {
            coefficients = new short[roomy(size)];
        }
        return coefficients;
    }

    long[] masks(int size) {
        if (masks.length < size) {
            masks = new long[roomy(size)];
        }
        return masks;
    }

    int[] starts(int size) {
        if (starts.length < size) {
            starts = new int[roomy(size)];
        }
        return starts;
    }

    byte[] bytes(int size) {
        if (bytes.length < size) {
            bytes = new byte[roomy(size)];
        }
        return bytes;
    }

    int[] ints(Use use, int size) {
        int[] found = ints.get(use);
        if (found != null && found.length >= size) {
            return found;
        }
        int[] made = new int[roomy(size)];
        ints.put(use, made);
        return made;
    }

    /** Bytes that stay allocated. */
    long size() {
        long size = coefficients.length * 2L + masks.length * 8L + starts.length * 4L + bytes.length;
        for (int[] one : ints.values()) {
            size += one.length * 4L;
        }
        return size;
    }

    /** A little more than asked for, so that pictures of like sizes do not each take new memory. */
    private static int roomy(int size) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, size + (long) (size >> 3));
    }
}
