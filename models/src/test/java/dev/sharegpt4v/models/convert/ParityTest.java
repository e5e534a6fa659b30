package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.QuantisationReport;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packages against what transformers computes from the same checkpoints. */
final class ParityTest {

    private static final float TOLERANCE = 1e-3f;

    @TempDir
    private Path folder;

    static List<ParityCase> cases() {
        return ParityCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void featuresLogitsAndGreedyTokensEqualTheReference(ParityCase golden) {
        convert(golden, ConversionOptions.of(WeightFormat.FP32));
        try (CpuModel model = new CpuModel(folder.resolve("package"))) {
            List<ImageFeatures> images = model.encode(golden.pixelValues(), golden.images());
            assertThat(TestArrays.largestDifference(concatenate(images), golden.imageFeatures()))
                    .as("image features")
                    .isLessThan(TOLERANCE);

            int[] prompt = golden.prompt();
            float[][] logits = model.forward(prompt, 0, prompt.length, images, golden.logitRows());
            for (int row = 0; row < logits.length; row++) {
                assertThat(TestArrays.largestDifference(logits[row], golden.logits(row)))
                        .as("logits after position %d", golden.logitRows()[row])
                        .isLessThan(TOLERANCE);
            }

            int[] greedy = golden.greedyTokens();
            assertThat(model.greedy(prompt, images, prompt.length, greedy.length))
                    .isEqualTo(greedy);
            assertThat(model.greedy(prompt, images, 7, greedy.length))
                    .as("the prompt run in chunks")
                    .isEqualTo(greedy);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theTowersFeaturesEqualTheReferenceBeforeTheProjector(ParityCase golden) {
        try (Checkpoint checkpoint = Checkpoints.open(golden.checkpoint(), golden.visionTower())) {
            CheckpointConfig config = checkpoint.config();
            Graph graph = VisionGraph.of(
                    config.vision(),
                    checkpoint.tensors(),
                    new MatrixFormat.Full(OnnxType.FLOAT),
                    OnnxType.FLOAT,
                    0,
                    config.vision().hiddenSize());
            float[] features = VisionRunner.run(folder, graph, golden.pixelValues(), golden.images());
            assertThat(TestArrays.largestDifference(features, golden.visionFeatures()))
                    .isLessThan(TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void quantisedPackagesReportASmallDivergence(ParityCase golden) {
        QuantisationReport eight = report(golden, ConversionOptions.of(WeightFormat.INT8));
        QuantisationReport four =
                report(golden, ConversionOptions.of(WeightFormat.INT4).replacing());
        assertThat(eight.positions()).isEqualTo(four.positions()).isGreaterThan(40);
        assertThat(eight.meanDivergence()).isBetween(0.0, 0.01);
        assertThat(four.meanDivergence()).isBetween(eight.meanDivergence(), 1.0);
        assertThat(eight.largestDivergence()).isGreaterThanOrEqualTo(eight.meanDivergence());
        assertThat(eight.sameBestToken()).isBetween(0.8, 1.0);
    }

    private QuantisationReport report(ParityCase golden, ConversionOptions options) {
        return convert(golden, options).quantisation().orElseThrow();
    }

    private PackageManifest convert(ParityCase golden, ConversionOptions options) {
        return ParityPackage.convert(golden, folder.resolve("package"), options);
    }

    private static float[] concatenate(List<ImageFeatures> images) {
        int each = images.getFirst().values().length;
        float[] all = new float[images.size() * each];
        for (int image = 0; image < images.size(); image++) {
            System.arraycopy(images.get(image).values(), 0, all, image * each, each);
        }
        return all;
    }
}
