package dev.sharegpt4v.models.image;

import dev.sharegpt4v.models.image.ImageScratch.Use;

/**
 * Pillow's two-pass 8-bit resampling of columns of pixels as they come: an output column is made as soon as the last input
 * column that it needs is there, for many rows at once.
 */
final class ColumnResampler implements PixelColumns {

    private final ResampleKernel horizontal;
    private final ResampleKernel vertical;
    private final boolean mirrored;
    private final int background;
    private final ImageScratch scratch;
    private final int slots;
    private final int stride;
    private final int top;
    private final int bottom;
    private final int[] places;
    private final int[] rows;

    private int[] ring = {};
    private int[] made = {};
    private Shape shape = new Shape(0, 0, 0, 0, 0, 0);
    private int outputs;

    /**
     * Prepares both passes.
     *
     * @param horizontal kernel over columns
     * @param vertical kernel over the rows of a column
     * @param mirrored whether the last output needs the first columns
     * @param background the canvas's colour, packed
     */
    ColumnResampler(
            ResampleKernel horizontal,
            ResampleKernel vertical,
            boolean mirrored,
            int background,
            ImageScratch scratch) {
        this.horizontal = horizontal;
        this.vertical = vertical;
        this.mirrored = mirrored;
        this.background = background;
        this.scratch = scratch;
        this.slots = Integer.highestOneBit(2 * horizontal.widest() - 1);
        this.stride = Lanes.padded(horizontal.outputs());
        this.top = vertical.begin();
        this.bottom = vertical.end();
        this.places = new int[Math.max(horizontal.widest(), vertical.widest())];
        this.rows = scratch.ints(Use.ROWS, Math.multiplyExact(bottom - top, stride));
    }

    @Override
    public void begin(Shape next) {
        shape = next;
        outputs = 0;
        ring = scratch.ints(Use.COLUMNS, Math.multiplyExact(slots, next.size() + GAP));
        made = scratch.ints(Use.MADE, next.size());
    }

    @Override
    public int[] target() {
        return ring;
    }

    @Override
    public int place(int column) {
        return (column & slots - 1) * (shape.size() + GAP);
    }

    @Override
    public void end(int column) {
        for (; outputs < horizontal.outputs(); outputs++) {
            int output = mirrored ? horizontal.outputs() - 1 - outputs : outputs;
            if (horizontal.first()[output] + horizontal.weights()[output].length - 1 > column) {
                return;
            }
            make(output);
        }
    }

    private void make(int output) {
        int[] weights = horizontal.weights()[output];
        for (int tap = 0; tap < weights.length; tap++) {
            places[tap] = place(horizontal.first()[output] + tap);
        }
        PixelBlend.blend(ring, places, weights, background, horizontal.outside()[output], made, 0, shape.size());
        for (int part = 0; part < shape.parts(); part++) {
            for (int lane = shape.from(); lane < shape.to(); lane++) {
                int row = shape.row(part, lane);
                if (row >= top && row < bottom) {
                    int pixel = made[part * shape.lanes() + lane];
                    rows[(row - top) * stride + output] = pixel;
                }
            }
        }
    }

    /**
     * The second pass, once all columns were given. Canvas keeps its colour in the first pass, since weights add up to one
     * but for a rounding far below half a level.
     *
     * @return packed pixels, [row, column]
     */
    int[] pixels() {
        int width = horizontal.outputs();
        int[] pixels = scratch.ints(Use.PIXELS, Math.multiplyExact(vertical.outputs(), width) + stride);
        for (int y = 0; y < vertical.outputs(); y++) {
            int[] weights = vertical.weights()[y];
            for (int tap = 0; tap < weights.length; tap++) {
                places[tap] = (vertical.first()[y] + tap - top) * stride;
            }
            // A row's padding is written over by the next row.
            PixelBlend.blend(rows, places, weights, background, vertical.outside()[y], pixels, y * width, stride);
        }
        return pixels;
    }
}
