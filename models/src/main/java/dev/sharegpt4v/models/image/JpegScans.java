package dev.sharegpt4v.models.image;

/**
 * Counts a JPEG's scans before it is decoded. A hostile file repeats scans of a few bytes, each of which makes a decoder
 * walk over the whole picture.
 */
final class JpegScans {

    /** Encoders write ten, or one per component and bit at the most. */
    private static final int MOST = 500;

    private JpegScans() {}

    static void check(ByteView file) {
        int scans = 0;
        for (int at = 2; at + 4 <= file.length(); at++) {
            if (file.unsignedByte(at) != 0xff) {
                continue;
            }
            int marker = file.unsignedByte(at + 1);
            if (marker == 0xd9) {
                return;
            }
            if (marker == 0xda && ++scans > MOST) {
                throw new ImageException(ImageException.Kind.TOO_LARGE, "the JPEG has more than " + MOST + " scans");
            }
            boolean alone = marker == 0 || marker == 1 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd8);
            if (!alone) {
                at += Math.max(2, file.big16(at + 2)) + 1;
            }
        }
    }
}
