package dev.sharegpt4v.models.image;

import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Rows of a JPEG's samples at full size. Chroma that is halved in height alone is smoothed as libjpeg-turbo does it; the
 * library merely repeats its rows. All other kinds come smoothed from the library.
 */
final class JpegUpsampling {

    private final Raster raster;
    private final boolean[] halved;
    private final int bands;
    private final int[] near;
    private final int[] far;

    JpegUpsampling(Raster raster, JpegHeader header) {
        this.raster = raster;
        this.bands = raster.getNumBands();
        this.near = new int[raster.getWidth()];
        this.far = new int[raster.getWidth()];
        this.halved = new boolean[bands];
        for (int i = 0; i < bands; i++) {
            halved[i] = header.isHalvedInHeightAlone(i) && rowsRepeat(i);
        }
    }

    /** Some builds of the JDK bring a library that smooths these rows itself. */
    private boolean rowsRepeat(int band) {
        for (int y = 1; y < raster.getHeight(); y += 2) {
            read(y - 1, band, near);
            read(y, band, far);
            if (!Arrays.equals(near, far)) {
                return false;
            }
        }
        return true;
    }

    private void read(int y, int band, int[] target) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, band, target);
    }

    /** Reads a row, sample by sample of each pixel. */
    void row(int y, int[] target) {
        int width = raster.getWidth();
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, target);
        int last = (raster.getHeight() + 1) / 2 - 1;
        int other = Math.clamp(y % 2 == 0 ? y / 2 - 1 : y / 2 + 1, 0, last);
        for (int band = 0; band < bands; band++) {
            if (halved[band]) {
                read(y, band, near);
                read(2 * other, band, far);
                for (int x = 0; x < width; x++) {
                    target[x * bands + band] = 3 * near[x] + far[x] + 1 + y % 2 >> 2;
                }
            }
        }
    }
}
