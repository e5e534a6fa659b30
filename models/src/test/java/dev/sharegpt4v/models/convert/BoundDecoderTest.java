package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.GraphPaths;
import dev.sharegpt4v.runtime.onnx.HostDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The code that binds a device's memory, over host memory, gives the bits that the CPU's own executor gives. */
final class BoundDecoderTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(600, 16);
    private static final CpuOptions OPTIONS = new CpuOptions(2, 2, 4, GEOMETRY, KvFormat.FP16);
    private static final int SEQUENCES = 40;
    private static final int BLOCKS_EACH = 15;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FP32", "INT8", "INT4"})
    void promptsChunksImagesCopiesAndDecodesOfEveryBucketAreEqualToTheLastBit(WeightFormat format) {
        PackageManifest manifest = convert(format);
        GraphPaths graphs = graphs(manifest);
        try (ModelExecutor plain = CpuDevice.decoder(graphs, manifest.shape(), OPTIONS, Optional.empty());
                ModelExecutor bound = HostDecoder.open(graphs, manifest.shape(), OPTIONS)) {
            Story story = new Story(manifest.shape().hiddenSize());
            story.prompts().forEach(step -> assertSame(plain, bound, step));
            for (int rows : new int[] {1, 2, 3, 4, 5, 8, 9, 16, 17, 31, 32, 33, 40}) {
                assertSame(plain, bound, story.decode(rows));
                assertSame(plain, bound, story.decode(rows));
            }
            for (int i = 0; i < 30; i++) {
                assertSame(plain, bound, story.mixed());
            }
            // As long as the context allows: the widest block tables.
            while (story.longest() < BLOCKS_EACH * 16 - 1) {
                assertSame(plain, bound, story.decode(1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "INT8"})
    void picturesAreEqualToTheLastBit(WeightFormat format) {
        PackageManifest manifest = convert(format);
        GraphPaths graphs = graphs(manifest);
        try (CpuDevice plain = CpuDevice.open(graphs, manifest.shape(), OPTIONS);
                ImageEncoder bound = HostDecoder.encoder(graphs, manifest.shape(), OPTIONS)) {
            Random random = new Random(5);
            int side = TinyModels.odd().vision().imageSize();
            int rows = TinyModels.odd().vision().featureRows();
            for (int images : new int[] {1, 3, 4, 2}) {
                List<ImageInput> batch = IntStream.range(0, images)
                        .mapToObj(i -> new ImageInput(
                                new ContentHash(images, i),
                                floats(random, 3 * side * side),
                                new long[] {3, side, side},
                                rows))
                        .toList();
                List<ImageFeatures> expected = plain.encoder().encode(batch);
                List<ImageFeatures> found = bound.encode(batch);
                for (int i = 0; i < images; i++) {
                    assertThat(found.get(i).hash()).isEqualTo(expected.get(i).hash());
                    assertThat(found.get(i).values()).isEqualTo(expected.get(i).values());
                }
            }
        }
    }

    private PackageManifest convert(WeightFormat format) {
        return Converter.convert(
                new SyntheticCheckpoint(TinyModels.odd()),
                TinyModels.NO_TOKENIZER,
                folder.resolve("package"),
                ConversionOptions.of(format).unmeasured(),
                ConversionProgress.NONE);
    }

    private GraphPaths graphs(PackageManifest manifest) {
        return new GraphPaths(
                folder.resolve("package").resolve(PackageManifest.VISION_GRAPH),
                folder.resolve("package").resolve(PackageManifest.DECODER_GRAPH),
                manifest.weights().padsSingleRows());
    }

    private static void assertSame(ModelExecutor plain, ModelExecutor bound, ForwardStep step) {
        Logits expected = plain.forward(step);
        Logits found = bound.forward(step);
        assertThat(found.rows()).isEqualTo(expected.rows()).isEqualTo(step.logitRows());
        float[] one = new float[expected.vocabularySize()];
        float[] other = new float[expected.vocabularySize()];
        for (int row = 0; row < expected.rows(); row++) {
            expected.copyRow(row, one);
            found.copyRow(row, other);
            assertThat(other)
                    .as("row %d of %d slices", row, step.slices().size())
                    .isEqualTo(one);
        }
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Sequences that grow, in steps of every kind. */
    private static final class Story {
        private final Random random = new Random(11);
        private final int[] lengths = new int[SEQUENCES];
        private final ImageFeatures image;

        Story(int hiddenSize) {
            this.image = new ImageFeatures(new ContentHash(1, 2), floats(random, 12 * hiddenSize), 12);
        }

        /** Prompts of all sequences: whole ones, chunks that ask nothing, and a picture that is cut. */
        List<ForwardStep> prompts() {
            List<ForwardStep> steps = new ArrayList<>();
            steps.add(new ForwardStep(List.of(slice(0, 37, List.of(), 36))));
            steps.add(new ForwardStep(List.of(slice(1, 20, List.of(new FeatureSpan(14, image, 0, 6))))));
            steps.add(new ForwardStep(
                    List.of(slice(1, 9, List.of(new FeatureSpan(0, image, 6, 6)), 0, 8), slice(2, 1, List.of()))));
            for (int sequence = 3; sequence < SEQUENCES; sequence += 3) {
                List<SequenceSlice> slices = new ArrayList<>();
                for (int each = sequence; each < Math.min(SEQUENCES, sequence + 3); each++) {
                    int length = 1 + random.nextInt(30);
                    slices.add(slice(each, length, List.of(), length - 1));
                }
                steps.add(new ForwardStep(slices));
            }
            return steps;
        }

        /** One token of each of so many sequences. */
        ForwardStep decode(int rows) {
            return new ForwardStep(IntStream.range(0, rows)
                    .mapToObj(sequence -> slice(sequence, 1, List.of(), 0))
                    .toList());
        }

        /** Decodes, chunks and a copied block. */
        ForwardStep mixed() {
            List<SequenceSlice> slices = new ArrayList<>();
            for (int sequence = 1; sequence < SEQUENCES; sequence++) {
                if (random.nextInt(5) == 0 && lengths[sequence] < 150) {
                    int length = random.nextInt(3) == 0 ? 1 + random.nextInt(12) : 1;
                    slices.add(slice(sequence, length, List.of(), length - 1));
                }
            }
            slices.add(slice(0, 1, List.of(), 0));
            int from = random.nextInt(SEQUENCES);
            int to = (from + 1 + random.nextInt(SEQUENCES - 1)) % SEQUENCES;
            return new ForwardStep(slices, List.of(new BlockCopy(from * BLOCKS_EACH, to * BLOCKS_EACH)));
        }

        int longest() {
            return Arrays.stream(lengths).max().orElseThrow();
        }

        private SequenceSlice slice(int sequence, int count, List<FeatureSpan> spans, int... rows) {
            int[] tokens = random.ints(count, 3, 290).toArray();
            int[] blocks = IntStream.range(0, BLOCKS_EACH)
                    .map(block -> sequence * BLOCKS_EACH + block)
                    .toArray();
            SequenceSlice slice = new SequenceSlice(tokens, lengths[sequence], blocks, spans, rows);
            lengths[sequence] += count;
            return slice;
        }
    }
}
