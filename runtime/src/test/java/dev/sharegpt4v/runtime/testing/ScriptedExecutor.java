package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An executor that remembers prefixes only in the slots of its block pool, as a device does, and reads them back through
 * the block tables: a slot that is shared, lost or reused too early changes what it says.
 */
public final class ScriptedExecutor implements ModelExecutor {

    private static final long NEVER_WRITTEN = Long.MIN_VALUE;

    private final ModelShape shape;
    private final KvGeometry geometry;
    private final Continuation continuation;
    private final Runnable beforeStep;
    private final long[] slots;
    private final List<ForwardStep> steps = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public ScriptedExecutor(ModelShape shape, KvGeometry geometry, Continuation continuation, Runnable beforeStep) {
        this.shape = shape;
        this.geometry = geometry;
        this.continuation = continuation;
        this.beforeStep = beforeStep;
        this.slots = new long[geometry.blocks() * geometry.blockSize()];
        Arrays.fill(slots, NEVER_WRITTEN);
    }

    /** A shape whose vocabulary and context matter, and nothing else. */
    public static ModelShape shape(int vocabularySize, int contextLength) {
        return new ModelShape(vocabularySize, vocabularySize, 1, 1, 4, 4, contextLength);
    }

    /** The next step fails half way. */
    public void failNext(RuntimeException failure) {
        failures.add(failure);
    }

    /** All steps so far that did not fail. */
    public List<ForwardStep> steps() {
        return steps;
    }

    public boolean isClosed() {
        return closed;
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
        beforeStep.run();
        RuntimeException failure = failures.poll();
        step.copies().forEach(this::copy);
        List<float[]> rows = new ArrayList<>();
        for (SequenceSlice slice : step.slices()) {
            write(slice);
            if (failure != null) {
                throw failure;
            }
            for (int row : slice.logitRows()) {
                rows.add(logits(read(slice, slice.firstPosition() + row + 1)));
            }
        }
        steps.add(step);
        return new Rows(rows, shape.vocabularySize());
    }

    private void copy(BlockCopy copy) {
        int size = geometry.blockSize();
        System.arraycopy(slots, copy.from() * size, slots, copy.to() * size, size);
    }

    private void write(SequenceSlice slice) {
        for (int i = 0; i < slice.tokens().length; i++) {
            slots[slot(slice, slice.firstPosition() + i)] = slice.tokens()[i];
        }
        for (FeatureSpan span : slice.spans()) {
            for (int i = 0; i < span.rows(); i++) {
                float code = span.features().values()[(span.firstRow() + i) * shape.hiddenSize()];
                slots[slot(slice, slice.firstPosition() + span.offset() + i)] = -1 - (long) code;
            }
        }
    }

    private long[] read(SequenceSlice slice, int length) {
        long[] prefix = new long[length];
        for (int position = 0; position < length; position++) {
            prefix[position] = slots[slot(slice, position)];
            if (prefix[position] == NEVER_WRITTEN) {
                throw new ExecutionFailure(
                        ExecutionFailure.Kind.FATAL, "position " + position + " was never written. This is a bug.");
            }
        }
        return prefix;
    }

    private int slot(SequenceSlice slice, int position) {
        return slice.blocks()[position / geometry.blockSize()] * geometry.blockSize() + position % geometry.blockSize();
    }

    private float[] logits(long[] prefix) {
        return row(continuation.next(prefix, shape.sampledVocabularySize()), shape.vocabularySize());
    }

    /** The logits with which the model says a token: it is the likeliest, and the others have an order of their own. */
    public static float[] row(int next, int vocabularySize) {
        float[] row = new float[vocabularySize];
        for (int id = 0; id < row.length; id++) {
            row[id] = Math.floorMod((next + 1) * 7919 + id * 104_729, 1000) / 250f;
        }
        if (next >= 0) {
            row[next] = 5f;
        } else {
            Arrays.fill(row, Float.NaN);
        }
        return row;
    }

    @Override
    public void close() {
        closed = true;
    }

    private record Rows(List<float[]> values, int vocabularySize) implements Logits {

        @Override
        public int rows() {
            return values.size();
        }

        @Override
        public void copyRow(int row, float[] target) {
            System.arraycopy(values.get(row), 0, target, 0, vocabularySize);
        }
    }
}
