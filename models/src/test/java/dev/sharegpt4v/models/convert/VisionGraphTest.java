package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VisionGraphTest {

    @TempDir
    private Path folder;

    @Test
    void featuresOfEveryImageOfABatchEqualTheReference() {
        assertMatchesReference(TinyModels.odd(), WeightFormat.FP32, 3, 1e-5);
    }

    @Test
    void theClassTokenStaysWhenTheCheckpointKeepsIt() {
        CheckpointConfig odd = TinyModels.odd();
        assertMatchesReference(TinyModels.config(TinyModels.odd(true), odd.decoder(), 1), WeightFormat.FP32, 1, 1e-5);
    }

    @Test
    void aTowerWithExactGeluAndALaterFeatureLayerEqualsTheReference() {
        VisionConfig vision = new VisionConfig(64, 96, 2, 8, 32, 8, 1e-5, "gelu", -1, false);
        assertMatchesReference(TinyModels.config(vision, TinyModels.odd().decoder(), 3), WeightFormat.FP32, 2, 1e-5);
    }

    @Test
    void anIdentityProjectorGivesTheTowersStates() {
        VisionConfig vision = TinyModels.odd(false);
        DecoderConfig decoder = new DecoderConfig(vision.hiddenSize(), 112, 1, 4, 4, 16, 300, 256, 1e-5, 10_000);
        assertMatchesReference(TinyModels.config(vision, decoder, 0), WeightFormat.FP32, 1, 1e-5);
    }

    @Test
    void storedHalvesCostNoMoreThanTheirRounding() {
        assertMatchesReference(TinyModels.odd(), WeightFormat.FP16, 2, 1e-3);
    }

    @Test
    void eightBitWeightsStayClose() {
        assertMatchesReference(TinyModels.odd(), WeightFormat.INT8, 2, 1e-2);
    }

    @Test
    void theGraphForCudaGivesTheSameFeaturesWithinTheRoundingOfHalves() {
        ConversionOptions options = ConversionOptions.of(Device.CUDA, WeightFormat.FP16);
        CheckpointConfig odd = TinyModels.odd();
        assertMatchesReference(odd, options, 3, 5e-3);
        CheckpointConfig keeping = TinyModels.config(TinyModels.odd(true), odd.decoder(), 1);
        assertMatchesReference(keeping, options.replacing(), 1, 5e-3);
        VisionConfig exact = new VisionConfig(64, 96, 2, 8, 32, 8, 1e-5, "gelu", -1, false);
        assertMatchesReference(TinyModels.config(exact, odd.decoder(), 3), options.replacing(), 2, 5e-3);
    }

    @Test
    void anIdentityProjectorBetweenDifferentSizesIsRefused() {
        CheckpointConfig config =
                TinyModels.config(TinyModels.odd(false), TinyModels.odd().decoder(), 0);
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> convert(config, options(WeightFormat.FP32)))
                .withMessageContaining("identity projector from 72 to 80 channels")
                .extracting(ConversionException::kind)
                .isEqualTo(ConversionException.Kind.UNSUPPORTED_MODEL);
    }

    private static ConversionOptions options(WeightFormat format) {
        return new ConversionOptions(
                Device.CPU, WeightFormat.FP32, format, 32, false, false, false, ScaleRule.LEAST_SQUARES);
    }

    private void convert(CheckpointConfig config, ConversionOptions options) {
        Converter.convert(
                new SyntheticCheckpoint(config),
                TinyModels.NO_TOKENIZER,
                folder.resolve("package"),
                options,
                ConversionProgress.NONE);
    }

    private void assertMatchesReference(CheckpointConfig config, WeightFormat format, int images, double tolerance) {
        assertMatchesReference(config, options(format), images, tolerance);
    }

    private void assertMatchesReference(
            CheckpointConfig config, ConversionOptions options, int images, double tolerance) {
        convert(config, options);
        int side = config.vision().imageSize();
        int pixels = 3 * side * side;
        float[] batch = new float[images * pixels];
        Random random = new Random(7);
        for (int index = 0; index < batch.length; index++) {
            batch[index] = (float) random.nextGaussian();
        }
        ReferenceVision reference = new ReferenceVision(config, new SyntheticCheckpoint(config).tensors());
        float[] features = VisionRunner.run(folder.resolve("package/" + PackageManifest.VISION_GRAPH), batch, images);
        int hidden = config.decoder().hiddenSize();
        int size = config.vision().featureRows() * hidden;
        assertThat(features).hasSize(images * size);
        for (int image = 0; image < images; image++) {
            float[] input = Arrays.copyOfRange(batch, image * pixels, (image + 1) * pixels);
            double[] expected = Arrays.stream(reference.features(input).rows())
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            float[] actual = Arrays.copyOfRange(features, image * size, (image + 1) * size);
            assertThat(TestArrays.largestDifference(actual, expected))
                    .as("image %d", image)
                    .isLessThan(tolerance);
        }
    }
}
