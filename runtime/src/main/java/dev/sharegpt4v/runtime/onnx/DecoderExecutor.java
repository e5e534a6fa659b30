package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.PackedStep;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the decoder graph over packed steps. Buffers are ours and are used again from step to step. */
final class DecoderExecutor implements ModelExecutor {

    private static final String OUTPUT = "logits";

    private final GraphSession session;
    private final CustomOperators operators;
    private final KvPool pool;
    private final ModelShape shape;
    private final KvGeometry geometry;
    private final boolean padding;
    private final Map<String, NativeBuffer> buffers = new HashMap<>();

    /** An executor; {@code padding} as {@link SingleRows#sizes} has it. */
    DecoderExecutor(
            GraphSession session,
            CustomOperators operators,
            KvPool pool,
            ModelShape shape,
            KvGeometry geometry,
            boolean padding) {
        session.require(DecoderInputs.STEP, OUTPUT);
        this.session = session;
        this.operators = operators;
        this.pool = pool;
        this.shape = shape;
        this.geometry = geometry;
        this.padding = padding;
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public KvGeometry geometry() {
        return geometry;
    }

    @Override
    public Logits forward(ForwardStep step) {
        step.copies().forEach(pool::copy);
        PackedStep packed = PackedStep.of(step, geometry, SingleRows.sizes(step, geometry, padding));
        int rows = packed.logitRows().length;
        long logitBytes = (long) rows * shape.vocabularySize() * Float.BYTES;
        MemorySegment logits = buffer(OUTPUT, logitBytes);
        List<NativeTensor> tensors = new ArrayList<>();
        try {
            tensors.add(longs("input_ids", packed.inputIds()));
            tensors.add(features(step, packed.imagePositions().length));
            tensors.add(longs("image_positions", packed.imagePositions()));
            tensors.add(longs("logit_rows", packed.logitRows()));
            tensors.add(ints("cumulative_sequence_length", packed.cumulative(), packed.rows() + 1L));
            tensors.add(ints("past_sequence_length", packed.past(), packed.rows()));
            tensors.add(ints("block_table", packed.blockTable(), packed.rows(), packed.columns()));
            tensors.add(ints("slot_mapping", packed.slots(), packed.tokens()));
            try (NativeTensor output =
                    NativeTensor.over(OUTPUT, NativeTensor.Type.FLOAT, logits, rows, shape.vocabularySize())) {
                session.run(tensors, output);
            }
        } finally {
            tensors.forEach(NativeTensor::close);
        }
        return new NativeLogits(logits, step.logitRows(), shape.vocabularySize());
    }

    private NativeTensor longs(String name, long[] values) {
        MemorySegment memory = buffer(name, (long) values.length * Long.BYTES);
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_LONG, 0, values.length);
        return NativeTensor.over(name, NativeTensor.Type.INT64, memory, values.length);
    }

    private NativeTensor ints(String name, int[] values, long... dimensions) {
        MemorySegment memory = buffer(name, (long) values.length * Integer.BYTES);
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_INT, 0, values.length);
        return NativeTensor.over(name, NativeTensor.Type.INT32, memory, dimensions);
    }

    private NativeTensor features(ForwardStep step, int rows) {
        int hidden = shape.hiddenSize();
        MemorySegment memory = buffer("image_features", (long) rows * hidden * Float.BYTES);
        long at = 0;
        for (SequenceSlice slice : step.slices()) {
            for (FeatureSpan span : slice.spans()) {
                int count = span.rows() * hidden;
                MemorySegment.copy(
                        span.features().values(), span.firstRow() * hidden, memory, ValueLayout.JAVA_FLOAT, at, count);
                at += (long) count * Float.BYTES;
            }
        }
        return NativeTensor.over("image_features", NativeTensor.Type.FLOAT, memory, rows, hidden);
    }

    private MemorySegment buffer(String name, long bytes) {
        return buffers.computeIfAbsent(name, _ -> new NativeBuffer()).ofBytes(bytes);
    }

    @Override
    public void close() {
        session.close();
        operators.close();
        pool.close();
        buffers.values().forEach(NativeBuffer::close);
    }

    private record NativeLogits(MemorySegment memory, int rows, int vocabularySize) implements Logits {
        @Override
        public void copyRow(int row, float[] target) {
            long from = (long) row * vocabularySize * Float.BYTES;
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, from, target, 0, vocabularySize);
        }
    }
}
