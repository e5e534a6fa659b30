package dev.sharegpt4v.models.image;

/** The inverse transforms. Source: RFC 6386, sections 14.3 and 14.4. */
final class Vp8Transform {

    private Vp8Transform() {}

    /** Undoes the Walsh-Hadamard transform: 16 sums become the constant terms of 16 blocks. */
    static void spread(short[] sums, short[] blocks) {
        int[] columns = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = sums[i] + sums[12 + i];
            int b = sums[4 + i] + sums[8 + i];
            int c = sums[4 + i] - sums[8 + i];
            int d = sums[i] - sums[12 + i];
            columns[i] = a + b;
            columns[4 + i] = d + c;
            columns[8 + i] = a - b;
            columns[12 + i] = d - c;
        }
        for (int i = 0; i < 4; i++) {
            int first = columns[i * 4] + 3;
            int a = first + columns[i * 4 + 3];
            int b = columns[i * 4 + 1] + columns[i * 4 + 2];
            int c = columns[i * 4 + 1] - columns[i * 4 + 2];
            int d = first - columns[i * 4 + 3];
            int at = i * 4 * Vp8Macroblock.BLOCK;
            blocks[at] = (short) (a + b >> 3);
            blocks[at + 16] = (short) (d + c >> 3);
            blocks[at + 32] = (short) (a - b >> 3);
            blocks[at + 48] = (short) (d - c >> 3);
        }
    }

    /** Adds the inverse cosine transform of a block to its prediction. */
    static void add(short[] block, int from, byte[] plane, int to, int stride) {
        int[] columns = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = block[from + i] + block[from + 8 + i];
            int b = block[from + i] - block[from + 8 + i];
            int c = sine(block[from + 4 + i]) - cosine(block[from + 12 + i]);
            int d = cosine(block[from + 4 + i]) + sine(block[from + 12 + i]);
            columns[i * 4] = a + d;
            columns[i * 4 + 1] = b + c;
            columns[i * 4 + 2] = b - c;
            columns[i * 4 + 3] = a - d;
        }
        for (int i = 0; i < 4; i++) {
            int first = columns[i] + 4;
            int a = first + columns[8 + i];
            int b = first - columns[8 + i];
            int c = sine(columns[4 + i]) - cosine(columns[12 + i]);
            int d = cosine(columns[4 + i]) + sine(columns[12 + i]);
            int at = to + i * stride;
            add(plane, at, a + d >> 3);
            add(plane, at + 1, b + c >> 3);
            add(plane, at + 2, b - c >> 3);
            add(plane, at + 3, a - d >> 3);
        }
    }

    private static void add(byte[] plane, int at, int difference) {
        plane[at] = (byte) Math.clamp((plane[at] & 0xff) + difference, 0, 255);
    }

    /** Times √2·cos(π/8). */
    private static int cosine(int value) {
        return value + (value * 20_091 >> 16);
    }

    /** Times √2·sin(π/8). */
    private static int sine(int value) {
        return value * 35_468 >> 16;
    }
}
