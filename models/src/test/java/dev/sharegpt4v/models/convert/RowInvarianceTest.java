package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.GraphPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A token's logits are the same to the last bit, however its prompt was cut, and whoever shares its steps: so are texts
 * with and without caches, beside others and alone, with and without guesses. See docs/adr/0009.
 */
final class RowInvarianceTest {

    private static final int LENGTH = 141;
    private static final int ASKED = 6;
    private static final KvGeometry GEOMETRY = new KvGeometry(128, 16);
    /** As many inputs as the matrices of the 7B shape have, and few outputs. */
    private static final DecoderConfig WIDE = new DecoderConfig(4096, 512, 1, 2, 2, 128, 320, 512, 1e-5, 10_000);

    private static final DecoderConfig DEEP = new DecoderConfig(128, 11_008, 1, 4, 2, 32, 1001, 512, 1e-5, 10_000);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FP32", "INT8", "INT4"})
    void logitsOfARowDoNotDependOnTheStepsItRunsIn(WeightFormat format) {
        for (DecoderConfig config : List.of(WIDE, DEEP)) {
            Path target = folder.resolve(config.equals(WIDE) ? "wide" : "deep");
            PackageManifest manifest = Converter.convert(
                    new SyntheticCheckpoint(TinyModels.config(TinyModels.odd(false), config, 2)),
                    TinyModels.NO_TOKENIZER,
                    target,
                    ConversionOptions.of(format).unmeasured(),
                    ConversionProgress.NONE);
            for (int threads : format == WeightFormat.INT4 ? new int[] {1, 2} : new int[] {2}) {
                try (ModelExecutor executor = CpuDevice.decoder(
                        new GraphPaths(
                                target.resolve(PackageManifest.VISION_GRAPH),
                                target.resolve(PackageManifest.DECODER_GRAPH),
                                manifest.weights().padsSingleRows()),
                        manifest.shape(),
                        new CpuOptions(threads, 1, 1, GEOMETRY, KvFormat.FP16),
                        Optional.empty())) {
                    assertRowsStay(executor, format + ", " + target.getFileName() + ", threads " + threads);
                }
            }
        }
    }

    private static void assertRowsStay(ModelExecutor executor, String what) {
        List<float[]> whole = follow(executor, LENGTH, LENGTH, 0);
        assertThat(whole).hasSize(ASKED);
        // One by one at the end, as decoding does, after chunks that leave single rows over.
        assertSame(follow(executor, 129, 1, 0), whole, what + ", one by one");
        assertSame(follow(executor, 128, 3, 0), whole, what + ", threes");
        assertSame(follow(executor, LENGTH, 1, 1), whole, what + ", beside one");
        assertSame(follow(executor, 64, 1, 7), whole, what + ", beside seven");
        assertSame(follow(executor, 100, 5, 2), whole, what + ", fives beside two");
    }

    private static void assertSame(List<float[]> rows, List<float[]> expected, String what) {
        assertThat(rows).hasSameSizeAs(expected);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).as("%s, row %d", what, i).containsExactly(expected.get(i));
        }
    }

    /**
     * Logits of the last rows of a sequence whose first positions run in long slices and whose last ones in short slices,
     * each of these beside tokens of other sequences.
     */
    private static List<float[]> follow(ModelExecutor executor, int longSlice, int shortSlice, int others) {
        int first = shortSlice >= LENGTH ? 0 : LENGTH - ASKED;
        for (int from = 0; from < first; from += longSlice) {
            executor.forward(new ForwardStep(List.of(slice(0, from, Math.min(first, from + longSlice), false))));
        }
        List<float[]> found = new ArrayList<>();
        for (int from = first; from < LENGTH; from += shortSlice) {
            List<SequenceSlice> slices = new ArrayList<>();
            for (int other = 1; other <= others; other++) {
                slices.add(slice(other, from - first, from - first + 1, true));
            }
            slices.add(others / 2, slice(0, from, Math.min(LENGTH, from + shortSlice), true));
            Logits logits = executor.forward(new ForwardStep(slices));
            int before = others / 2;
            int rows = logits.rows() - others;
            for (int row = 0; row < rows; row++) {
                float[] copy = new float[logits.vocabularySize()];
                logits.copyRow(before + row, copy);
                found.add(copy);
            }
        }
        return found;
    }

    private static SequenceSlice slice(int sequence, int from, int to, boolean asks) {
        int[] tokens = IntStream.range(from, to)
                .map(position -> (position * 31 + sequence * 7 + 3) % 300)
                .toArray();
        int each = GEOMETRY.blocksFor(LENGTH);
        int[] blocks = sequence == 0
                ? IntStream.range(0, each).map(block -> each - 1 - block).toArray()
                : new int[] {each + sequence};
        int[] rows = IntStream.range(from, to)
                .filter(position -> asks && (sequence > 0 || position >= LENGTH - ASKED))
                .map(position -> position - from)
                .toArray();
        return new SequenceSlice(tokens, from, Arrays.copyOf(blocks, each), List.of(), rows);
    }
}
