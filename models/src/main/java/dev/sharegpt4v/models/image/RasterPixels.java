package dev.sharegpt4v.models.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Pillow's {@code convert('RGB')} over stored samples: alpha is dropped, no colour management is done.
 *
 * <p>Source: Pillow's Convert.c. Samples are taken from rasters, since colour models would convert them.
 */
final class RasterPixels {

    private RasterPixels() {}

    /** The pixels; {@code clipGray} where 16-bit samples are one plain gray channel, whatever the library added to it. */
    static RgbImage of(BufferedImage image, boolean clipGray) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            indexed(raster, palette, width, rgb);
        } else {
            direct(raster, width, rgb, clipGray);
        }
        return new RgbImage(width, height, rgb);
    }

    private static void indexed(Raster raster, IndexColorModel palette, int width, byte[] rgb) {
        int[] row = new int[width];
        int last = palette.getMapSize() - 1;
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int index : row) {
                int known = Math.min(index, last);
                rgb[to++] = (byte) (index > last ? 0 : palette.getRed(known));
                rgb[to++] = (byte) (index > last ? 0 : palette.getGreen(known));
                rgb[to++] = (byte) (index > last ? 0 : palette.getBlue(known));
            }
        }
    }

    private static void direct(Raster raster, int width, byte[] rgb, boolean clipGray) {
        int bands = raster.getNumBands();
        int[] bits = raster.getSampleModel().getSampleSize();
        boolean wide = raster.getTransferType() == DataBuffer.TYPE_USHORT && bits[0] == 16;
        int[] row = new int[width * bands];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    int band = bands >= 3 ? channel : 0;
                    int sample = row[x * bands + band];
                    rgb[to++] = (byte) (wide ? narrow(sample, clipGray) : widen(sample, bits[band]));
                }
            }
        }
    }

    /** 16 bits: plain gray is clipped, everything else keeps its high byte. */
    private static int narrow(int sample, boolean clipGray) {
        return clipGray ? Math.min(sample, 255) : sample >> 8;
    }

    /** Fewer than eight bits fill the range, as BMP's packed pixels do. */
    private static int widen(int sample, int bits) {
        return bits >= 8 ? sample : sample * 255 / ((1 << bits) - 1);
    }
}
