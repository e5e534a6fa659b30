package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.ElementType;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.TensorView;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CudaGraphOnCpu;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored for CUDA is the checkpoint, rounded to the types that CUDA computes in. */
final class CudaWeightsTest {

    private static final CheckpointConfig MODEL = TinyModels.odd();
    private static final int[] TOKENS = {1, 17, 250, 3, 3, 91, 299, 40, 41, 42};

    @TempDir
    private Path folder;

    @Test
    void weightsInBf16AreTheNearestOfTheCheckpoints() throws IOException {
        convert(ConversionOptions.of(Device.CUDA, WeightFormat.BF16));
        TensorSource tensors = new SyntheticCheckpoint(MODEL).tensors();
        float[] expected = tensors.tensor("lm_head.weight").toFloats();
        ByteBuffer stored = stored("lm_head.weight");
        assertThat(stored.remaining()).isEqualTo(expected.length * Short.BYTES);
        for (float value : expected) {
            assertThat(stored.getShort()).isEqualTo(Bfloat16.of(value));
        }
        assertThat(stored("norm.weight").getShort())
                .isEqualTo(Bfloat16.of(tensors.tensor("text.norm.weight").toFloats()[0]));
    }

    @Test
    void rotaryTablesInBf16AreCosinesAndSinesRounded() throws IOException {
        convert(ConversionOptions.of(Device.CUDA, WeightFormat.BF16));
        ByteBuffer cosines = stored("cos_cache");
        ByteBuffer sines = stored("sin_cache");
        int half = MODEL.decoder().headSize() / 2;
        for (int position = 0; position < MODEL.decoder().contextLength(); position++) {
            for (int index = 0; index < half; index++) {
                double angle = position * Math.pow(MODEL.decoder().ropeTheta(), -1.0 * index / half);
                // Half a step of a number near 1, and what single precision makes of the angle.
                assertThat(Bfloat16.toFloat(cosines.getShort()) - Math.cos(angle))
                        .isBetween(-0.0021, 0.0021);
                assertThat(Bfloat16.toFloat(sines.getShort()) - Math.sin(angle)).isBetween(-0.0021, 0.0021);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void fourBitsWithScalesInHalvesComputeWhatTheyWereRoundedTo(int blockSize) {
        for (boolean symmetric : new boolean[] {false, true}) {
            PackageManifest manifest = convert(new ConversionOptions(
                    Device.CUDA,
                    WeightFormat.INT4,
                    WeightFormat.FP16,
                    blockSize,
                    symmetric,
                    false,
                    true,
                    ScaleRule.LEAST_SQUARES));
            Quantisation quantisation =
                    new Quantisation(4, blockSize, symmetric, ScaleRule.LEAST_SQUARES, OnnxType.FLOAT16);
            ReferenceDecoder reference = new ReferenceDecoder(
                    MODEL.decoder(), new Restored(new SyntheticCheckpoint(MODEL).tensors(), quantisation));
            Matrix expected = reference.logits(reference.embed(TOKENS));
            KvGeometry geometry = new KvGeometry(2, 16);
            try (CudaGraphOnCpu graph = CudaDecoder.of(folder.resolve("package"), manifest, geometry)) {
                SequenceDriver driver =
                        new SequenceDriver(graph, MODEL.decoder().vocabularySize());
                int[] rows = IntStream.range(0, TOKENS.length).toArray();
                float[][] logits = driver.forward(TOKENS, 0, TOKENS.length, List.of(), rows);
                for (int row : rows) {
                    assertThat(TestArrays.largestDifference(logits[row], expected.rows()[row]))
                            .as("blocks of %d, symmetric %s, row %d", blockSize, symmetric, row)
                            .isLessThan(2e-3);
                }
            }
        }
    }

    private PackageManifest convert(ConversionOptions options) {
        return Converter.convert(
                new SyntheticCheckpoint(MODEL),
                TinyModels.NO_TOKENIZER,
                folder.resolve("package"),
                options,
                ConversionProgress.NONE);
    }

    /** The stored bytes of a weight of the decoder. */
    private ByteBuffer stored(String name) throws IOException {
        Path graph = folder.resolve("package").resolve(PackageManifest.DECODER_GRAPH);
        TensorProto weight = ModelProto.parseFrom(Files.readAllBytes(graph)).getGraph().getInitializerList().stream()
                .filter(initializer -> initializer.getName().equals(name))
                .findFirst()
                .orElseThrow();
        Map<String, String> place = weight.getExternalDataList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        byte[] all = Files.readAllBytes(graph.resolveSibling(place.get("location")));
        return ByteBuffer.wrap(all, Integer.parseInt(place.get("offset")), Integer.parseInt(place.get("length")))
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Matrices of the decoder as kernels restore them from a few bits; the embedding table is not quantised. */
    private record Restored(TensorSource original, Quantisation quantisation) implements TensorSource {

        @Override
        public Set<String> names() {
            return original.names();
        }

        @Override
        public TensorView tensor(String name) {
            TensorView tensor = original.tensor(name);
            return tensor.shape().length < 2 || name.contains("embed_tokens")
                    ? tensor
                    : new RestoredTensor(tensor, quantisation);
        }
    }

    private record RestoredTensor(TensorView original, Quantisation quantisation) implements TensorView {

        @Override
        public String name() {
            return original.name();
        }

        @Override
        public ElementType type() {
            return ElementType.F32;
        }

        @Override
        public long[] shape() {
            return original.shape();
        }

        @Override
        public void readFloats(long first, float[] target, int offset, int count) {
            int columns = (int) shape()[1];
            float[] all = original.toFloats();
            for (int row = 0; row < all.length / columns; row++) {
                float[] restored = BlockQuantiserTest.restore(
                        quantisation, Arrays.copyOfRange(all, row * columns, (row + 1) * columns));
                System.arraycopy(restored, 0, all, row * columns, columns);
            }
            System.arraycopy(all, (int) first, target, offset, count);
        }
    }
}
