package dev.sharegpt4v.models.image;

/**
 * Pixels, three bytes each, row by row.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb [height, width, 3]; shared, not copied
 */
public record RgbImage(int width, int height, byte[] rgb) {

    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != Math.multiplyExact(Math.multiplyExact(width, height), 3)) {
            throw new IllegalArgumentException(width + " × " + height + " pixels in " + rgb.length + " bytes");
        }
    }
}
