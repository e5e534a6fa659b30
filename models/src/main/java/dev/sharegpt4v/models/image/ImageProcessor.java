package dev.sharegpt4v.models.image;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Pixels to the encoder's input: pad or crop, bicubic resize, rescale, normalise.
 *
 * <p>Equal bit for bit to expand2square and transformers' CLIPImageProcessor on Pillow. Thread-safe.
 */
public final class ImageProcessor {

    private static final double RESCALE = 0.00392156862745098;

    private final Preprocessing preprocessing;
    private final float[][] normalized;
    private final int[] background;

    public ImageProcessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.normalized = new float[3][256];
        this.background = new int[3];
        for (int channel = 0; channel < 3; channel++) {
            float mean = preprocessing.mean().get(channel).floatValue();
            float std = preprocessing.std().get(channel).floatValue();
            background[channel] = (int) (preprocessing.mean().get(channel) * 255);
            for (int value = 0; value < 256; value++) {
                normalized[channel][value] = ((float) (value * RESCALE) - mean) / std;
            }
        }
    }

    /**
     * Prepares one image.
     *
     * @param featureRows rows that the encoder will make of it
     * @return values [3, crop, crop], with a hash over pixels and settings
     */
    public ImageInput process(RgbImage image, int featureRows) {
        int side = preprocessing.cropSize();
        return new ImageInput(hash(image), normalize(resize(image)), new long[] {3, side, side}, featureRows);
    }

    /** The resized and cropped pixels, [crop, crop, 3]. */
    byte[] resize(RgbImage image) {
        int crop = preprocessing.cropSize();
        int width = image.width();
        int height = image.height();
        int left = 0;
        int top = 0;
        if (preprocessing.padToSquare()) {
            int square = Math.max(width, height);
            left = (square - width) / 2;
            top = (square - height) / 2;
            width = square;
            height = square;
        }
        int shortest = preprocessing.shortestEdge();
        int outWidth = width <= height ? shortest : (int) ((double) ((long) shortest * width) / height);
        int outHeight = width <= height ? (int) ((double) ((long) shortest * height) / width) : shortest;
        ResampleKernel horizontal = ResampleKernel.of(width, outWidth, (outWidth - crop) / 2, crop);
        ResampleKernel vertical = ResampleKernel.of(height, outHeight, (outHeight - crop) / 2, crop);
        return new Resampler(image, left, top, background).run(horizontal, vertical);
    }

    private float[] normalize(byte[] pixels) {
        int plane = pixels.length / 3;
        float[] values = new float[pixels.length];
        for (int i = 0; i < plane; i++) {
            for (int channel = 0; channel < 3; channel++) {
                values[channel * plane + i] = normalized[channel][pixels[i * 3 + channel] & 0xff];
            }
        }
        return values;
    }

    private ContentHash hash(RgbImage image) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(preprocessing.toString().getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(8)
                    .putInt(image.width())
                    .putInt(image.height())
                    .flip());
            ByteBuffer bytes = ByteBuffer.wrap(digest.digest(image.rgb()));
            return new ContentHash(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
        }
    }
}
