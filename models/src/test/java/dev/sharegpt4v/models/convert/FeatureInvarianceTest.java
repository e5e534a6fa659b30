package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.GraphPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An image's features are the same to the last bit, whichever images are encoded with it. See docs/adr/0009. */
final class FeatureInvarianceTest {

    private static final int MOST = 3;
    /** One layer of the tower that ShareGPT4V-7B has. */
    private static final VisionConfig TOWER =
            new VisionConfig(1024, 4096, 2, 16, 336, 14, 1e-5, "quick_gelu", -2, false);

    private static final DecoderConfig SMALL = new DecoderConfig(128, 128, 1, 4, 4, 32, 300, 1024, 1e-5, 10_000);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FP16", "INT8"})
    void featuresOfAnImageDoNotDependOnItsBatch(WeightFormat format) {
        ConversionOptions like = ConversionOptions.of(WeightFormat.FP32);
        PackageManifest manifest = Converter.convert(
                new SyntheticCheckpoint(TinyModels.config(TOWER, SMALL, 2)),
                TinyModels.NO_TOKENIZER,
                folder.resolve("model"),
                new ConversionOptions(
                        Device.CPU,
                        WeightFormat.FP32,
                        format,
                        like.blockSize(),
                        false,
                        false,
                        false,
                        ScaleRule.LEAST_SQUARES),
                ConversionProgress.NONE);
        List<ImageInput> images = images(new Random(4));
        try (CpuDevice device = CpuDevice.open(
                new GraphPaths(
                        folder.resolve("model").resolve(PackageManifest.VISION_GRAPH),
                        folder.resolve("model").resolve(PackageManifest.DECODER_GRAPH),
                        false),
                manifest.shape(),
                new CpuOptions(2, 2, MOST, new KvGeometry(4, 16), KvFormat.FP32))) {
            assertTogetherAsAlone(device.encoder(), images);
        }
    }

    private static void assertTogetherAsAlone(ImageEncoder encoder, List<ImageInput> images) {
        List<float[]> alone = new ArrayList<>();
        for (ImageInput image : images) {
            alone.add(encoder.encode(List.of(image)).getFirst().values());
        }
        for (int count = 2; count <= MOST; count++) {
            List<ImageFeatures> together = encoder.encode(images.subList(0, count));
            for (int i = 0; i < count; i++) {
                assertThat(together.get(i).values())
                        .as("image %d of %d", i, count)
                        .containsExactly(alone.get(i));
            }
        }
    }

    private static List<ImageInput> images(Random random) {
        List<ImageInput> images = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            float[] pixels = new float[3 * TOWER.imageSize() * TOWER.imageSize()];
            for (int at = 0; at < pixels.length; at++) {
                pixels[at] = (float) random.nextGaussian();
            }
            images.add(new ImageInput(
                    new ContentHash(0, i),
                    pixels,
                    new long[] {3, TOWER.imageSize(), TOWER.imageSize()},
                    TOWER.patches()));
        }
        return images;
    }
}
