package dev.sharegpt4v.models.image;

/**
 * WebP of every kind, equal to libwebp bit for bit: lossy, lossless, with alpha (which is dropped), the first frame of
 * an animation on its canvas.
 */
final class WebpDecoder {

    private WebpDecoder() {}

    static RgbImage decode(byte[] file, ImageLimits limits) {
        WebpFile webp = WebpFile.read(ByteView.of(file));
        boolean hasCanvas = webp.canvasWidth() > 0;
        if (hasCanvas) {
            limits.check(webp.canvasWidth(), webp.canvasHeight());
        }
        RgbImage frame =
                webp.lossless() ? LosslessDecoder.decode(webp.data(), limits) : Vp8Decoder.decode(webp.data(), limits);
        boolean covers = frame.width() == webp.canvasWidth() && frame.height() == webp.canvasHeight();
        return !hasCanvas || covers ? frame : place(frame, webp);
    }

    /** What the frame leaves free is transparent black. */
    private static RgbImage place(RgbImage frame, WebpFile webp) {
        int width = webp.canvasWidth();
        if (webp.left() > width - frame.width() || webp.top() > webp.canvasHeight() - frame.height()) {
            throw ImageException.malformed("the WebP has a frame outside of its canvas");
        }
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, webp.canvasHeight()), 3)];
        for (int y = 0; y < frame.height(); y++) {
            int to = ((webp.top() + y) * width + webp.left()) * 3;
            System.arraycopy(frame.rgb(), y * frame.width() * 3, rgb, to, frame.width() * 3);
        }
        return new RgbImage(width, webp.canvasHeight(), rgb);
    }
}
