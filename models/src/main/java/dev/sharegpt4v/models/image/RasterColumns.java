package dev.sharegpt4v.models.image;

/** A picture in memory as columns of pixels. */
final class RasterColumns {

    /** Rows of a column: as many as a cache holds of the columns that one output needs. */
    private static final int ROWS = 64;

    private RasterColumns() {}

    /** Gives the columns of a range that hold at least the rows of another one. */
    static void give(RgbImage image, PixelColumns target, int left, int right, int top, int bottom) {
        int width = image.width();
        byte[] rgb = image.rgb();
        for (int first = top; first < bottom; first += ROWS) {
            int rows = Math.min(ROWS, bottom - first);
            int lanes = Lanes.padded(rows);
            target.begin(new PixelColumns.Shape(first, lanes, 1, 0, rows, image.height()));
            int[] pixels = target.target();
            for (int x = left; x < right; x++) {
                int to = target.place(x);
                int at = (first * width + x) * 3;
                for (int row = 0; row < rows; row++, at += 3 * width) {
                    int pixel = (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
                    pixels[to + row] = pixel;
                }
                target.end(x);
            }
        }
    }
}
