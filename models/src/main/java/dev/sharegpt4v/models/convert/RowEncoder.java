package dev.sharegpt4v.models.convert;

import java.nio.ByteBuffer;

/** Produces the stored bytes of a weight, some rows at a time, from any thread and in any order. */
@FunctionalInterface
interface RowEncoder {

    /** Appends the bytes of {@code count} rows to a little-endian buffer. */
    void encode(long firstRow, int count, ByteBuffer target);
}
