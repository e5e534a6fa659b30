package dev.sharegpt4v.models.image;

/** A step that the encoder took to make pixels cheaper, and that decoding undoes. Source: WebP lossless, section 4. */
sealed interface LosslessTransform {

    /** Undoes the step; pixels are ARGB, row by row. */
    int[] undo(int[] pixels, int height);

    /** How many squares of 2^bits pixels cover a length. */
    static int squares(int length, int bits) {
        return length + (1 << bits) - 1 >> bits;
    }

    /** Pixels were predicted from neighbours, in each square by a rule of its own. */
    record Prediction(int width, int bits, int[] squares) implements LosslessTransform {

        @Override
        public int[] undo(int[] pixels, int height) {
            int across = LosslessTransform.squares(width, bits);
            for (int at = 0; at < width * height; at++) {
                int x = at % width;
                int y = at / width;
                int rule =
                        y == 0 ? (x == 0 ? 0 : 1) : x == 0 ? 2 : squares[(y >> bits) * across + (x >> bits)] >> 8 & 15;
                pixels[at] = LosslessArgb.add(pixels[at], LosslessArgb.predict(rule, pixels, at, width));
            }
            return pixels;
        }
    }

    /** Red and blue were predicted from green, and blue from red, in each square with factors of its own. */
    record CrossColour(int width, int bits, int[] squares) implements LosslessTransform {

        @Override
        public int[] undo(int[] pixels, int height) {
            int across = LosslessTransform.squares(width, bits);
            for (int at = 0; at < width * height; at++) {
                int factors = squares[(at / width >> bits) * across + (at % width >> bits)];
                int pixel = pixels[at];
                byte green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + ((byte) factors * green >> 5) & 0xff;
                int blue = pixel + ((byte) (factors >> 8) * green >> 5);
                blue += (byte) (factors >> 16) * (byte) red >> 5;
                pixels[at] = pixel & 0xff00ff00 | red << 16 | blue & 0xff;
            }
            return pixels;
        }
    }

    /** Green was taken off red and blue. */
    record Green() implements LosslessTransform {

        @Override
        public int[] undo(int[] pixels, int height) {
            for (int i = 0; i < pixels.length; i++) {
                int green = pixels[i] >> 8 & 0xff;
                pixels[i] = LosslessArgb.add(pixels[i], green << 16 | green);
            }
            return pixels;
        }
    }

    /** Pixels are places in a palette, several to a pixel of the packed picture. */
    record Palette(int width, int bits, int[] colours) implements LosslessTransform {

        @Override
        public int[] undo(int[] pixels, int height) {
            // Unpacked pixels keep their places, so a large picture need not stand in memory twice.
            int[] result = bits == 0 ? pixels : new int[Math.multiplyExact(width, height)];
            int packedWidth = LosslessTransform.squares(width, bits);
            int indexBits = 8 >> bits;
            for (int at = 0; at < result.length; at++) {
                int x = at % width;
                int packed = pixels[at / width * packedWidth + (x >> bits)] >> 8 & 0xff;
                int index = packed >> (x & (1 << bits) - 1) * indexBits & (1 << indexBits) - 1;
                result[at] = index < colours.length ? colours[index] : 0;
            }
            return result;
        }
    }
}
