package dev.sharegpt4v.models.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/**
 * Memory that one preparation uses and the next one uses again. Contents are left over from before.
 *
 * <p>What vectors touch is native, since arrays begin inside a cache line and every wide vector would lie in two.
 */
final class ImageScratch implements AutoCloseable {

    /** What integers are for. */
    enum Use {
        SAMPLES,
        WORK,
        LINES,
        COLUMNS,
        MADE,
        ROWS,
        PIXELS
    }

    private static final long ALIGNMENT = 64;

    private record Native(Arena arena, MemorySegment memory) {}

    private final Map<Use, Native> natives = new EnumMap<>(Use.class);
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

    /** Native memory for so many integers. */
    @SuppressWarnings("MustBeClosedChecker") // Lives as long as this does.
    MemorySegment ints(Use use, int size) {
        Native found = natives.get(use);
        if (found != null && found.memory().byteSize() >= (long) size * Integer.BYTES) {
            return found.memory();
        }
        if (found != null) {
            found.arena().close();
            natives.remove(use);
        }
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate((long) roomy(size) * Integer.BYTES, ALIGNMENT);
        natives.put(use, new Native(arena, memory));
        return memory;
    }

    /** Bytes that stay allocated. */
    long size() {
        long size = coefficients.length * 2L + masks.length * 8L + starts.length * 4L + bytes.length;
        for (Native one : natives.values()) {
            size += one.memory().byteSize();
        }
        return size;
    }

    @Override
    public void close() {
        natives.values().forEach(one -> one.arena().close());
        natives.clear();
    }

    /** A little more than asked for, so that pictures of like sizes do not each take new memory. */
    private static int roomy(int size) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, size + (long) (size >> 3));
    }
}
