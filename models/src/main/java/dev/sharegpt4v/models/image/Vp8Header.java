package dev.sharegpt4v.models.image;

/**
 * What stands before a key frame's macroblocks. Source: RFC 6386, section 9.
 *
 * @param width in pixels
 * @param height in pixels
 * @param segments how macroblocks differ by segment
 * @param filter the loop filter
 * @param steps quantiser steps per segment
 * @param partitions readers of the rows' tokens, a power of two of them
 * @param tokens probabilities of tokens, as {@link Vp8Tables#TOKENS}
 * @param skipProbability that a macroblock has tokens; 0 when all have
 * @param modes reader that stands before the first macroblock's modes
 */
record Vp8Header(
        int width,
        int height,
        Vp8Segments segments,
        Vp8Filter filter,
        Vp8Steps[] steps,
        Vp8BoolReader[] partitions,
        int[] tokens,
        int skipProbability,
        Vp8BoolReader modes) {

    private static final int FRAME_BYTES = 10;

    static Vp8Header read(ByteView data) {
        int tag = data.little16(0) | data.unsignedByte(2) << 16;
        boolean keyFrame = (tag & 1) == 0;
        boolean shown = (tag >> 4 & 1) == 1;
        if (!keyFrame || !shown || (tag >> 1 & 7) > 3) {
            throw ImageException.malformed("the WebP is no still picture");
        }
        if (data.unsignedByte(3) != 0x9d || data.unsignedByte(4) != 1 || data.unsignedByte(5) != 0x2a) {
            throw ImageException.malformed("the WebP has no frame header");
        }
        int width = data.little16(6) & 0x3fff;
        int height = data.little16(8) & 0x3fff;
        int first = tag >> 5;
        if (first > data.length() - FRAME_BYTES) {
            throw ImageException.malformed("the WebP is truncated");
        }
        Vp8BoolReader reader = new Vp8BoolReader(data.slice(FRAME_BYTES, first));
        ByteView rest = data.slice(FRAME_BYTES + first, data.length() - FRAME_BYTES - first);
        return read(width, height, reader, rest);
    }

    private static Vp8Header read(int width, int height, Vp8BoolReader reader, ByteView rest) {
        reader.number(2); // Colour space and clamping: every decoder clamps.
        Vp8Segments segments = Vp8Segments.read(reader);
        Vp8Filter filter = Vp8Filter.read(reader);
        Vp8BoolReader[] partitions = partitions(1 << reader.number(2), rest);
        Vp8Steps[] steps = Vp8Steps.read(reader, segments);
        reader.flag(); // Whether the next frame keeps these probabilities.
        int[] tokens = Vp8Tables.TOKENS.clone();
        for (int i = 0; i < tokens.length; i++) {
            if (reader.bool(Vp8Tables.TOKEN_UPDATES[i])) {
                tokens[i] = reader.number(8);
            }
        }
        boolean skips = reader.flag();
        int skip = skips ? reader.number(8) : -1;
        if (reader.isExhausted()) {
            throw ImageException.malformed("the WebP is truncated");
        }
        return new Vp8Header(width, height, segments, filter, steps, partitions, tokens, skip, reader);
    }

    /** The sizes of all partitions but the last stand before them. */
    private static Vp8BoolReader[] partitions(int count, ByteView data) {
        Vp8BoolReader[] partitions = new Vp8BoolReader[count];
        int at = 3 * (count - 1);
        for (int i = 0; i < count; i++) {
            int size = i < count - 1 ? data.little16(3 * i) | data.unsignedByte(3 * i + 2) << 16 : data.length() - at;
            partitions[i] = new Vp8BoolReader(data.slice(at, Math.max(0, size)));
            at = Math.min(data.length(), at + size);
        }
        if (data.length() <= 3 * (count - 1)) {
            throw ImageException.malformed("the WebP is truncated");
        }
        return partitions;
    }
}
