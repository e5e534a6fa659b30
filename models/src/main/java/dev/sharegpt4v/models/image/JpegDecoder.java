package dev.sharegpt4v.models.image;

/** A JPEG's pixels, equal to those of libjpeg-turbo bit for bit. */
final class JpegDecoder {

    private JpegDecoder() {}

    static RgbImage decode(byte[] file, ImageLimits limits) {
        ImageScratch scratch = new ImageScratch();
        JpegColumns columns = new JpegColumns(read(file, limits, scratch), false, scratch);
        RgbColumns pixels = new RgbColumns(columns.width(), columns.height(), scratch);
        columns.give(pixels, 0, columns.width(), 0, columns.height());
        return pixels.image();
    }

    /**
     * Reads a file's coefficients.
     *
     * @param scratch holds them afterwards
     */
    static JpegPicture read(byte[] file, ImageLimits limits, ImageScratch scratch) {
        try {
            return JpegReader.read(file, limits, scratch);
        } catch (ArithmeticException e) {
            throw new ImageException(ImageException.Kind.MALFORMED, "the JPEG image is damaged", e);
        }
    }
}
