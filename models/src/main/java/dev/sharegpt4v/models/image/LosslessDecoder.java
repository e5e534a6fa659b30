package dev.sharegpt4v.models.image;

import java.util.ArrayList;
import java.util.List;

/** A lossless WebP picture (VP8L); alpha is dropped. Source: WebP lossless bitstream specification. */
final class LosslessDecoder {

    private static final int SIGNATURE = 0x2f;

    private final LosslessBits bits;
    private final int height;
    private final List<LosslessTransform> transforms = new ArrayList<>();

    /** Of the picture that is coded, which a palette makes narrower. */
    private int width;

    private LosslessDecoder(LosslessBits bits, int width, int height) {
        this.bits = bits;
        this.width = width;
        this.height = height;
    }

    static RgbImage decode(ByteView data, ImageLimits limits) {
        LosslessBits bits = new LosslessBits(data);
        if (bits.read(8) != SIGNATURE) {
            throw ImageException.malformed("the WebP has no lossless picture");
        }
        int width = bits.read(14) + 1;
        int height = bits.read(14) + 1;
        bits.flag(); // Whether alpha is used.
        if (bits.read(3) != 0) {
            throw ImageException.malformed("the WebP is of an unknown lossless version");
        }
        bits.requireEnough();
        limits.check(width, height);
        return new RgbImage(width, height, rgb(new LosslessDecoder(bits, width, height).read()));
    }

    private int[] read() {
        while (bits.flag()) {
            LosslessTransform transform = transform(bits.read(2));
            if (transforms.stream().anyMatch(other -> other.getClass() == transform.getClass())) {
                throw ImageException.malformed("the WebP transforms pixels twice in one way");
            }
            transforms.add(transform);
        }
        int[] pixels = LosslessPixels.readMain(bits, width, height);
        for (LosslessTransform transform : transforms.reversed()) {
            pixels = transform.undo(pixels, height);
        }
        return pixels;
    }

    private LosslessTransform transform(int kind) {
        return switch (kind) {
            case 0 -> {
                int size = 2 + bits.read(3);
                yield new LosslessTransform.Prediction(width, size, squares(size));
            }
            case 1 -> {
                int size = 2 + bits.read(3);
                yield new LosslessTransform.CrossColour(width, size, squares(size));
            }
            case 2 -> new LosslessTransform.Green();
            default -> palette();
        };
    }

    private int[] squares(int size) {
        return LosslessPixels.readPart(
                bits, LosslessTransform.squares(width, size), LosslessTransform.squares(height, size));
    }

    private LosslessTransform palette() {
        int count = bits.read(8) + 1;
        int[] colours = LosslessPixels.readPart(bits, count, 1);
        for (int i = 1; i < count; i++) {
            colours[i] = LosslessArgb.add(colours[i], colours[i - 1]);
        }
        int packing = count > 16 ? 0 : count > 4 ? 1 : count > 2 ? 2 : 3;
        LosslessTransform palette = new LosslessTransform.Palette(width, packing, colours);
        width = LosslessTransform.squares(width, packing);
        return palette;
    }

    private static byte[] rgb(int[] pixels) {
        byte[] rgb = new byte[Math.multiplyExact(pixels.length, 3)];
        for (int i = 0; i < pixels.length; i++) {
            rgb[i * 3] = (byte) (pixels[i] >> 16);
            rgb[i * 3 + 1] = (byte) (pixels[i] >> 8);
            rgb[i * 3 + 2] = (byte) pixels[i];
        }
        return rgb;
    }
}
