package dev.sharegpt4v.models.image;

import java.util.Optional;

/**
 * The first picture of a WebP file and its place on the canvas. Source: WebP container specification.
 *
 * @param canvasWidth of the whole picture; 0 when the frame is all there is
 * @param canvasHeight of the whole picture
 * @param left of the frame on the canvas
 * @param top of the frame on the canvas
 * @param lossless whether the data is VP8L and not VP8
 * @param data the frame's bits
 */
record WebpFile(int canvasWidth, int canvasHeight, int left, int top, boolean lossless, ByteView data) {

    private static final int FRAME_HEADER = 16;

    static WebpFile read(ByteView file) {
        long size = file.little32(4);
        if (size + 8 > file.length()) {
            throw ImageException.malformed("the WebP is truncated");
        }
        ByteView chunks = file.slice(12, Math.max(0, (int) size - 4));
        if (!chunks.hasText(0, "VP8X")) {
            return picture(chunks, 0, 0, 0, 0);
        }
        int width = chunks.little24(12) + 1;
        int height = chunks.little24(15) + 1;
        boolean animated = (chunks.unsignedByte(8) & 2) != 0;
        if (!animated) {
            return picture(chunks, width, height, 0, 0);
        }
        ByteView frame = find(chunks, "ANMF").orElseThrow(() -> ImageException.malformed("the WebP holds no picture"));
        return picture(
                frame.slice(FRAME_HEADER, frame.length() - FRAME_HEADER),
                width,
                height,
                frame.little24(0) * 2,
                frame.little24(3) * 2);
    }

    private static WebpFile picture(ByteView chunks, int width, int height, int left, int top) {
        Optional<ByteView> lossy = find(chunks, "VP8 ");
        ByteView data = lossy.or(() -> find(chunks, "VP8L"))
                .orElseThrow(() -> ImageException.malformed("the WebP holds no picture"));
        return new WebpFile(width, height, left, top, lossy.isEmpty(), data);
    }

    private static Optional<ByteView> find(ByteView chunks, String name) {
        long at = 0;
        while (at + 8 <= chunks.length()) {
            long length = chunks.little32((int) at + 4);
            if (length > chunks.length() - at - 8) {
                throw ImageException.malformed("the WebP is truncated");
            }
            if (chunks.hasText((int) at, name)) {
                return Optional.of(chunks.slice((int) at + 8, (int) length));
            }
            at += 8 + length + (length & 1);
        }
        return Optional.empty();
    }
}
