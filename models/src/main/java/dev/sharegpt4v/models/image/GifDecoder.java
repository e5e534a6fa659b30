package dev.sharegpt4v.models.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The first frame of a GIF, placed on its logical screen as Pillow does. Source: GIF89a specification. */
final class GifDecoder {

    private GifDecoder() {}

    private record Frame(int left, int top, int width, int height, int transparentIndex) {}

    static RgbImage decode(byte[] file, ImageLimits limits) throws IOException {
        ByteView view = ByteView.of(file);
        int flags = view.unsignedByte(10);
        int palette = 13;
        int afterPalette = palette + ((flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1);
        Frame frame = firstFrame(view, afterPalette);
        int width = Math.max(view.little16(6), frame.left() + frame.width());
        int height = Math.max(view.little16(8), frame.top() + frame.height());
        limits.check(width, height);
        limits.check(frame.width(), frame.height());
        ImageReader reader = Readers.of(ImageFormat.GIF);
        try (ImageInputStream input = new ByteArrayImageInputStream(file)) {
            reader.setInput(input, true, true);
            RgbImage pixels = RasterPixels.of(reader.read(0), false);
            boolean covers = frame.width() == width && frame.height() == height;
            return covers ? pixels : place(pixels, frame, width, height, fill(view, flags, palette, frame));
        } finally {
            reader.dispose();
        }
    }

    /** Skips extensions up to the first image descriptor. */
    private static Frame firstFrame(ByteView view, int at) {
        int transparent = -1;
        while (view.unsignedByte(at) == 0x21) {
            if (view.unsignedByte(at + 1) == 0xf9 && (view.unsignedByte(at + 3) & 1) != 0) {
                transparent = view.unsignedByte(at + 6);
            }
            at += 2;
            while (view.unsignedByte(at) != 0) {
                at += 1 + view.unsignedByte(at);
            }
            at++;
        }
        if (view.unsignedByte(at) != 0x2c) {
            throw ImageException.malformed("the GIF holds no picture");
        }
        return new Frame(
                view.little16(at + 1),
                view.little16(at + 3),
                view.little16(at + 5),
                view.little16(at + 7),
                transparent);
    }

    private static byte[] fill(ByteView view, int flags, int palette, Frame frame) {
        if ((flags & 0x80) == 0) {
            return new byte[3];
        }
        int entries = 2 << (flags & 7);
        int index = frame.transparentIndex() >= 0 && frame.transparentIndex() < entries ? frame.transparentIndex() : 0;
        return Arrays.copyOfRange(view.bytes(), palette + index * 3, palette + index * 3 + 3);
    }

    private static RgbImage place(RgbImage pixels, Frame frame, int width, int height, byte[] fill) {
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = fill[i % 3];
        }
        for (int y = 0; y < pixels.height(); y++) {
            int to = ((frame.top() + y) * width + frame.left()) * 3;
            System.arraycopy(pixels.rgb(), y * pixels.width() * 3, rgb, to, pixels.width() * 3);
        }
        return new RgbImage(width, height, rgb);
    }
}
