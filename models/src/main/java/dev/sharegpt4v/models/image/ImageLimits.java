package dev.sharegpt4v.models.image;

/**
 * How large an image may be; checked against the header before anything is decoded.
 *
 * @param maxBytes of the file
 * @param maxPixels width times height
 * @param maxSide of the longer side
 */
public record ImageLimits(long maxBytes, long maxPixels, int maxSide) {

    /** 20 MB, 50 megapixels, 30,000 pixels a side. */
    public static final ImageLimits DEFAULT = new ImageLimits(20L << 20, 50_000_000, 30_000);

    public ImageLimits {
        if (maxBytes < 1 || maxPixels < 1 || maxSide < 1) {
            throw new IllegalArgumentException("limits of images are positive");
        }
    }

    void check(long width, long height) {
        if (width < 1 || height < 1) {
            throw ImageException.malformed("the image has no pixels");
        }
        if (width > maxSide || height > maxSide || width * height > maxPixels) {
            throw new ImageException(
                    ImageException.Kind.TOO_LARGE,
                    "the image has %d × %d pixels; at most %d pixels and %d a side are allowed"
                            .formatted(width, height, maxPixels, maxSide));
        }
    }
}
