package dev.sharegpt4v.models.image;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Pictures to the encoder's input: decode, pad or crop, bicubic resize, rescale, normalise.
 *
 * <p>Equal bit for bit to expand2square and transformers' CLIPImageProcessor on Pillow. Thread-safe.
 */
public final class ImageProcessor {

    private static final double RESCALE = 0.00392156862745098;

    private final Preprocessing preprocessing;
    private final byte[] rules;
    private final float[][] normalized;
    private final int background;
    private final Kernels kernels = new Kernels();
    private final ScratchPool pool = new ScratchPool();

    public ImageProcessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.rules = rules(preprocessing);
        this.normalized = new float[3][256];
        int colour = 0;
        for (int channel = 0; channel < 3; channel++) {
            float mean = preprocessing.mean().get(channel).floatValue();
            float std = preprocessing.std().get(channel).floatValue();
            colour = colour << 8 | (int) (preprocessing.mean().get(channel) * 255) & 0xff;
            for (int value = 0; value < 256; value++) {
                normalized[channel][value] = ((float) (value * RESCALE) - mean) / std;
            }
        }
        this.background = colour;
    }

    /**
     * Prepares the first picture of a file; faster than decoding it first.
     *
     * @param featureRows rows that the encoder will make of it
     * @return values [3, crop, crop], with a hash over them and the settings
     * @throws ImageException when the bytes are no image of a known format, are damaged, or exceed the limits
     */
    public ImageInput prepare(byte[] file, ImageLimits limits, Orientation orientation, int featureRows) {
        return prepare(file, limits, orientation, featureRows, () -> {});
    }

    /**
     * The same for who measures.
     *
     * @param onDecoded is run between decoding and resizing. Of a JPEG, the coefficients are decoded then: they become
     *     pixels only as these are resized
     */
    public ImageInput prepare(
            byte[] file, ImageLimits limits, Orientation orientation, int featureRows, Runnable onDecoded) {
        if (ImageDecoder.format(file, limits) != ImageFormat.JPEG) {
            RgbImage image = ImageDecoder.decode(file, limits, orientation);
            onDecoded.run();
            return process(image, featureRows);
        }
        ImageScratch scratch = pool.take();
        try {
            return input(resizeJpeg(file, limits, orientation, scratch, onDecoded), featureRows);
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ImageException(ImageException.Kind.MALFORMED, "the JPEG image is damaged", e);
        } finally {
            pool.giveBack(scratch);
        }
    }

    /**
     * Prepares one image.
     *
     * @param featureRows rows that the encoder will make of it
     * @return values [3, crop, crop], with a hash over them and the settings
     */
    public ImageInput process(RgbImage image, int featureRows) {
        ImageScratch scratch = pool.take();
        try {
            return input(resize(image, scratch), featureRows);
        } finally {
            pool.giveBack(scratch);
        }
    }

    /**
     * A black image as it is after all preparation, for runs of which only the end counts.
     *
     * @param featureRows rows that the encoder will make of it
     */
    public ImageInput black(int featureRows) {
        return input(new int[preprocessing.cropSize() * preprocessing.cropSize()], featureRows);
    }

    /** Bytes that stay allocated between preparations. */
    public KeptMemory kept() {
        return new KeptMemory(pool.bytes(), ScratchPool.limit(), kernels.bytes(), Kernels.MOST_BYTES);
    }

    private int[] resizeJpeg(
            byte[] file, ImageLimits limits, Orientation orientation, ImageScratch scratch, Runnable onDecoded) {
        int turn = orientation == Orientation.APPLY ? ExifOrientation.of(file, ImageFormat.JPEG) : 1;
        boolean turned = turn >= 5;
        JpegPicture picture = JpegDecoder.read(file, limits, scratch);
        onDecoded.run();
        JpegColumns columns = new JpegColumns(picture, turned, scratch);
        ResizePlan plan = ResizePlan.of(preprocessing, columns.width(), columns.height());
        boolean mirrored = turn == 2 || turn == 3 || turn == 6 || turn == 7;
        boolean upsideDown = turn == 3 || turn == 4 || turn == 7 || turn == 8;
        ResampleKernel horizontal = kernels.get(plan.horizontal(), mirrored);
        ResampleKernel vertical = kernels.get(plan.vertical(), upsideDown);
        ColumnResampler resampler = new ColumnResampler(horizontal, vertical, mirrored, background, scratch);
        columns.give(resampler, horizontal.begin(), horizontal.end(), vertical.begin(), vertical.end());
        return resampler.pixels();
    }

    /** The resized and cropped pixels, packed, [crop, crop]. */
    int[] resize(RgbImage image, ImageScratch scratch) {
        ResizePlan plan = ResizePlan.of(preprocessing, image.width(), image.height());
        ResampleKernel horizontal = kernels.get(plan.horizontal(), false);
        ResampleKernel vertical = kernels.get(plan.vertical(), false);
        ColumnResampler resampler = new ColumnResampler(horizontal, vertical, false, background, scratch);
        RasterColumns.give(image, resampler, horizontal.begin(), horizontal.end(), vertical.begin(), vertical.end());
        return resampler.pixels();
    }

    private ImageInput input(int[] pixels, int featureRows) {
        int side = preprocessing.cropSize();
        int plane = side * side;
        float[] values = new float[3 * plane];
        byte[] bytes = new byte[3 * plane];
        for (int i = 0; i < plane; i++) {
            int pixel = pixels[i];
            int red = pixel >>> 16;
            int green = pixel >>> 8 & 0xff;
            int blue = pixel & 0xff;
            values[i] = normalized[0][red];
            values[plane + i] = normalized[1][green];
            values[2 * plane + i] = normalized[2][blue];
            bytes[3 * i] = (byte) red;
            bytes[3 * i + 1] = (byte) green;
            bytes[3 * i + 2] = (byte) blue;
        }
        return new ImageInput(hash(bytes), values, new long[] {3, side, side}, featureRows);
    }

    /** What else than the picture decides about pixels. */
    private static byte[] rules(Preprocessing preprocessing) {
        ByteBuffer bytes = ByteBuffer.allocate(3 * Integer.BYTES + 6 * Double.BYTES);
        bytes.putInt(preprocessing.padToSquare() ? 1 : 0);
        bytes.putInt(preprocessing.shortestEdge());
        bytes.putInt(preprocessing.cropSize());
        preprocessing.mean().forEach(bytes::putDouble);
        preprocessing.std().forEach(bytes::putDouble);
        return bytes.array();
    }

    private ContentHash hash(byte[] pixels) {
        MessageDigest digest = ContentHash.newDigest();
        digest.update(rules);
        return ContentHash.of(digest.digest(pixels));
    }
}
