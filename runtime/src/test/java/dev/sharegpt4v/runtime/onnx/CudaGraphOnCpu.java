package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.PackedStep;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A decoder graph that was written for CUDA, on the CPU provider, with {@link NaivePagedAttention} in the place of
 * {@code com.microsoft.PagedAttention}: its nodes have been put into the domain {@link NaivePagedAttention#DOMAIN} before.
 */
public final class CudaGraphOnCpu implements ModelExecutor {

    /** The domain that attention nodes must have. */
    public static final String DOMAIN = NaivePagedAttention.DOMAIN;

    /** The graph's inputs but for the cache and the metadata. */
    public record Inputs(
            long[] inputIds,
            float[] imageFeatures,
            long[] imagePositions,
            long[] logitRows,
            int[] cumulative,
            int[] past,
            int[] blockTable,
            int[] slots) {}

    private final Arena arena = Arena.ofShared();
    private final StoredFloats floats;
    private final ModelShape shape;
    private final KvGeometry geometry;
    private final CustomOperators operators;
    private final GraphSession session;
    /** Keys, then values, of one layer after the other. */
    private final List<MemorySegment> caches;

    public CudaGraphOnCpu(Path graph, StoredFloats floats, ModelShape shape, KvGeometry geometry) {
        this.floats = floats;
        this.shape = shape;
        this.geometry = geometry;
        this.operators = new CustomOperators(
                NaivePagedAttention.signature(floats), attributes -> new NaivePagedAttention(attributes, floats));
        this.session = GraphSession.open(graph, new CpuProvider(2, operators), Optional.empty());
        this.caches = IntStream.range(0, 2 * shape.layers())
                .mapToObj(_ -> arena.allocate(geometry.blocks() * blockBytes(), 64))
                .toList();
        // No numbers: whatever is read without having been written shows.
        caches.forEach(cache -> cache.fill((byte) 0xff));
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public KvGeometry geometry() {
        return geometry;
    }

    /** All bytes of keys and values. */
    public byte[] cacheBytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        caches.forEach(cache -> all.writeBytes(cache.toArray(JAVA_BYTE)));
        return all.toByteArray();
    }

    @Override
    public Logits forward(ForwardStep step) {
        step.copies().forEach(this::copy);
        PackedStep packed = PackedStep.of(step, geometry, PackedStep.Sizes.of(step, geometry));
        float[][] logits = run(new Inputs(
                packed.inputIds(),
                features(step, packed.imagePositions().length),
                packed.imagePositions(),
                packed.logitRows(),
                packed.cumulative(),
                packed.past(),
                packed.blockTable(),
                packed.slots()));
        return new Rows(logits, shape.vocabularySize());
    }

    /** Logits of the asked rows. */
    public float[][] run(Inputs inputs) {
        int rows = inputs.past().length;
        int asked = inputs.logitRows().length;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment logits = call.allocate(Math.max(1L, (long) asked * shape.vocabularySize() * Float.BYTES), 64);
            List<NativeTensor> feeds = new ArrayList<>();
            try (NativeTensor output =
                    NativeTensor.over("logits", NativeTensor.Type.FLOAT, logits, asked, shape.vocabularySize())) {
                feeds.add(longs(call, "input_ids", inputs.inputIds()));
                feeds.add(NativeTensor.over(
                        "image_features",
                        NativeTensor.Type.FLOAT,
                        call.allocateFrom(JAVA_FLOAT, padded(inputs.imageFeatures())),
                        inputs.imagePositions().length,
                        shape.hiddenSize()));
                feeds.add(longs(call, "image_positions", inputs.imagePositions()));
                feeds.add(longs(call, "logit_rows", inputs.logitRows()));
                feeds.add(ints(call, "cumulative_sequence_length", inputs.cumulative(), rows + 1));
                feeds.add(ints(call, "past_sequence_length", inputs.past(), rows));
                feeds.add(ints(call, "block_table", inputs.blockTable(), rows, inputs.blockTable().length / rows));
                feeds.add(ints(call, "slot_mapping", inputs.slots(), inputs.slots().length));
                feeds.add(ints(call, "attention_metadata", metadata(inputs), 2));
                for (int layer = 0; layer < shape.layers(); layer++) {
                    feeds.add(cache("key_cache." + layer, caches.get(2 * layer)));
                    feeds.add(cache("value_cache." + layer, caches.get(2 * layer + 1)));
                }
                session.require(feeds.stream().map(NativeTensor::name).toList(), "logits");
                session.run(feeds, output);
            } finally {
                feeds.forEach(NativeTensor::close);
            }
            float[][] found = new float[asked][];
            for (int row = 0; row < asked; row++) {
                long bytes = (long) shape.vocabularySize() * Float.BYTES;
                found[row] = logits.asSlice(row * bytes, bytes).toArray(JAVA_FLOAT);
            }
            return found;
        }
    }

    /** The tightest bounds: the most tokens of a sequence, the longest sequence. */
    private static int[] metadata(Inputs inputs) {
        int[] bounds = new int[2];
        for (int row = 0; row < inputs.past().length; row++) {
            int length = inputs.cumulative()[row + 1] - inputs.cumulative()[row];
            bounds[0] = Math.max(bounds[0], length);
            bounds[1] = Math.max(bounds[1], length == 0 ? 0 : inputs.past()[row] + length);
        }
        return bounds;
    }

    private float[] features(ForwardStep step, int rows) {
        ByteBuffer all =
                ByteBuffer.allocate(rows * shape.hiddenSize() * Float.BYTES).order(ByteOrder.nativeOrder());
        step.slices().stream().flatMap(slice -> slice.spans().stream()).forEach(span -> append(span, all));
        float[] features = new float[rows * shape.hiddenSize()];
        all.flip().asFloatBuffer().get(features);
        return features;
    }

    private void append(FeatureSpan span, ByteBuffer target) {
        int from = span.firstRow() * shape.hiddenSize();
        float[] rows = Arrays.copyOfRange(span.features().values(), from, from + span.rows() * shape.hiddenSize());
        for (float value : rows) {
            target.putFloat(value);
        }
    }

    private void copy(BlockCopy copy) {
        for (MemorySegment cache : caches) {
            MemorySegment.copy(cache, copy.from() * blockBytes(), cache, copy.to() * blockBytes(), blockBytes());
        }
    }

    private long blockBytes() {
        return (long) geometry.blockSize() * shape.kvHeads() * shape.headSize() * floats.bytes;
    }

    /** A tensor of a type that our own graphs' inputs do not have. */
    private NativeTensor cache(String name, MemorySegment memory) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment dimensions = scratch.allocateFrom(
                    JAVA_LONG, geometry.blocks(), geometry.blockSize(), shape.kvHeads(), shape.headSize());
            MemorySegment out = scratch.allocate(ADDRESS);
            Ort.check(() -> (MemorySegment) OrtApi.CREATE_TENSOR.invokeExact(
                    Ort.cpuMemory(), memory, memory.byteSize(), dimensions, 4L, floats.code, out));
            return new NativeTensor(name, out.get(ADDRESS, 0));
        }
    }

    private static NativeTensor longs(Arena arena, String name, long[] values) {
        long[] memory = Arrays.copyOf(values, Math.max(1, values.length));
        return NativeTensor.over(name, NativeTensor.Type.INT64, arena.allocateFrom(JAVA_LONG, memory), values.length);
    }

    private static NativeTensor ints(Arena arena, String name, int[] values, long... dimensions) {
        int[] memory = Arrays.copyOf(values, Math.max(1, values.length));
        return NativeTensor.over(name, NativeTensor.Type.INT32, arena.allocateFrom(JAVA_INT, memory), dimensions);
    }

    private static float[] padded(float[] values) {
        return Arrays.copyOf(values, Math.max(1, values.length));
    }

    @Override
    public void close() {
        session.close();
        operators.close();
        arena.close();
    }

    private record Rows(float[][] values, int vocabularySize) implements Logits {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public void copyRow(int row, float[] target) {
            System.arraycopy(values[row], 0, target, 0, vocabularySize);
        }
    }
}
