package dev.sharegpt4v.models.image;

/** Arithmetic on four channels at once, and the rules that predict a pixel. Source: WebP lossless, section 4.1. */
final class LosslessArgb {

    private static final int BLACK = 0xff000000;

    private LosslessArgb() {}

    /** Sums per channel, modulo 256. */
    static int add(int a, int b) {
        int high = (a & 0xff00ff00) + (b & 0xff00ff00) & 0xff00ff00;
        return high | (a & 0x00ff00ff) + (b & 0x00ff00ff) & 0x00ff00ff;
    }

    /** What a rule makes of the pixels to the left and above. */
    static int predict(int rule, int[] pixels, int at, int width) {
        if (rule == 0 || rule > 13) {
            return BLACK;
        }
        int left = at > 0 ? pixels[at - 1] : 0;
        if (rule == 1) {
            return left;
        }
        int top = pixels[at - width];
        // To the right of the last column stands the row's own first pixel.
        int topRight = pixels[at - width + 1];
        int topLeft = at > width ? pixels[at - width - 1] : 0;
        return switch (rule) {
            case 2 -> top;
            case 3 -> topRight;
            case 4 -> topLeft;
            case 5 -> average(average(left, topRight), top);
            case 6 -> average(left, topLeft);
            case 7 -> average(left, top);
            case 8 -> average(topLeft, top);
            case 9 -> average(top, topRight);
            case 10 -> average(average(left, topLeft), average(top, topRight));
            case 11 -> select(left, top, topLeft);
            case 12 -> full(left, top, topLeft);
            default -> half(average(left, top), topLeft);
        };
    }

    private static int average(int a, int b) {
        return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
    }

    /** Left or top, whichever is nearer to left + top - top left. */
    private static int select(int left, int top, int topLeft) {
        int difference = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int corner = topLeft >> shift & 0xff;
            difference += Math.abs((left >> shift & 0xff) - corner) - Math.abs((top >> shift & 0xff) - corner);
        }
        return difference <= 0 ? top : left;
    }

    private static int full(int left, int top, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = (left >> shift & 0xff) + (top >> shift & 0xff) - (topLeft >> shift & 0xff);
            result |= Math.clamp(value, 0, 255) << shift;
        }
        return result;
    }

    private static int half(int average, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = average >> shift & 0xff;
            result |= Math.clamp(value + (value - (topLeft >> shift & 0xff)) / 2, 0, 255) << shift;
        }
        return result;
    }
}
