package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.PackedStep;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Inputs that one copy takes to the device, bounds that stay on the host, and logits that one copy brings back. */
final class StepMemory implements AutoCloseable {

    /** Two numbers in host memory: no row of a run has more new tokens, and none attends over more. */
    static final String BOUNDS = "attention_metadata";

    static final String LOGITS = "logits";

    private final Accelerator accelerator;
    private final int hiddenSize;
    private final int vocabularySize;
    private final TransferBuffer inputs;
    private final TransferBuffer logits;
    private final MemorySegment bounds;

    StepMemory(Accelerator accelerator, int hiddenSize, int vocabularySize) {
        this.accelerator = accelerator;
        this.hiddenSize = hiddenSize;
        this.vocabularySize = vocabularySize;
        this.inputs = new TransferBuffer(accelerator);
        this.logits = new TransferBuffer(accelerator);
        this.bounds = accelerator.allocatePinned(2L * Integer.BYTES);
    }

    /** Makes room for steps of these sizes. */
    void reserve(PackedStep.Sizes sizes, int features) {
        inputs.reserve(StepLayout.of(sizes, features, hiddenSize).bytes());
        logits.reserve(rowBytes(sizes.logitRows()));
    }

    /** The inputs of a step of these sizes, for which there is room. */
    List<BoundTensor> inputs(PackedStep.Sizes sizes, int features) {
        List<BoundTensor> tensors = new ArrayList<>();
        for (StepLayout.Field field : StepLayout.of(sizes, features, hiddenSize).fields()) {
            DeviceMemory memory = inputs.device().slice(field.offset(), field.bytes());
            tensors.add(BoundTensor.of(field.name(), field.type(), memory, field.shape()));
        }
        return tensors;
    }

    BoundTensor bounds() {
        DeviceMemory memory = new DeviceMemory(bounds.address(), bounds.byteSize());
        return new BoundTensor(BOUNDS, TensorType.INT32, memory, true, 2);
    }

    BoundTensor logits(int rows) {
        return BoundTensor.of(LOGITS, TensorType.FLOAT, logits.device().slice(0, rowBytes(rows)), rows, vocabularySize);
    }

    void setBounds(int queryLength, int contextLength) {
        bounds.setAtIndex(ValueLayout.JAVA_INT, 0, queryLength);
        bounds.setAtIndex(ValueLayout.JAVA_INT, 1, contextLength);
    }

    /** Writes a step's values and queues their copy. */
    void send(PackedStep packed, PackedStep.Sizes sizes, ForwardStep step) {
        StepLayout layout = StepLayout.of(sizes, packed.imagePositions().length, hiddenSize);
        for (StepLayout.Field field : layout.fields()) {
            switch (field.name()) {
                case StepLayout.INPUT_IDS -> write(packed.inputIds(), field);
                case StepLayout.LOGIT_ROWS -> write(packed.logitRows(), field);
                case StepLayout.IMAGE_POSITIONS -> write(packed.imagePositions(), field);
                case StepLayout.CUMULATIVE -> write(packed.cumulative(), field);
                case StepLayout.PAST -> write(packed.past(), field);
                case StepLayout.BLOCK_TABLE -> write(packed.blockTable(), field);
                case StepLayout.SLOTS -> write(packed.slots(), field);
                case StepLayout.IMAGE_FEATURES -> writeFeatures(step, field);
                default -> throw new IllegalStateException("no values for " + field.name() + ". This is a bug.");
            }
        }
        inputs.upload(layout.bytes());
    }

    private void write(long[] values, StepLayout.Field field) {
        MemorySegment.copy(values, 0, inputs.host(), ValueLayout.JAVA_LONG, field.offset(), values.length);
    }

    private void write(int[] values, StepLayout.Field field) {
        MemorySegment.copy(values, 0, inputs.host(), ValueLayout.JAVA_INT, field.offset(), values.length);
    }

    private void writeFeatures(ForwardStep step, StepLayout.Field field) {
        long at = field.offset();
        for (SequenceSlice slice : step.slices()) {
            for (FeatureSpan span : slice.spans()) {
                int count = span.rows() * hiddenSize;
                MemorySegment.copy(
                        span.features().values(),
                        span.firstRow() * hiddenSize,
                        inputs.host(),
                        ValueLayout.JAVA_FLOAT,
                        at,
                        count);
                at += (long) count * Float.BYTES;
            }
        }
    }

    /** Brings the first rows of logits back, and waits for all that was queued. */
    Logits receive(int rows) {
        if (rows > 0) {
            logits.download(rowBytes(rows));
        }
        accelerator.synchronize();
        return new PinnedLogits(logits.host(), rows, vocabularySize);
    }

    private long rowBytes(int rows) {
        return (long) rows * vocabularySize * Float.BYTES;
    }

    @Override
    public void close() {
        inputs.close();
        logits.close();
        accelerator.freePinned(bounds);
    }

    private record PinnedLogits(MemorySegment memory, int rows, int vocabularySize) implements Logits {
        @Override
        public void copyRow(int row, float[] target) {
            long from = (long) row * vocabularySize * Float.BYTES;
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, from, target, 0, vocabularySize);
        }
    }
}
