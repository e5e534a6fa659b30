package dev.sharegpt4v.models.image;

import java.util.Optional;

/**
 * The orientation tag of EXIF data, 1 to 8; anything broken counts as 1, as a viewer would have it.
 *
 * <p>Source: TIFF 6.0 for the structure, EXIF 2.32 for tag 0x0112.
 */
final class ExifOrientation {

    static final int UPRIGHT = 1;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    /** Against the specification, yet written by some and read by all. */
    private static final int LONG = 4;

    private ExifOrientation() {}

    static int of(byte[] file, ImageFormat format) {
        try {
            Optional<ByteView> exif = switch (format) {
                case JPEG -> inJpeg(ByteView.of(file));
                case PNG -> inPng(ByteView.of(file));
                case WEBP -> inWebp(ByteView.of(file));
                case GIF, BMP -> Optional.empty();
            };
            return exif.map(ExifOrientation::read).orElse(UPRIGHT);
        } catch (ImageException e) {
            return UPRIGHT;
        }
    }

    private static Optional<ByteView> inJpeg(ByteView file) {
        int at = 2;
        while (at + 4 <= file.length() && file.unsignedByte(at) == 0xff) {
            int marker = file.unsignedByte(at + 1);
            if (marker == 0xff) {
                at++;
                continue;
            }
            if (marker == 0xda || marker == 0xd9) {
                return Optional.empty();
            }
            int length = file.big16(at + 2);
            if (marker == 0xe1 && file.hasText(at + 4, "Exif\0\0")) {
                return Optional.of(file.slice(at + 10, length - 8));
            }
            at += 2 + Math.max(2, length);
        }
        return Optional.empty();
    }

    private static Optional<ByteView> inPng(ByteView file) {
        long at = 8;
        while (at + 12 <= file.length()) {
            long length = file.big32((int) at);
            if (file.hasText((int) at + 4, "eXIf")) {
                return Optional.of(file.slice((int) at + 8, (int) Math.min(length, file.length())));
            }
            if (file.hasText((int) at + 4, "IEND")) {
                return Optional.empty();
            }
            at += 12 + length;
        }
        return Optional.empty();
    }

    private static Optional<ByteView> inWebp(ByteView file) {
        long at = 12;
        while (at + 8 <= file.length()) {
            long length = file.little32((int) at + 4);
            if (file.hasText((int) at, "EXIF")) {
                ByteView exif = file.slice((int) at + 8, (int) Math.min(length, file.length()));
                return Optional.of(exif.hasText(0, "Exif\0\0") ? exif.slice(6, exif.length() - 6) : exif);
            }
            at += 8 + length + (length & 1);
        }
        return Optional.empty();
    }

    private static int read(ByteView tiff) {
        boolean little = tiff.hasText(0, "II");
        if (!little && !tiff.hasText(0, "MM")) {
            return UPRIGHT;
        }
        long directory = little ? tiff.little32(4) : tiff.big32(4);
        if (directory > tiff.length() - 2) {
            return UPRIGHT;
        }
        int first = (int) directory;
        int entries = little ? tiff.little16(first) : tiff.big16(first);
        for (int i = 0; i < entries; i++) {
            int at = first + 2 + i * 12;
            int tag = little ? tiff.little16(at) : tiff.big16(at);
            if (tag == TAG) {
                int type = little ? tiff.little16(at + 2) : tiff.big16(at + 2);
                long value = switch (type) {
                    case SHORT -> little ? tiff.little16(at + 8) : tiff.big16(at + 8);
                    case LONG -> little ? tiff.little32(at + 8) : tiff.big32(at + 8);
                    default -> UPRIGHT;
                };
                return value >= 1 && value <= 8 ? (int) value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /** The picture as it is meant to be seen. */
    static RgbImage apply(RgbImage image, int orientation) {
        if (orientation == UPRIGHT) {
            return image;
        }
        boolean turned = orientation >= 5;
        int width = turned ? image.height() : image.width();
        int height = turned ? image.width() : image.height();
        byte[] target = new byte[image.rgb().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = source(image, orientation, x, y) * 3;
                int to = (y * width + x) * 3;
                target[to] = image.rgb()[from];
                target[to + 1] = image.rgb()[from + 1];
                target[to + 2] = image.rgb()[from + 2];
            }
        }
        return new RgbImage(width, height, target);
    }

    /** Index of the stored pixel that is seen at a place. */
    private static int source(RgbImage image, int orientation, int x, int y) {
        int right = image.width() - 1;
        int bottom = image.height() - 1;
        return switch (orientation) {
            case 2 -> y * image.width() + right - x;
            case 3 -> (bottom - y) * image.width() + right - x;
            case 4 -> (bottom - y) * image.width() + x;
            case 5 -> x * image.width() + y;
            case 6 -> (bottom - x) * image.width() + y;
            case 7 -> (bottom - x) * image.width() + right - y;
            case 8 -> x * image.width() + right - y;
            default -> throw new IllegalStateException("orientation " + orientation + ". This is a bug.");
        };
    }
}
