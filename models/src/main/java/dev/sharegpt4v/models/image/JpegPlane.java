package dev.sharegpt4v.models.image;

/**
 * One component of a JPEG as columns of samples at full height, one MCU after the other; what is left is to widen them.
 *
 * <p>Source: libjpeg-turbo's jdsample.c. Chroma of half the size is smoothed with the weights 3 and 1 in each direction;
 * the two directions' sums are exact, so which one comes first does not matter.
 */
final class JpegPlane {

    /** MCUs of columns that are held: a column's neighbours may lie in the MCUs beside it. */
    private static final int HELD = 3;

    private final JpegComponent component;
    private final JpegCoefficients coefficients;
    private final int[] factors;
    private final Axes axes;
    private final int lanes;

    private final int[] samples;
    private final int[] work;
    private final int samplesAt;
    private final int sampleRows;
    private final int heightenedAt;
    private final int size;
    private final int[] tile;
    private final int[] places = new int[64];

    /**
     * A component along the two axes of the columns.
     *
     * @param across MCU's samples by eight, along the columns' order
     * @param down MCU's samples by eight, along a column
     * @param repeatAcross pixels per sample
     * @param repeatDown pixels per sample
     * @param smoothAcross whether samples are smoothed rather than repeated
     * @param smoothDown whether samples are smoothed rather than repeated
     * @param width samples of the picture in that direction
     * @param height samples of the picture in that direction
     * @param turned whether columns are the picture's rows
     */
    record Axes(
            int across,
            int down,
            int repeatAcross,
            int repeatDown,
            boolean smoothAcross,
            boolean smoothDown,
            int width,
            int height,
            boolean turned) {

        static Axes of(JpegComponent component, JpegFrame frame, boolean turned) {
            int wide = frame.maxAcross() / component.across();
            int high = frame.maxDown() / component.down();
            if (wide * component.across() != frame.maxAcross() || high * component.down() != frame.maxDown()) {
                throw ImageException.malformed("the JPEG has sampling factors that do not divide each other");
            }
            boolean smooth = wide <= 2 && high <= 2 && (wide == 1 || component.width() > 2);
            boolean smoothWide = smooth && wide == 2;
            boolean smoothHigh = smooth && high == 2;
            return turned
                    ? new Axes(
                            component.down(),
                            component.across(),
                            high,
                            wide,
                            smoothHigh,
                            smoothWide,
                            component.height(),
                            component.width(),
                            true)
                    : new Axes(
                            component.across(),
                            component.down(),
                            wide,
                            high,
                            smoothWide,
                            smoothHigh,
                            component.width(),
                            component.height(),
                            false);
        }

        /** Whether samples are pixels, so that they are needed one MCU at a time. */
        boolean isDirect() {
            return repeatAcross == 1 && repeatDown == 1;
        }

        /** Integers that the columns take. */
        int memory(int lanes) {
            int sampled = 8 * down * lanes;
            int sampledOnce = 8 * across * (sampled + PixelColumns.GAP);
            int heightened = 8 * across * (sampled * repeatDown + PixelColumns.GAP);
            return isDirect() ? sampledOnce : sampledOnce + HELD * heightened;
        }
    }

    /**
     * A component.
     *
     * @param memory takes the samples, from {@code at} on
     * @param work eight lines of lanes
     * @param tile 64 lines, which are zero between two calls
     */
    JpegPlane(JpegPicture picture, int index, Axes axes, int lanes, int[] memory, int at, int[] work, int[] tile) {
        this.component = picture.frame().components().get(index);
        this.coefficients = picture.coefficients();
        this.factors = picture.quantisation()[index];
        this.axes = axes;
        this.lanes = lanes;
        this.samples = memory;
        this.work = work;
        this.tile = tile;
        this.samplesAt = at;
        this.sampleRows = 8 * axes.down() * lanes + PixelColumns.GAP;
        this.heightenedAt = axes.isDirect() ? at : at + 8 * axes.across() * sampleRows;
        this.size = 8 * axes.down() * lanes * axes.repeatDown() + PixelColumns.GAP;
        for (int k = 0; k < 64; k++) {
            places[k] = JpegTables.NATURAL[k] * lanes;
        }
    }

    Axes axes() {
        return axes;
    }

    private int down() {
        return axes.turned() ? sampleRows : lanes;
    }

