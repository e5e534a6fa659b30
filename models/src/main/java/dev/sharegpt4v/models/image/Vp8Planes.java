package dev.sharegpt4v.models.image;

/**
 * Samples of whole macroblocks.
 *
 * @param across macroblocks in a row
 * @param down rows of macroblocks
 * @param y luma, 16 × 16 a macroblock
 * @param u chroma, 8 × 8 a macroblock
 * @param v chroma, 8 × 8 a macroblock
 */
record Vp8Planes(int across, int down, byte[] y, byte[] u, byte[] v) {

    static Vp8Planes of(int width, int height) {
        int across = (width + 15) / 16;
        int down = (height + 15) / 16;
        int count = Math.multiplyExact(across, down);
        return new Vp8Planes(
                across,
                down,
                new byte[Math.multiplyExact(count, 256)],
                new byte[Math.multiplyExact(count, 64)],
                new byte[Math.multiplyExact(count, 64)]);
    }

    int lumaStride() {
        return across * 16;
    }

    int chromaStride() {
        return across * 8;
    }
}
