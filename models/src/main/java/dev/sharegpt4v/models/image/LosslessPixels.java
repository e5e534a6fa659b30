package dev.sharegpt4v.models.image;

/**
 * An entropy-coded picture of ARGB pixels: literals, copies and cached colours.
 *
 * <p>Source: WebP lossless bitstream specification, sections 5 and 6.
 */
final class LosslessPixels {

    private static final int LARGEST_CACHE = 11;
    private static final int HASH = 0x1e35a7bd;

    /** How far left of the pixel above the short distance codes point. */
    private static final int[] NEAR_X = {
        0, 1, 1, -1, 0, 2, 1, -1, 2, -2, 2, -2, 0, 3, 1, -1, 3, -3, 2, -2, 3, -3, 0, 4, 1, -1, 4, -4, 3, -3, 2, -2, 4,
        -4, 0, 3, -3, 4, -4, 5, 1, -1, 5, -5, 2, -2, 5, -5, 4, -4, 3, -3, 5, -5, 0, 6, 1, -1, 6, -6, 2, -2, 6, -6, 4,
        -4, 5, -5, 3, -3, 6, -6, 0, 7, 1, -1, 5, -5, 7, -7, 4, -4, 6, -6, 2, -2, 7, -7, 3, -3, 7, -7, 5, -5, 6, -6, 8,
        4, -4, 7, -7, 8, 8, 6, -6, 8, 5, -5, 7, -7, 8, 6, -6, 7, -7, 8, 7, -7, 8, 8
    };

    /** How many rows up the short distance codes point. */
    private static final int[] NEAR_Y = {
        1, 0, 1, 1, 2, 0, 2, 2, 1, 1, 2, 2, 3, 0, 3, 3, 1, 1, 3, 3, 2, 2, 4, 0, 4, 4, 1, 1, 3, 3, 4, 4, 2,
        2, 5, 4, 4, 3, 3, 0, 5, 5, 1, 1, 5, 5, 2, 2, 4, 4, 5, 5, 3, 3, 6, 0, 6, 6, 1, 1, 6, 6, 2, 2, 5, 5,
        4, 4, 6, 6, 3, 3, 7, 0, 7, 7, 5, 5, 1, 1, 6, 6, 4, 4, 7, 7, 2, 2, 7, 7, 3, 3, 6, 6, 5, 5, 0, 7, 7,
        4, 4, 1, 2, 6, 6, 3, 7, 7, 5, 5, 4, 7, 7, 6, 6, 5, 7, 7, 6, 7
    };

    private final LosslessBits bits;
    private final int width;
    private final int[] pixels;
    private final int[] cache;
    private final int hashShift;

    private LosslessPixels(LosslessBits bits, int width, int height, int cacheBits) {
        this.bits = bits;
        this.width = width;
        this.pixels = new int[Math.multiplyExact(width, height)];
        this.cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
        this.hashShift = 32 - cacheBits;
    }

    /** The picture itself, whose regions may have codes of their own. */
    static int[] readMain(LosslessBits bits, int width, int height) {
        int cacheBits = cacheBits(bits);
        int squareBits = 0;
        int across = 1;
        int[] squares = {};
        if (bits.flag()) {
            squareBits = 2 + bits.read(3);
            across = LosslessTransform.squares(width, squareBits);
            squares = readPart(bits, across, LosslessTransform.squares(height, squareBits));
        }
        LosslessPixels picture = new LosslessPixels(bits, width, height, cacheBits);
        return picture.read(LosslessGroups.read(bits, picture.cache.length, squares, squareBits, across));
    }

    /** A picture that serves to decode another. */
    static int[] readPart(LosslessBits bits, int width, int height) {
        LosslessPixels picture = new LosslessPixels(bits, width, height, cacheBits(bits));
        return picture.read(LosslessGroups.read(bits, picture.cache.length, new int[0], 0, 1));
    }

    private static int cacheBits(LosslessBits bits) {
        if (!bits.flag()) {
            return 0;
        }
        int size = bits.read(4);
        if (size < 1 || size > LARGEST_CACHE) {
            throw ImageException.malformed("the WebP has an impossible cache of colours");
        }
        return size;
    }

    private int[] read(LosslessGroups groups) {
        LosslessCodes codes = groups.at(0, 0);
        int at = 0;
        while (at < pixels.length) {
            // Not after the last pixel: libwebp takes a picture that is complete, too.
            bits.requireEnough();
            int x = at % width;
            if (groups.mayChange(x)) {
                codes = groups.at(x, at / width);
            }
            int green = codes.green().read(bits);
            if (green < 256) {
                int red = codes.red().read(bits);
                int blue = codes.blue().read(bits);
                int alpha = codes.alpha().read(bits);
                put(at++, alpha << 24 | red << 16 | green << 8 | blue);
            } else if (green < 256 + LosslessCodes.LENGTHS) {
                int length = number(green - 256);
                int distance = distance(number(codes.distance().read(bits)));
                copy(at, distance, length);
                at += length;
                codes = at < pixels.length ? groups.at(at % width, at / width) : codes;
            } else {
                int index = green - 256 - LosslessCodes.LENGTHS;
                put(at++, cache[index]);
            }
        }
        return pixels;
    }

    private void put(int at, int pixel) {
        pixels[at] = pixel;
        if (cache.length > 0) {
            cache[HASH * pixel >>> hashShift] = pixel;
        }
    }

    private void copy(int at, int distance, int length) {
        if (distance > at || length > pixels.length - at) {
            throw ImageException.malformed("the WebP copies from outside of the picture");
        }
        for (int i = at; i < at + length; i++) {
            put(i, pixels[i - distance]);
        }
    }

    /** A prefix and its extra bits. */
    private int number(int prefix) {
        if (prefix < 4) {
            return prefix + 1;
        }
        int extra = prefix - 2 >> 1;
        return (2 + (prefix & 1) << extra) + bits.read(extra) + 1;
    }

    private int distance(int code) {
        if (code > NEAR_X.length) {
            return code - NEAR_X.length;
        }
        return Math.max(1, NEAR_Y[code - 1] * width + NEAR_X[code - 1]);
    }
}