    private int across() {
        return axes.turned() ? lanes : sampleRows;
    }

    /** Place of a column of samples at full height. */
    int place(int column) {
        int slots = axes.isDirect() ? 8 * axes.across() : HELD * 8 * axes.across();
        return heightenedAt + column % slots * size;
    }

    /** Makes the columns of an MCU. */
    void make(int mcu, PixelColumns.Shape shape) {
        for (int i = 0; i < axes.across(); i++) {
            for (int j = 0; j < axes.down(); j++) {
                int at = samplesAt + 8 * i * sampleRows + 8 * j * lanes;
                long present = gather(mcu * axes.across() + i, j, shape);
                if ((present & ~1L) == 0) {
                    JpegTransform.runMeans(tile, samples, at, down(), across(), lanes);
                } else {
                    JpegTransform.run(tile, present, samples, at, down(), across(), lanes, work);
                }
                JpegTransform.clear(tile, present, lanes);
            }
        }
        if (!axes.isDirect()) {
            for (int column = 0; column < 8 * axes.across(); column++) {
                int from = samplesAt + column * sampleRows;
                heighten(from, place(mcu * 8 * axes.across() + column), shape);
            }
        }
    }

    /** Coefficients times their steps, a block in each lane; by 8 row + column, which there are in any. */
    private long gather(int blockAcross, int blockDown, PixelColumns.Shape shape) {
        int[] starts = coefficients.starts();
        int wide = component.blocksWide();
        long all = 0;
        int high = (coefficientsHigh() + axes.down() - 1) / axes.down();
        int end = Math.min(shape.lanes(), high - shape.first());
        for (int lane = Math.max(0, -shape.first()); lane < end; lane++) {
            int down = (shape.first() + lane) * axes.down() + blockDown;
            int block =
                    component.firstBlock() + (axes.turned() ? blockAcross * wide + down : down * wide + blockAcross);
            long mask = coefficients.masks()[block];
            all |= mask;
            scatter(starts[block], mask, lane);
        }
        long present = 0;
        for (; all != 0; all &= all - 1) {
            present |= 1L << JpegTables.NATURAL[Long.numberOfTrailingZeros(all)];
        }
        return present;
    }

    private void scatter(int from, long mask, int lane) {
        short[] values = coefficients.values();
        int[] steps = factors;
        int[] lines = places;
        int[] target = tile;
        int at = from;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            int k = Long.numberOfTrailingZeros(rest);
            target[lane + lines[k]] = (short) (values[at++] * steps[k]);
        }
    }

    private int coefficientsHigh() {
        return (axes.height() + 7) / 8;
    }

    /** Repeats or smooths along a column. */
    private void heighten(int from, int to, PixelColumns.Shape shape) {
        if (axes.smoothDown()) {
            extend(from, shape);
            int rows = 8 * axes.down();
            for (int row = 0; row < rows; row++) {
                int near = from + row * lanes;
                // Beyond the first and the last row lie those of the lane before and after.
                int before = row > 0 ? near - lanes : from + (rows - 1) * lanes - 1;
                int after = row < rows - 1 ? near + lanes : from + 1;
                SampleVectors.sum(samples, near, before, to + 2 * row * lanes, lanes);
                SampleVectors.sum(samples, near, after, to + (2 * row + 1) * lanes, lanes);
            }
        } else {
            for (int row = 0; row < 8 * axes.down() * axes.repeatDown(); row++) {
                int source = from + row / axes.repeatDown() * lanes;
                System.arraycopy(samples, source, samples, to + row * lanes, lanes);
            }
        }
    }

    private int get(int at) {
        return samples[at];
    }

    private void set(int at, int value) {
        samples[at] = value;
    }

    /** The picture's first and last rows count for what lies beyond them. */
    private void extend(int from, PixelColumns.Shape shape) {
        int rows = 8 * axes.down();
        if (shape.first() < 0) {
            set(from + (rows - 1) * lanes - shape.first() - 1, get(from - shape.first()));
        }
        int last = axes.height() - 1;
        int lane = last / rows - shape.first();
        int row = last % rows;
        if (lane >= 0 && lane < lanes) {
            int value = get(from + row * lanes + lane);
            if (row < rows - 1) {
                set(from + (row + 1) * lanes + lane, value);
            } else if (lane + 1 < lanes) {
                set(from + lane + 1, value);
            }
        }
    }
}
