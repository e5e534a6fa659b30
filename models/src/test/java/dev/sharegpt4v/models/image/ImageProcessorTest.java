package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class ImageProcessorTest {

    private static final ImageProcessor PAD = processor(true, 336);
    private static final ImageProcessor CROP = processor(false, 336);

    @Test
    void equalsPillowAndTheReferenceCodeBitForBit() throws IOException {
        JsonNode golden = new JsonMapper()
                .readTree(ImageProcessorTest.class.getResourceAsStream("/image/golden.json"))
                .path("resized");
        assertThat(golden).hasSizeGreaterThan(20);
        for (JsonNode expected : golden) {
            ImageProcessor processor = expected.path("pad").booleanValue() ? PAD : CROP;
            RgbImage image = synthetic(
                    expected.path("width").intValue(), expected.path("height").intValue());
            assertThat(sha256(bytes(processor.resize(image, new ImageScratch()), 336 * 336)))
                    .as(expected.toString())
                    .isEqualTo(expected.path("pixels").textValue());
            assertThat(sha256(littleEndian(processor.process(image, 576).values())))
                    .as(expected.toString())
                    .isEqualTo(expected.path("values").textValue());
        }
    }

    @Test
    void resamplesTheKnownLines() {
        assertThat(line(4, 0, 255)).containsExactly(0, 53, 202, 255);
        assertThat(line(2, 0, 0, 255, 255)).containsExactly(21, 234);
        assertThat(line(3, 10, 200, 30, 90, 250)).containsExactly(92, 79, 180);
        assertThat(line(8, 0, 64, 128, 255)).containsExactly(0, 11, 45, 79, 108, 161, 232, 255);
        assertThat(line(4, 0, 25, 50, 75, 100, 125, 150, 175, 200, 225)).containsExactly(20, 80, 145, 205);
    }

    @Test
    void theColourOfThePadHasItsKnownValues() {
        float[] values = PAD.process(new RgbImage(1, 100, new byte[300]), 576).values();
        int plane = 336 * 336;
        assertThat(values[0]).isEqualTo(-0.01125452f);
        assertThat(values[plane]).isEqualTo(-0.011196004f);
        assertThat(values[2 * plane]).isEqualTo(-0.0013328948f);
    }

    @Test
    void theHashTellsPixelsShapesAndSettingsApart() {
        RgbImage wide = new RgbImage(2, 1, new byte[6]);
        ImageInput first = PAD.process(wide, 576);
        assertThat(PAD.process(new RgbImage(2, 1, new byte[6]), 576).hash()).isEqualTo(first.hash());
        assertThat(PAD.process(new RgbImage(1, 2, new byte[6]), 576).hash()).isNotEqualTo(first.hash());
        assertThat(CROP.process(wide, 576).hash()).isNotEqualTo(first.hash());
        assertThat(PAD.process(new RgbImage(2, 1, new byte[] {0, 0, 0, 0, 0, 1}), 576)
                        .hash())
                .isNotEqualTo(first.hash());
    }

    private static ImageProcessor processor(boolean pad, int side) {
        return new ImageProcessor(new Preprocessing(pad, side, side, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));
    }

    /** One channel of a line of gray pixels, resampled horizontally. */
    private static int[] line(int out, int... values) {
        byte[] rgb = new byte[values.length * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) values[i / 3];
        }
        ResampleKernel.Axis across = new ResampleKernel.Axis(values.length, 0, values.length, out, 0, out);
        ResampleKernel.Axis down = new ResampleKernel.Axis(1, 0, 1, 1, 0, 1);
        ColumnResampler resampler = new ColumnResampler(
                ResampleKernel.of(across, false), ResampleKernel.of(down, false), false, 0, new ImageScratch());
        RasterColumns.give(new RgbImage(values.length, 1, rgb), resampler, 0, values.length, 0, 1);
        byte[] result = bytes(resampler.pixels(), out);
        int[] line = new int[out];
        Arrays.setAll(line, i -> result[i * 3] & 0xff);
        return line;
    }

    private static byte[] bytes(int[] pixels, int count) {
        byte[] rgb = new byte[3 * count];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (pixels[i / 3] >> 8 * (2 - i % 3));
        }
        return rgb;
    }

    /** The same picture that the reference program draws. */
    private static RgbImage synthetic(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                rgb[at] = (byte) (x * 7 + y * 13 + x * y % 31 * 5);
                rgb[at + 1] = (byte) (x * x + 3 * y);
                rgb[at + 2] = (byte) ((x ^ y) * 11);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private static byte[] littleEndian(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
