package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecoderGraphTest {

    private static final int[] TOKENS = {1, 17, 250, 3, 3, 91, 299, 40, 41, 42};

    @TempDir
    private Path folder;

    @Test
    void logitsOfAPromptEqualTheReference() throws IOException, OrtException {
        assertMatchesReference(TinyModels.odd().decoder(), ConversionOptions.of(WeightFormat.FP32), 2e-5);
    }

    @Test
    void aSingleLayerWithAsManyKeyValueHeadsAsHeadsEqualsTheReference() throws IOException, OrtException {
        DecoderConfig config = new DecoderConfig(48, 64, 1, 3, 3, 32, 300, 64, 1e-6, 500_000);
        assertMatchesReference(config, ConversionOptions.of(WeightFormat.FP32), 2e-5);
    }

    @Test
    void storedHalvesCostNoMoreThanTheirRounding() throws IOException, OrtException {
        assertMatchesReference(TinyModels.odd().decoder(), ConversionOptions.of(WeightFormat.FP16), 2e-3);
    }

    @Test
    void eightBitWeightsStayClose() throws IOException, OrtException {
        assertMatchesReference(
                TinyModels.odd().decoder(),
                ConversionOptions.of(WeightFormat.INT8).unmeasured(),
                2e-2);
    }

    @Test
    void fourBitWeightsOfEveryBlockSizeStayInTheNeighbourhood() throws IOException, OrtException {
        for (int blockSize : new int[] {32, 64, 128, 256}) {
            for (boolean symmetric : new boolean[] {false, true}) {
                ConversionOptions options = new ConversionOptions(
                        Device.CPU,
                        WeightFormat.INT4,
                        WeightFormat.FP32,
                        blockSize,
                        symmetric,
                        false,
                        true,
                        ScaleRule.LEAST_SQUARES);
                assertMatchesReference(TinyModels.odd().decoder(), options, 0.15);
            }
        }
    }

    @Test
    void imageFeaturesTakeThePlacesOfTokens() throws IOException, OrtException {
        CheckpointConfig config = TinyModels.odd();
        float[][] features = features(3, config.decoder().hiddenSize());
        int[] positions = {2, 3, 7};
        try (WholePromptDecoder decoder = convert(config.decoder(), ConversionOptions.of(WeightFormat.FP32))) {
            float[][] logits = decoder.logits(TOKENS, features, positions, new int[] {9, 0});

            ReferenceDecoder reference = reference(config);
            Matrix embeddings = reference.embed(TOKENS);
            for (int index = 0; index < positions.length; index++) {
                embeddings.rows()[positions[index]] =
                        Matrix.of(features[index], features[index].length).rows()[0];
            }
            Matrix expected = reference.logits(embeddings);
            assertThat(TestArrays.largestDifference(logits[0], expected.rows()[9]))
                    .isLessThan(2e-5);
            assertThat(TestArrays.largestDifference(logits[1], expected.rows()[0]))
                    .isLessThan(2e-5);
        }
    }

    @Test
    void aChunkThatAsksNoLogitsRunsInEveryFormat() throws IOException, OrtException {
        for (WeightFormat format : WeightFormat.values()) {
            if (!format.runsOn(Device.CPU)) {
                continue;
            }
            ConversionOptions options =
                    ConversionOptions.of(format).unmeasured().replacing();
            try (WholePromptDecoder decoder = convert(TinyModels.odd().decoder(), options)) {
                assertThat(decoder.logits(TOKENS, new float[0][], new int[0], new int[0]))
                        .isEmpty();
            }
        }
    }

    private void assertMatchesReference(DecoderConfig decoder, ConversionOptions options, double tolerance)
            throws IOException, OrtException {
        CheckpointConfig config = TinyModels.config(TinyModels.odd(false), decoder, 2);
        try (WholePromptDecoder graph = convert(decoder, options)) {
            float[][] logits = graph.logits(TOKENS);
            ReferenceDecoder reference = reference(config);
            Matrix expected = reference.logits(reference.embed(TOKENS));
            assertThat(logits).hasNumberOfRows(TOKENS.length);
            for (int row = 0; row < TOKENS.length; row++) {
                assertThat(TestArrays.largestDifference(logits[row], expected.rows()[row]))
                        .as("%s, row %d", options, row)
                        .isLessThan(tolerance);
            }
        }
    }

    private WholePromptDecoder convert(DecoderConfig decoder, ConversionOptions options)
            throws IOException, OrtException {
        Path out = folder.resolve("package");
        PackageManifest manifest = Converter.convert(
                new SyntheticCheckpoint(TinyModels.config(TinyModels.odd(false), decoder, 2)),
                TinyModels.NO_TOKENIZER,
                out,
                options,
                ConversionProgress.NONE);
        return new WholePromptDecoder(out, manifest);
    }

    private static ReferenceDecoder reference(CheckpointConfig config) {
        TensorSource tensors = new SyntheticCheckpoint(config).tensors();
        return new ReferenceDecoder(config.decoder(), tensors);
    }

    private static float[][] features(int rows, int columns) {
        Random random = new Random(11);
        return IntStream.range(0, rows)
                .mapToObj(row -> {
                    float[] values = new float[columns];
                    for (int column = 0; column < columns; column++) {
                        values[column] = (float) random.nextGaussian() * 0.02f;
                    }
                    return values;
                })
                .toArray(float[][]::new);
    }
}
