package dev.sharegpt4v.models.image;

import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Picks the library that reads a format. */
final class Readers {

    private Readers() {}

    static ImageReader jpeg() {
        return builtIn("jpeg");
    }

    static ImageReader of(ImageFormat format) {
        return switch (format) {
            case JPEG -> jpeg();
            case PNG -> builtIn("png");
            case GIF -> builtIn("gif");
            case BMP -> builtIn("bmp");
            case WEBP -> ImageIO.getImageReadersByFormatName("webp").next();
        };
    }

    /** The JDK's own reader, whatever plug-ins stand before it. */
    private static ImageReader builtIn(String name) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio")) {
                return reader;
            }
        }
        throw new IllegalStateException("the JDK reads no " + name + ". This is a bug.");
    }
}
