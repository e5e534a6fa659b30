package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.onnx.CudaGraphOnCpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs for CUDA against what transformers computes from the same checkpoints, with a naive reference in the place of the
 * attention that only CUDA has.
 */
final class CudaParityTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(48, 16);
    private static final float SINGLE = 1e-3f;

    /**
     * What fp16 may cost of the largest value. Each of its roundings is 2^-11 of a value at most; features pass some twenty on
     * their way, and logits as many again, of which these random models make more than trained ones do.
     */
    private static final float FEATURES = 1f / 256;

    private static final float LOGITS = 1f / 64;

    @TempDir
    private Path folder;

    static List<ParityCase> cases() {
        return ParityCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGraphGivesTheReferencesLogitsAndTokensWhereItsHalvesAreWidened(ParityCase golden) {
        try (CudaGraphOnCpu graph = inSinglePrecision(golden)) {
            SequenceDriver driver = new SequenceDriver(graph, golden.sampledVocabularySize());
            List<ImageFeatures> images = images(golden, golden.imageFeatures());
            assertLogits(golden, driver, images, SINGLE);
            int[] greedy = golden.greedyTokens();
            assertThat(driver.greedy(golden.prompt(), images, golden.prompt().length, greedy.length))
                    .isEqualTo(greedy);
            assertThat(driver.greedy(golden.prompt(), images, 7, greedy.length))
                    .as("the prompt run in chunks")
                    .isEqualTo(greedy);
            assertRagged(golden, driver, images, SINGLE);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inHalfPrecisionFeaturesLogitsAndTokensAreTheReferencesWithinItsRounding(ParityCase golden) {
        PackageManifest manifest = convert(golden, ConversionOptions.of(Device.CUDA, WeightFormat.FP16));
        Path vision = folder.resolve("package").resolve(PackageManifest.VISION_GRAPH);
        float[] features = VisionRunner.run(
                CudaDecoder.change(vision, CudaDecoder::withWideSums), golden.pixelValues(), golden.images());
        assertThat(TestArrays.largestDifference(features, golden.imageFeatures()))
                .as("image features")
                .isLessThan(FEATURES * largest(golden.imageFeatures()));
        try (CudaGraphOnCpu graph = CudaDecoder.of(folder.resolve("package"), manifest, GEOMETRY)) {
            SequenceDriver driver = new SequenceDriver(graph, golden.sampledVocabularySize());
            List<ImageFeatures> images = images(golden, features);
            float tolerance = LOGITS * largest(golden.logits());
            assertLogits(golden, driver, images, tolerance);
            assertRagged(golden, driver, images, tolerance);
            assertFollows(golden, driver, images, tolerance);
        }
    }

    /** A row's keys and values stay as they are where no slot is given for them, and a row without tokens changes nothing. */
    @ParameterizedTest
    @MethodSource("cases")
    void rowsWithoutSlotsOrWithoutTokensWriteNothing(ParityCase golden) {
        try (CudaGraphOnCpu graph = inSinglePrecision(golden)) {
            SequenceDriver driver = new SequenceDriver(graph, golden.sampledVocabularySize());
            int[] prompt = golden.prompt();
            float[][] logits =
                    driver.forward(prompt, 0, prompt.length, images(golden, golden.imageFeatures()), prompt.length - 1);
            byte[] cache = graph.cacheBytes();
            int past = prompt.length - 1;
            int columns = GEOMETRY.blocksFor(prompt.length);
            int[] blocks = IntStream.range(0, columns)
                    .map(block -> (block * 5 + 3) % GEOMETRY.blocks())
                    .toArray();
            int[] table = new int[3 * columns];
            System.arraycopy(blocks, 0, table, columns, columns);
            // An empty row, the prompt's last token once more, and an empty row.
            float[][] again = graph.run(new CudaGraphOnCpu.Inputs(
                    new long[] {prompt[past]},
                    new float[0],
                    new long[0],
                    new long[] {0},
                    new int[] {0, 0, 1, 1},
                    new int[] {0, past, 3},
                    table,
                    new int[] {-1}));
            assertThat(TestArrays.largestDifference(again[0], logits[0])).isLessThan(SINGLE);
            assertThat(graph.cacheBytes()).isEqualTo(cache);
        }
    }

    private void assertLogits(ParityCase golden, SequenceDriver driver, List<ImageFeatures> images, float tolerance) {
        int[] prompt = golden.prompt();
        float[][] logits = driver.forward(prompt, 0, prompt.length, images, golden.logitRows());
        for (int row = 0; row < logits.length; row++) {
            assertThat(TestArrays.largestDifference(logits[row], golden.logits(row)))
                    .as("logits after position %d", golden.logitRows()[row])
                    .isLessThan(tolerance);
        }
    }

    /** Three sequences of the same prompt, each cut in its own way, share their steps. */
    private void assertRagged(ParityCase golden, SequenceDriver driver, List<ImageFeatures> images, float tolerance) {
        int[] prompt = golden.prompt();
        int[][] chunks = {{1}, {5, 1, 12}, {3, 30}};
        int[] done = new int[chunks.length];
        int step = 0;
        while (Arrays.stream(done).anyMatch(position -> position < prompt.length)) {
            List<SequenceSlice> slices = new ArrayList<>();
            List<Integer> asked = new ArrayList<>();
            for (int sequence = 0; sequence < chunks.length; sequence++) {
                int from = done[sequence];
                int[] sizes = chunks[sequence];
                int to = Math.min(prompt.length, from + sizes[step % sizes.length]);
                if (from < to) {
                    int[] rows = Arrays.stream(golden.logitRows())
                            .filter(row -> row >= from && row < to)
                            .toArray();
                    slices.add(SequenceDriver.slice(prompt, from, to, images, blocks(sequence), rows));
                    Arrays.stream(rows).forEach(asked::add);
                }
                done[sequence] = to;
            }
            float[][] logits = driver.forward(slices);
            for (int row = 0; row < logits.length; row++) {
                int index = Arrays.binarySearch(golden.logitRows(), asked.get(row));
                assertThat(TestArrays.largestDifference(logits[row], golden.logits(index)))
                        .as("step %d, logits after position %d", step, asked.get(row))
                        .isLessThan(tolerance);
            }
            step++;
        }
    }

    /** No token of the reference's text is worse than the best by more than both of them may be off. */
    private void assertFollows(ParityCase golden, SequenceDriver driver, List<ImageFeatures> images, float tolerance) {
        int[] prompt = golden.prompt();
        int[] greedy = golden.greedyTokens();
        int[] tokens = Arrays.copyOf(prompt, prompt.length + greedy.length);
        System.arraycopy(greedy, 0, tokens, prompt.length, greedy.length);
        float[][] logits = driver.forward(prompt, 0, prompt.length, images, prompt.length - 1);
        for (int position = prompt.length; position < tokens.length; position++) {
            float best = logits[0][driver.best(logits[0])];
            assertThat(logits[0][tokens[position]])
                    .as("token at position %d", position)
                    .isGreaterThan(best - 2 * tolerance);
            logits = driver.forward(tokens, position, position + 1, images, position);
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Blocks of a sequence, scattered among those of the others. */
    private static int[] blocks(int sequence) {
        return IntStream.range(0, GEOMETRY.blocks() / 3)
                .map(block -> GEOMETRY.blocks() - 1 - 3 * block - sequence)
                .toArray();
    }

    private static List<ImageFeatures> images(ParityCase golden, float[] features) {
        int each = features.length / golden.images();
        return IntStream.range(0, golden.images())
                .mapToObj(image -> new ImageFeatures(
                        new ContentHash(0, image),
                        Arrays.copyOfRange(features, image * each, (image + 1) * each),
                        golden.featureRows()))
                .toList();
    }

    private CudaGraphOnCpu inSinglePrecision(ParityCase golden) {
        PackageManifest manifest = convert(golden, ConversionOptions.of(Device.CUDA, WeightFormat.FP16));
        try (Checkpoint checkpoint = Checkpoints.open(golden.checkpoint(), golden.visionTower())) {
            return CudaDecoder.inSinglePrecision(
                    folder, checkpoint.config().decoder(), checkpoint.tensors(), manifest.shape(), GEOMETRY);
        }
    }

    private PackageManifest convert(ParityCase golden, ConversionOptions options) {
        return ParityPackage.convert(golden, folder.resolve("package"), options);
    }
}
