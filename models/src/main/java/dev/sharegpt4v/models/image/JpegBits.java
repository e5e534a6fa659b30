package dev.sharegpt4v.models.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bits between two markers of a JPEG, without stuffed bytes. After the last one come zeros, as in libjpeg.
 *
 * <p>The block decoders keep the three fields of the position in local variables while they run.
 */
final class JpegBits {

    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** More than one block can take, and one more read. */
    private static final int ZEROS = 1024;

    private final byte[] file;
    private final ImageScratch scratch;
    private int marker;
    private int markerAt;
    private int end;

    byte[] bytes = new byte[0];

    /** The next bits, from the top. */
    long bits;

    /** How many of them count. */
    int count;

    /** The next byte. */
    int at;

    JpegBits(byte[] file, ImageScratch scratch) {
        this.file = file;
        this.scratch = scratch;
    }

    /** The marker that ended the bits; its place is {@link #markerAt()}. */
    int marker() {
        return marker;
    }

    /** Place of the marker's second byte. */
    int markerAt() {
        return markerAt;
    }

    /** Takes the bytes from a place of the file up to the next marker. */
    void open(int from) {
        int to = 0;
        bytes = scratch.bytes(file.length - from + ZEROS);
        int place = from;
        while (true) {
            // Eight bytes at once while none of them is 255.
            while (place + 8 <= file.length) {
                long eight = (long) LONGS.get(file, place);
                if ((~eight - 0x0101010101010101L & eight & 0x8080808080808080L) != 0) {
                    break;
                }
                LONGS.set(bytes, to, eight);
                place += 8;
                to += 8;
            }
            if (place >= file.length) {
                throw truncated();
            }
            byte value = file[place++];
            if (value == -1) {
                while (place < file.length && file[place] == -1) {
                    place++;
                }
                if (place >= file.length) {
                    throw truncated();
                }
                int next = file[place++] & 0xff;
                if (next != 0) {
                    marker = next;
                    markerAt = place - 1;
                    break;
                }
            }
            bytes[to++] = value;
        }
        Arrays.fill(bytes, to, to + ZEROS, (byte) 0);
        end = to;
        at = 0;
        bits = 0;
        count = 0;
    }

    /** No bits at all. */
    void openNothing(int marker, int markerAt) {
        bytes = scratch.bytes(ZEROS);
        Arrays.fill(bytes, 0, ZEROS, (byte) 0);
        this.marker = marker;
        this.markerAt = markerAt;
        end = 0;
        at = 0;
        bits = 0;
        count = 0;
    }

    /** Whether more bits were taken than there are; what comes then is zero for good. */
    boolean isExhausted() {
        if (at * 8L - count <= end * 8L) {
            return false;
        }
        at = end + 8;
        bits = 0;
        count = 0;
        return true;
    }

    void refill() {
        bits |= (long) LONGS.get(bytes, at) >>> count;
        at += 63 - count >> 3;
        count |= 56;
    }

    /** Passes over bits that are there. */
    void skip(int size) {
        bits <<= size;
        count -= size;
    }

    /** The next bits, at most 16, as a number. */
    int take(int size) {
        if (size == 0) {
            return 0;
        }
        if (count < size) {
            refill();
        }
        int value = (int) (bits >>> (64 - size));
        skip(size);
        return value;
    }

    /** The next symbol of a table. */
    int symbol(HuffmanTable table) {
        if (count < 32) {
            refill();
        }
        int found = table.code((int) (bits >>> 48));
        skip(found >> 8);
        return found & 0xff;
    }

    private static ImageException truncated() {
        return ImageException.malformed("the JPEG is truncated");
    }
}
