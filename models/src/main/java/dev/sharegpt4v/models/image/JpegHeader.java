package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * What a JPEG's markers say before its pixels begin.
 *
 * @param width in pixels
 * @param height in pixels
 * @param across samples of each component in a row, relative to each other
 * @param down samples of each component in a column, relative to each other
 * @param isYcc whether the first three components are luma and chroma, by libjpeg's rules
 */
record JpegHeader(int width, int height, int[] across, int[] down, boolean isYcc) {

    static JpegHeader read(ByteView file) {
        boolean jfif = false;
        int transform = -1;
        int at = 2;
        while (true) {
            while (file.unsignedByte(at) != 0xff) {
                at++;
            }
            int marker = file.unsignedByte(at + 1);
            if (marker == 0xff || marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd7)) {
                at++;
                continue;
            }
            if (marker == 0xd9 || marker == 0xda) {
                throw ImageException.malformed("the JPEG has no frame");
            }
            int length = file.big16(at + 2);
            if (marker == 0xe0 && file.hasText(at + 4, "JFIF")) {
                jfif = true;
            } else if (marker == 0xee && length >= 14 && file.hasText(at + 4, "Adobe")) {
                transform = file.unsignedByte(at + 15);
            } else if (isFrame(marker)) {
                return frame(file, at + 4, jfif, transform);
            }
            at += 2 + Math.max(2, length);
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static JpegHeader frame(ByteView file, int at, boolean jfif, int transform) {
        int components = file.unsignedByte(at + 5);
        boolean lettered = components == 3
                && file.unsignedByte(at + 6) == 'R'
                && file.unsignedByte(at + 9) == 'G'
                && file.unsignedByte(at + 12) == 'B';
        boolean ycc = switch (components) {
            case 3 -> jfif || (transform >= 0 ? transform != 0 : !lettered);
            case 4 -> transform == 2;
            default -> false;
        };
        int[] across = new int[components];
        int[] down = new int[components];
        for (int i = 0; i < components; i++) {
            int sampling = file.unsignedByte(at + 7 + 3 * i);
            across[i] = sampling >> 4;
            down[i] = sampling & 15;
        }
        return new JpegHeader(file.big16(at + 3), file.big16(at + 1), across, down, ycc);
    }

    /** Whether a component has all columns of the picture and every second row. */
    boolean isHalvedInHeightAlone(int component) {
        return component < across.length
                && across[component] == Arrays.stream(across).max().orElse(0)
                && down[component] * 2 == Arrays.stream(down).max().orElse(0);
    }
}
