package dev.sharegpt4v.models.image;

import java.util.zip.CRC32;

/** Checks a PNG's chunks before it is decoded: size from the header, checksums of all that matters. Source: RFC 2083. */
final class PngHeader {

    private static final int COLOUR_TYPE = 25;

    private PngHeader() {}

    static void check(byte[] file, ImageLimits limits) {
        ByteView view = ByteView.of(file);
        if (!view.hasText(12, "IHDR")) {
            throw ImageException.malformed("the PNG has no header");
        }
        limits.check(view.big32(16), view.big32(20));
        long at = 8;
        while (at + 12 <= view.length()) {
            int chunk = (int) at;
            long length = view.big32(chunk);
            if (length > view.length() - at - 12) {
                throw ImageException.malformed("the PNG is truncated");
            }
            // Chunks with a small first letter may be ignored, damaged or not.
            boolean critical = (view.unsignedByte(chunk + 4) & 0x20) == 0;
            if (critical && view.big32(chunk + 8 + (int) length) != checksum(file, chunk + 4, (int) length + 4)) {
                throw ImageException.malformed("the PNG has a wrong checksum");
            }
            if (view.hasText(chunk + 4, "IEND")) {
                return;
            }
            at += 12 + length;
        }
        throw ImageException.malformed("the PNG is truncated");
    }

    static boolean isPlainGray(byte[] file) {
        return file[COLOUR_TYPE] == 0;
    }

    private static long checksum(byte[] file, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(file, from, length);
        return crc.getValue();
    }
}
