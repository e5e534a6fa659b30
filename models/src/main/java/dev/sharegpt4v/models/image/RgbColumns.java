package dev.sharegpt4v.models.image;

import dev.sharegpt4v.models.image.ImageScratch.Use;

/** Columns put together to a whole picture. */
final class RgbColumns implements PixelColumns {

    private final int width;
    private final byte[] rgb;
    private final ImageScratch scratch;
    private int[] column = {};
    private Shape shape = new Shape(0, 0, 0, 0, 0, 0);

    RgbColumns(int width, int height, ImageScratch scratch) {
        this.width = width;
        this.rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        this.scratch = scratch;
    }

    RgbImage image() {
        return new RgbImage(width, rgb.length / 3 / width, rgb);
    }

    @Override
    public void begin(Shape next) {
        shape = next;
        column = scratch.ints(Use.COLUMNS, next.size());
    }

    @Override
    public int[] target() {
        return column;
    }

    @Override
    public int place(int x) {
        return 0;
    }

    @Override
    public void end(int x) {
        for (int part = 0; part < shape.parts(); part++) {
            for (int lane = shape.from(); lane < shape.to(); lane++) {
                int y = shape.row(part, lane);
                if (y < shape.height()) {
                    int pixel = column[part * shape.lanes() + lane];
                    int at = (y * width + x) * 3;
                    rgb[at] = (byte) (pixel >> 16);
                    rgb[at + 1] = (byte) (pixel >> 8);
                    rgb[at + 2] = (byte) pixel;
                }
            }
        }
    }
}
