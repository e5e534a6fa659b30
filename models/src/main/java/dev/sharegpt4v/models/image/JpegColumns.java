package dev.sharegpt4v.models.image;

import dev.sharegpt4v.models.image.ImageScratch.Use;

/**
 * A JPEG's coefficients to columns of pixels.
 *
 * <p>A lane of a vector is one MCU of a column of MCUs, so that the whole way from coefficients to pixels needs neither
 * shuffles nor a picture in memory. A column is worked on in groups of lanes, which fit a cache.
 */
final class JpegColumns {

    /** Lanes of a group at the most. */
    private static final int LANES = Math.max(32, Lanes.LENGTH);

    private final JpegPicture picture;
    private final boolean turned;
    private final int partsAcross;
    private final int partsDown;
    private final int width;
    private final int height;
    private final int margin;
    private final int lanes;
    private final JpegPlane[] planes;
    private final int[][][] biases;
    /** Samples of all planes, then for each a column of widened ones. */
    private final int[] samples;

    private final int[] widened;
    private final int[] sources;

    /**
     * Prepares a picture.
     *
     * @param turned whether to give the picture's rows for columns
     */
    JpegColumns(JpegPicture picture, boolean turned, ImageScratch scratch) {
        JpegFrame frame = picture.frame();
        this.picture = picture;
        this.turned = turned;
        this.partsAcross = 8 * (turned ? frame.maxDown() : frame.maxAcross());
        this.partsDown = 8 * (turned ? frame.maxAcross() : frame.maxDown());
        this.width = turned ? frame.height() : frame.width();
        this.height = turned ? frame.width() : frame.height();
        int count = frame.components().size();
        JpegPlane.Axes[] axes = new JpegPlane.Axes[count];
        boolean smooth = false;
        for (int i = 0; i < count; i++) {
            axes[i] = JpegPlane.Axes.of(frame.components().get(i), frame, turned);
            smooth |= axes[i].smoothDown();
        }
        // Smoothing looks into the lanes beside, so that those at the edges serve as neighbours alone.
        this.margin = smooth ? 1 : 0;
        int needed = (height + partsDown - 1) / partsDown + 2 * margin;
        this.lanes = Math.min(LANES, Lanes.padded(needed));
        int size = partsDown * lanes;
        this.planes = new JpegPlane[count];
        this.biases = new int[count][][];
        this.widened = new int[count];
        this.sources = new int[count];
        int memory = 0;
        for (JpegPlane.Axes one : axes) {
            memory += one.memory(lanes);
        }
        this.samples = scratch.ints(Use.SAMPLES, memory + count * size);
        int[] work = new int[8 * lanes];
        int[] tile = new int[64 * lanes];
        int at = 0;
        for (int i = 0; i < count; i++) {
            planes[i] = new JpegPlane(picture, i, axes[i], lanes, samples, at, work, tile);
            at += axes[i].memory(lanes);
            boolean smooths = axes[i].smoothAcross() || axes[i].smoothDown();
            widened[i] = memory + i * size;
            biases[i] = new int[][] {new int[size], new int[size]};
            if (smooths) {
                fillBiases(axes[i], biases[i]);
            }
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Gives the columns of a range that hold at least the rows of another one. */
    void give(PixelColumns target, int left, int right, int top, int bottom) {
        int usable = lanes - 2 * margin;
        int end = (bottom - 1) / partsDown + 1;
        for (int first = top / partsDown; first < end; first += usable) {
            int to = Math.min(end, first + usable) - first + margin;
            group(target, new PixelColumns.Shape(first - margin, lanes, partsDown, margin, to, height), left, right);
        }
    }

    private void group(PixelColumns target, PixelColumns.Shape shape, int left, int right) {
        target.begin(shape);
        int first = left / partsAcross;
        int last = (right - 1) / partsAcross;
        int end = (width - 1) / partsAcross;
        for (int mcu = Math.max(0, first - 1); mcu <= Math.min(end, last + 1); mcu++) {
            for (JpegPlane plane : planes) {
                if (!plane.axes().isDirect()) {
                    plane.make(mcu, shape);
                }
            }
            if (mcu > first) {
                pixels(mcu - 1, target, shape, left, right);
            }
        }
        if (last == end) {
            pixels(last, target, shape, left, right);
        }
    }

    /** The columns of an MCU whose neighbours are there. */
    private void pixels(int mcu, PixelColumns target, PixelColumns.Shape shape, int left, int right) {
        for (JpegPlane plane : planes) {
            if (plane.axes().isDirect()) {
                plane.make(mcu, shape);
            }
        }
        int from = Math.max(left, mcu * partsAcross);
        int to = Math.min(right, (mcu + 1) * partsAcross);
        for (int column = from; column < to; column++) {
            for (int i = 0; i < planes.length; i++) {
                widen(i, column);
            }
            convert(target.target(), target.place(column), shape.size());
            target.end(column);
        }
    }

    private void widen(int index, int column) {
        JpegPlane plane = planes[index];
        JpegPlane.Axes axes = plane.axes();
        int own = column / axes.repeatAcross();
        int length = partsDown * lanes;
        int place = plane.place(own);
        if (axes.smoothAcross()) {
            int other = Math.clamp(column % 2 == 0 ? own - 1 : own + 1, 0, axes.width() - 1);
            int[] bias = biases[index][column & 1];
            int shift = axes.smoothDown() ? 4 : 2;
            SampleVectors.smooth(samples, place, plane.place(other), bias, shift, widened[index], length);
        } else if (axes.smoothDown()) {
            SampleVectors.quarter(samples, place, biases[index][column & 1], widened[index], length);
        } else {
            sources[index] = place;
            return;
        }
        sources[index] = widened[index];
    }

    private void convert(int[] pixels, int to, int length) {
        switch (picture.colours()) {
            case GRAY -> SampleVectors.gray(samples, sources[0], pixels, to, length);
            case RGB -> SampleVectors.rgb(samples, sources, pixels, to, length);
            case YCC -> SampleVectors.ycc(samples, sources, pixels, to, length);
            case CMYK -> SampleVectors.cmyk(samples, sources, pixels, to, length);
            case YCCK -> SampleVectors.ycck(samples, sources, pixels, to, length);
        }
    }

    /** What is added before the shift, for even and odd columns: libjpeg alternates so as not to lean to one side. */
    private void fillBiases(JpegPlane.Axes axes, int[][] biases) {
        boolean wide = turned ? axes.smoothDown() : axes.smoothAcross();
        boolean high = turned ? axes.smoothAcross() : axes.smoothDown();
        for (int parity = 0; parity < 2; parity++) {
            for (int i = 0; i < partsDown * lanes; i++) {
                int x = turned ? i / lanes & 1 : parity;
                int y = turned ? parity : i / lanes & 1;
                int bias = wide && high ? 8 - x : 1 + (wide ? x : y);
                biases[parity][i] = bias;
            }
        }
    }
}
