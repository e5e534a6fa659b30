package dev.sharegpt4v.models.image;

import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Turns the bytes of a file into RGB pixels, as {@code Image.open(file).convert('RGB')} of Pillow does. */
public final class ImageDecoder {

    private ImageDecoder() {}

    /**
     * Decodes the first picture of a file.
     *
     * @throws ImageException when the bytes are no image of a known format, are damaged, or exceed the limits
     */
    public static RgbImage decode(byte[] file, ImageLimits limits, Orientation orientation) {
        ImageFormat format = format(file, limits);
        RgbImage image = decode(file, format, limits);
        return switch (orientation) {
            case APPLY -> ExifOrientation.apply(image, ExifOrientation.of(file, format));
            case IGNORE -> image;
        };
    }

    /** The format of a file that is not too long. */
    static ImageFormat format(byte[] file, ImageLimits limits) {
        if (file.length > limits.maxBytes()) {
            throw new ImageException(
                    ImageException.Kind.TOO_LARGE,
                    "the image has " + file.length + " bytes; at most " + limits.maxBytes() + " are allowed");
        }
        Optional<ImageFormat> format = ImageFormat.of(file);
        if (format.isEmpty()) {
            throw new ImageException(
                    ImageException.Kind.UNSUPPORTED_FORMAT, "the image is neither JPEG, PNG, GIF, BMP nor WebP");
        }
        return format.get();
    }

    /** The libraries fail in many ways on damaged files; all of them mean the same to a caller. */
    private static RgbImage decode(byte[] file, ImageFormat format, ImageLimits limits) {
        try {
            return switch (format) {
                case JPEG -> JpegDecoder.decode(file, limits);
                case GIF -> GifDecoder.decode(file, limits);
                case WEBP -> WebpDecoder.decode(file, limits);
                case PNG, BMP -> read(file, format, limits);
            };
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new ImageException(ImageException.Kind.MALFORMED, "the " + format + " image is damaged", e);
        }
    }

    private static RgbImage read(byte[] file, ImageFormat format, ImageLimits limits) throws IOException {
        if (format == ImageFormat.PNG) {
            PngHeader.check(file, limits);
        } else {
            BmpHeader.check(file);
        }
        ImageReader reader = Readers.of(format == ImageFormat.PNG ? "png" : "bmp");
        try (ImageInputStream input = Readers.input(file)) {
            reader.setInput(input, true, true);
            limits.check(reader.getWidth(0), reader.getHeight(0));
            return RasterPixels.of(reader.read(0), format == ImageFormat.PNG && PngHeader.isPlainGray(file));
        } finally {
            reader.dispose();
        }
    }
}
