package dev.sharegpt4v.models.image;

/**
 * Samples to RGB with smooth chroma, as libwebp does it: its default upsampler and its fixed-point matrix, BT.601 with
 * the range 16 to 235. Decoders that copy chroma instead differ by tens of levels at edges.
 */
final class Vp8Colours {

    private Vp8Colours() {}

    static RgbImage convert(Vp8Planes planes, int width, int height) {
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        int last = (height + 1) / 2 - 1;
        int stride = planes.chromaStride();
        for (int y = 0; y < height; y++) {
            // The nearer row of chroma counts three times the other one.
            int near = y / 2 * stride;
            int far = Math.clamp(y % 2 == 0 ? y / 2 - 1 : y / 2 + 1, 0, last) * stride;
            row(planes, y, near, far, width, rgb);
        }
        return new RgbImage(width, height, rgb);
    }

    private static void row(Vp8Planes planes, int y, int near, int far, int width, byte[] rgb) {
        int luma = y * planes.lumaStride();
        int last = (width + 1) / 2 - 1;
        for (int x = 0; x < width; x++) {
            int side = x % 2 == 0 ? x / 2 - 1 : x / 2 + 1;
            int u;
            int v;
            if (side < 0 || side > last) {
                u = upDown(planes.u(), near + x / 2, far + x / 2);
                v = upDown(planes.v(), near + x / 2, far + x / 2);
            } else {
                u = around(planes.u(), near, far, x / 2, side);
                v = around(planes.v(), near, far, x / 2, side);
            }
            put(planes.y()[luma + x] & 0xff, u, v, rgb, (y * width + x) * 3);
        }
    }

    private static int upDown(byte[] plane, int near, int far) {
        return 3 * (plane[near] & 0xff) + (plane[far] & 0xff) + 2 >> 2;
    }

    /** Weights of 9, 3, 3 and 1, rounded twice. */
    private static int around(byte[] plane, int near, int far, int x, int side) {
        int closest = plane[near + x] & 0xff;
        int beside = plane[near + side] & 0xff;
        int beyond = plane[far + x] & 0xff;
        int opposite = plane[far + side] & 0xff;
        int rest = closest + 3 * beside + 3 * beyond + opposite + 8 >> 3;
        return rest + closest >> 1;
    }

    private static void put(int y, int u, int v, byte[] rgb, int at) {
        int light = y * 19_077 >> 8;
        rgb[at] = clip(light + (v * 26_149 >> 8) - 14_234);
        rgb[at + 1] = clip(light - (u * 6_419 >> 8) - (v * 13_320 >> 8) + 8_708);
        rgb[at + 2] = clip(light + (u * 33_050 >> 8) - 17_685);
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value >> 6, 0, 255);
    }
}
