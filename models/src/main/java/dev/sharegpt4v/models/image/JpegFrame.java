package dev.sharegpt4v.models.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A JPEG's frame header.
 *
 * @param progressive or sequential
 * @param maxAcross the largest sampling factor in width
 * @param maxDown the largest sampling factor in height
 * @param blocks of all components together, padded to full MCUs
 */
record JpegFrame(
        boolean progressive,
        int width,
        int height,
        List<JpegComponent> components,
        int maxAcross,
        int maxDown,
        int blocks) {

    /** Reads a frame header from its precision byte on. */
    static JpegFrame read(ByteView file, int at, int length, boolean progressive, ImageLimits limits) {
        int count = file.unsignedByte(at + 5);
        if (file.unsignedByte(at) != 8) {
            throw ImageException.malformed("the JPEG has not 8 bits per sample");
        }
        if (length != 6 + 3 * count || (count != 1 && count != 3 && count != 4)) {
            throw ImageException.malformed("the JPEG has " + count + " components");
        }
        int height = file.big16(at + 1);
        int width = file.big16(at + 3);
        limits.check(width, height);
        int maxAcross = 1;
        int maxDown = 1;
        for (int i = 0; i < count; i++) {
            int sampling = file.unsignedByte(at + 7 + 3 * i);
            requireSampling(sampling >> 4);
            requireSampling(sampling & 15);
            maxAcross = Math.max(maxAcross, sampling >> 4);
            maxDown = Math.max(maxDown, sampling & 15);
        }
        int wide = ceil(width, 8 * maxAcross);
        int high = ceil(height, 8 * maxDown);
        List<JpegComponent> components = new ArrayList<>();
        int blocks = 0;
        for (int i = 0; i < count; i++) {
            int field = at + 6 + 3 * i;
            int across = file.unsignedByte(field + 1) >> 4;
            int down = file.unsignedByte(field + 1) & 15;
            components.add(new JpegComponent(
                    file.unsignedByte(field),
                    across,
                    down,
                    file.unsignedByte(field + 2),
                    ceil(width * across, maxAcross),
                    ceil(height * down, maxDown),
                    wide * across,
                    blocks));
            blocks = Math.addExact(blocks, Math.multiplyExact(wide * across, high * down));
        }
        return new JpegFrame(progressive, width, height, List.copyOf(components), maxAcross, maxDown, blocks);
    }

    int mcusWide() {
        return ceil(width, 8 * maxAcross);
    }

    int mcusHigh() {
        return ceil(height, 8 * maxDown);
    }

    private static void requireSampling(int factor) {
        if (factor < 1 || factor > 4) {
            throw ImageException.malformed("the JPEG has a sampling factor of " + factor);
        }
    }

    private static int ceil(int value, int unit) {
        return (value + unit - 1) / unit;
    }
}
