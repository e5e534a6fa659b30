package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.PackedStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/** Runs steps through bindings: buckets, whose memory stays where it is, and all others, whose memory grows. One thread. */
final class BoundSteps implements AutoCloseable {

    private final Accelerator accelerator;
    private final StepGraph graph;
    private final KvStore kv;
    private final ModelShape shape;
    private final KvGeometry geometry;
    private final IntUnaryOperator widen;
    private final DecodeBuckets buckets;
    private final StepMemory memory;
    private final StepGraph.Binding binding;
    private final Map<Integer, StepMemory> bucketMemories = new HashMap<>();
    private final Map<DecodeBucket, StepGraph.Binding> bucketBindings = new HashMap<>();

    BoundSteps(
            Accelerator accelerator,
            StepGraph graph,
            KvStore kv,
            ModelShape shape,
            KvGeometry geometry,
            IntUnaryOperator widen) {
        this.accelerator = accelerator;
        this.graph = graph;
        this.kv = kv;
        this.shape = shape;
        this.geometry = geometry;
        this.widen = widen;
        this.buckets = new DecodeBuckets(geometry, shape.contextLength(), widen.applyAsInt(1));
        this.memory = newMemory();
        this.binding = newBinding(memory);
    }

    DecodeBuckets buckets() {
        return buckets;
    }

    void copyBlocks(ForwardStep step) {
        step.copies().forEach(kv::copy);
    }

    /** Runs a step as it is. */
    Logits run(ForwardStep step) {
        PackedStep.Sizes own = PackedStep.Sizes.of(step, geometry);
        // Products of no rows are a corner of every library: one row is always computed.
        PackedStep.Sizes sizes = new PackedStep.Sizes(
                widen.applyAsInt(own.tokens()),
                own.rows(),
                own.columns(),
                widen.applyAsInt(Math.max(1, own.logitRows())));
        PackedStep packed = PackedStep.of(step, geometry, sizes);
        int features = packed.imagePositions().length;
        memory.reserve(sizes, features);
        memory.inputs(sizes, features).forEach(binding::input);
        binding.output(memory.logits(sizes.logitRows()));
        memory.setBounds(packed.longestSlice(), packed.longestContext());
        memory.send(packed, sizes, step);
        binding.run(StepGraph.NO_CAPTURE);
        return memory.receive(step.logitRows());
    }

    /** Whether there is, or could be made, memory for a bucket. */
    boolean prepare(DecodeBucket bucket) {
        try {
            StepMemory own = bucketMemories.computeIfAbsent(bucket.rows(), this::newBucketMemory);
            if (!bucketBindings.containsKey(bucket)) {
                bucketBindings.put(bucket, newBucketBinding(bucket, own));
            }
            return true;
        } catch (ExecutionFailure e) {
            if (e.kind() == ExecutionFailure.Kind.OUT_OF_MEMORY) {
                return false;
            }
            throw e;
        }
    }

    /** Runs a decode step in its bucket, which was prepared. */
    Logits run(ForwardStep step, DecodeBucket bucket, int capture) {
        StepMemory own = Objects.requireNonNull(bucketMemories.get(bucket.rows()));
        // A replay has the bounds of the capture: those of the bucket, in every run.
        own.setBounds(1, bucket.columns() * geometry.blockSize());
        own.send(PackedStep.of(step, geometry, bucket.sizes()), bucket.sizes(), step);
        Objects.requireNonNull(bucketBindings.get(bucket)).run(capture);
        return own.receive(step.logitRows());
    }

    /** Gives the memory of all buckets back; nothing that was captured may be left. */
    void releaseBuckets() {
        bucketBindings.values().forEach(StepGraph.Binding::close);
        bucketBindings.clear();
        bucketMemories.values().forEach(StepMemory::close);
        bucketMemories.clear();
    }

    private StepMemory newMemory() {
        return new StepMemory(accelerator, shape.hiddenSize(), shape.vocabularySize());
    }

    /** Room for all buckets of so many rows: never more is needed, so it never moves. */
    private StepMemory newBucketMemory(int rows) {
        StepMemory created = newMemory();
        try {
            created.reserve(new DecodeBucket(rows, buckets.mostColumns()).sizes(), 0);
            return created;
        } catch (RuntimeException e) {
            created.close();
            throw e;
        }
    }

    private StepGraph.Binding newBinding(StepMemory own) {
        StepGraph.Binding created = graph.newBinding();
        kv.tensors().forEach(created::input);
        if (graph.inputs().contains(StepMemory.BOUNDS)) {
            created.input(own.bounds());
        }
        return created;
    }

    private StepGraph.Binding newBucketBinding(DecodeBucket bucket, StepMemory own) {
        StepGraph.Binding created = newBinding(own);
        List<BoundTensor> inputs = own.inputs(bucket.sizes(), 0);
        inputs.forEach(created::input);
        created.output(own.logits(bucket.rows()));
        return created;
    }

    @Override
    public void close() {
        releaseBuckets();
        binding.close();
        memory.close();
    }
}
