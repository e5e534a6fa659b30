package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VisionGraphTest {

    @TempDir
    private Path folder;

    @Test
    void featuresOfEveryImageOfABatchEqualTheReference() throws OrtException {
        assertMatchesReference(TinyModels.odd(), WeightFormat.FP32, 3, 1e-5);
    }

    @Test
    void theClassTokenStaysWhenTheCheckpointKeepsIt() throws OrtException {
        CheckpointConfig odd = TinyModels.odd();
        assertMatchesReference(TinyModels.config(TinyModels.odd(true), odd.decoder(), 1), WeightFormat.FP32, 1, 1e-5);
    }

    @Test
    void aTowerWithExactGeluAndALaterFeatureLayerEqualsTheReference() throws OrtException {
        VisionConfig vision = new VisionConfig(64, 96, 2, 8, 32, 8, 1e-5, "gelu", -1, false);
        assertMatchesReference(TinyModels.config(vision, TinyModels.odd().decoder(), 3), WeightFormat.FP32, 2, 1e-5);
    }

    @Test
    void anIdentityProjectorGivesTheTowersStates() throws OrtException {
        VisionConfig vision = TinyModels.odd(false);
        DecoderConfig decoder = new DecoderConfig(vision.hiddenSize(), 112, 1, 4, 4, 16, 300, 256, 1e-5, 10_000);
        assertMatchesReference(TinyModels.config(vision, decoder, 0), WeightFormat.FP32, 1, 1e-5);
    }

    @Test
    void storedHalvesCostNoMoreThanTheirRounding() throws OrtException {
        assertMatchesReference(TinyModels.odd(), WeightFormat.FP16, 2, 1e-3);
    }

    @Test
    void eightBitWeightsStayClose() throws OrtException {
        assertMatchesReference(TinyModels.odd(), WeightFormat.INT8, 2, 1e-2);
    }

    @Test
    void anIdentityProjectorBetweenDifferentSizesIsRefused() {
        CheckpointConfig config =
                TinyModels.config(TinyModels.odd(false), TinyModels.odd().decoder(), 0);
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> convert(config, WeightFormat.FP32))
                .withMessageContaining("identity projector from 72 to 80 channels")
                .extracting(ConversionException::kind)
                .isEqualTo(ConversionException.Kind.UNSUPPORTED_MODEL);
    }

    private void convert(CheckpointConfig config, WeightFormat format) {
        ConversionOptions options = new ConversionOptions(WeightFormat.FP32, format, 32, false, false, false);
        Converter.convert(
                new SyntheticCheckpoint(config),
                TinyModels.NO_TOKENIZER,
                folder.resolve("package"),
                options,
                ConversionProgress.NONE);
    }

    private void assertMatchesReference(CheckpointConfig config, WeightFormat format, int images, double tolerance)
            throws OrtException {
        convert(config, format);
        int side = config.vision().imageSize();
        int pixels = 3 * side * side;
        float[] batch = new float[images * pixels];
        Random random = new Random(7);
        for (int index = 0; index < batch.length; index++) {
            batch[index] = (float) random.nextGaussian();
        }
        ReferenceVision reference = new ReferenceVision(config, new SyntheticCheckpoint(config).tensors());
        float[][][] features = run(batch, images, side);
        assertThat(features).hasNumberOfRows(images);
        for (int image = 0; image < images; image++) {
            double[][] expected = reference
                    .features(Arrays.copyOfRange(batch, image * pixels, (image + 1) * pixels))
                    .rows();
            assertThat(features[image]).hasNumberOfRows(config.vision().featureRows());
            for (int row = 0; row < expected.length; row++) {
                assertThat(TestArrays.largestDifference(features[image][row], expected[row]))
                        .as("image %d row %d", image, row)
                        .isLessThan(tolerance);
            }
        }
    }

    private float[][][] run(float[] batch, int images, int side) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        String graph = folder.resolve("package/" + PackageManifest.VISION_GRAPH).toString();
        long[] shape = {images, 3, side, side};
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(graph, options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(batch), shape);
                OrtSession.Result result = session.run(Map.of("pixel_values", input))) {
            return (float[][][]) result.get(0).getValue();
        }
    }
}
