package dev.sharegpt4v.models.image;

import java.util.Optional;

/** How large a file says that its picture is; to know before it is decoded what that will take. */
public final class ImageSize {

    private static final int OLD_BMP_HEADER = 12;
    private static final long MOST_SIDE = 1L << 31;

    private ImageSize() {}

    /**
     * Pixels of the first picture of a file, by its header alone.
     *
     * @return width times height; 0 where the header does not tell, whose file the decoder refuses
     */
    public static long pixels(byte[] file) {
        Optional<ImageFormat> format = ImageFormat.of(file);
        if (format.isEmpty()) {
            return 0;
        }
        try {
            return pixels(ByteView.of(file), format.get());
        } catch (ImageException e) {
            return 0;
        }
    }

    private static long pixels(ByteView file, ImageFormat format) {
        return switch (format) {
            case PNG -> product(file.big32(16), file.big32(20));
            case GIF -> product(file.little16(6), file.little16(8));
            case BMP ->
                file.little32(14) == OLD_BMP_HEADER
                        ? product(file.little16(18), file.little16(20))
                        : product(side(file, 18), side(file, 22));
            case WEBP -> webp(file);
            case JPEG -> jpeg(file);
        };
    }

    /** Rows that stand from the top downwards have a negative height. */
    private static long side(ByteView file, int at) {
        long signed = (int) file.little32(at);
        return Math.abs(signed);
    }

    private static long webp(ByteView file) {
        if (file.hasText(12, "VP8X")) {
            return product(1L + file.little24(24), 1L + file.little24(27));
        }
        if (file.hasText(12, "VP8L")) {
            long bits = file.little32(21);
            return product(1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff));
        }
        return product(file.little16(26) & 0x3fff, file.little16(28) & 0x3fff);
    }

    /** Markers up to the frame's header. */
    private static long jpeg(ByteView file) {
        int at = 2;
        while (true) {
            while (file.unsignedByte(at) != 0xff) {
                at++;
            }
            while (file.unsignedByte(at) == 0xff) {
                at++;
            }
            int marker = file.unsignedByte(at++);
            boolean isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            boolean isBare = marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8);
            if (isFrame) {
                return product(file.big16(at + 5), file.big16(at + 3));
            }
            at += isBare ? 0 : Math.max(2, file.big16(at));
        }
    }

    private static long product(long width, long height) {
        return Math.min(width, MOST_SIDE) * Math.min(height, MOST_SIDE);
    }
}
