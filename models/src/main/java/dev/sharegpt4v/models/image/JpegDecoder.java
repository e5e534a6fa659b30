package dev.sharegpt4v.models.image;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/**
 * JPEG of every colour kind. The library decodes to raw samples; colour conversion is libjpeg's integer arithmetic.
 *
 * <p>Source: libjpeg's jdcolor.c; Adobe's technical note 5116 for CMYK; Pillow takes all CMYK for Adobe's, which is inverted.
 */
final class JpegDecoder {

    private JpegDecoder() {}

    static RgbImage decode(byte[] file, ImageLimits limits) throws IOException {
        JpegHeader header = JpegHeader.read(ByteView.of(file));
        limits.check(header.width(), header.height());
        JpegScans.check(ByteView.of(file));
        ImageReader reader = Readers.of("jpeg");
        Truncation truncation = new Truncation();
        try (ImageInputStream input = Readers.input(file)) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener(truncation);
            Raster raster = reader.readRaster(0, null);
            if (truncation.seen) {
                throw ImageException.malformed("the JPEG is truncated");
            }
            return convert(raster, header);
        } finally {
            reader.dispose();
        }
    }

    private static RgbImage convert(Raster raster, JpegHeader header) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, raster.getHeight()), 3)];
        int[] row = new int[width * bands];
        JpegUpsampling rows = new JpegUpsampling(raster, header);
        for (int y = 0; y < raster.getHeight(); y++) {
            rows.row(y, row);
            int to = y * width * 3;
            for (int x = 0; x < width; x++, to += 3) {
                pixel(row, x * bands, header, bands, rgb, to);
            }
        }
        return new RgbImage(width, raster.getHeight(), rgb);
    }

    private static void pixel(int[] row, int at, JpegHeader header, int bands, byte[] rgb, int to) {
        switch (bands) {
            case 1 -> put(rgb, to, row[at], row[at], row[at]);
            case 3 -> {
                if (header.isYcc()) {
                    int packed = toRgb(row[at], row[at + 1], row[at + 2]);
                    put(rgb, to, packed >> 16, packed >> 8, packed);
                } else {
                    put(rgb, to, row[at], row[at + 1], row[at + 2]);
                }
            }
            case 4 -> inks(row, at, header, rgb, to);
            default -> throw ImageException.malformed("the JPEG has " + bands + " components");
        }
    }

    private static void inks(int[] row, int at, JpegHeader header, byte[] rgb, int to) {
        int cyan = row[at];
        int magenta = row[at + 1];
        int yellow = row[at + 2];
        int black = row[at + 3];
        if (header.isYcc()) {
            int packed = toRgb(cyan, magenta, yellow);
            cyan = 255 - (packed >> 16 & 0xff);
            magenta = 255 - (packed >> 8 & 0xff);
            yellow = 255 - (packed & 0xff);
        }
        // Every file counts as Adobe's, whose inks are stored inverted: what is stored is light.
        put(
                rgb,
                to,
                black - times(255 - cyan, black),
                black - times(255 - magenta, black),
                black - times(255 - yellow, black));
    }

    /** a·b/255, rounded as Pillow's MULDIV255 does. */
    private static int times(int a, int b) {
        int product = a * b + 128;
        return (product >> 8) + product >> 8;
    }

    private static int toRgb(int y, int cb, int cr) {
        int red = y + (91_881 * (cr - 128) + 32_768 >> 16);
        int green = y + (-22_554 * (cb - 128) - 46_802 * (cr - 128) + 32_768 >> 16);
        int blue = y + (116_130 * (cb - 128) + 32_768 >> 16);
        return clip(red) << 16 | clip(green) << 8 | clip(blue);
    }

    private static int clip(int value) {
        return Math.clamp(value, 0, 255);
    }

    private static void put(byte[] rgb, int to, int red, int green, int blue) {
        rgb[to] = (byte) red;
        rgb[to + 1] = (byte) green;
        rgb[to + 2] = (byte) blue;
    }

    /** libjpeg goes on after a premature end; Pillow and we refuse such files. */
    private static final class Truncation implements IIOReadWarningListener {
        private boolean seen;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            seen |= warning.contains("Premature end") || warning.contains("EOI");
        }
    }
}
