package dev.sharegpt4v.models.image;

/** Checks what the library would follow blindly. Source: Microsoft's BITMAPINFOHEADER. */
final class BmpHeader {

    private static final int OLD_HEADER = 12;
    private static final int LAST_KNOWN = 3;

    private BmpHeader() {}

    /** A whole JPEG or PNG may stand inside, of another size than the header says. */
    static void check(byte[] file) {
        ByteView view = ByteView.of(file);
        if (view.little32(14) > OLD_HEADER && view.little32(30) > LAST_KNOWN) {
            throw new ImageException(
                    ImageException.Kind.UNSUPPORTED_FORMAT,
                    "the BMP is compressed in a way that is not supported: " + view.little32(30));
        }
    }
}
