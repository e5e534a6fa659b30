package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.WorkThread;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/**
 * Runs decoder steps on an accelerator, on a thread of its own. Steps in which every sequence decodes one token are padded to
 * buckets, captured when they run for the first time, and replayed; see docs/engine.md.
 */
public final class DeviceExecutor implements ModelExecutor {

    /** Captures beside each other: nine sizes of batches by three lengths of block tables, and some. */
    public static final int MOST_CAPTURES = 32;

    private final Accelerator accelerator;
    private final StepGraph graph;
    private final KvStore kv;
    private final ModelShape shape;
    private final KvGeometry geometry;
    private final GraphCaptures captures;
    private final CaptureGate gate;
    private final WorkThread thread;
    private final BoundSteps steps;
    private boolean broken;

    /**
     * An executor that owns accelerator, graph and cache from now on.
     *
     * @param captures how many buckets are captured beside each other; 0 captures nothing
     * @param gate keeps others off the device during a capture
     * @param widen gives for a number of rows the number that a graph computes at least; see docs/adr/0009
     */
    public DeviceExecutor(
            Accelerator accelerator,
            StepGraph graph,
            KvStore kv,
            ModelShape shape,
            KvGeometry geometry,
            int captures,
            CaptureGate gate,
            IntUnaryOperator widen) {
        this.accelerator = accelerator;
        this.graph = graph;
        this.kv = kv;
        this.shape = shape;
        this.geometry = geometry;
        this.captures = new GraphCaptures(captures);
        this.gate = gate;
        // Captures belong to the thread that made them, and a device is chosen per thread.
        this.thread = new WorkThread("device", accelerator::makeCurrent);
        try {
            this.steps = thread.call(() -> new BoundSteps(accelerator, graph, kv, shape, geometry, widen));
        } catch (RuntimeException e) {
            thread.close();
            throw e;
        }
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
        return thread.call(() -> run(step));
    }

    private Logits run(ForwardStep step) {
        if (broken) {
            throw new ExecutionFailure(ExecutionFailure.Kind.FATAL, "the device failed before");
        }
        try {
            steps.copyBlocks(step);
            Optional<DecodeBucket> bucket = steps.buckets().of(step);
            return bucket.isPresent() ? decode(step, bucket.get()) : steps.run(step);
        } catch (ExecutionFailure e) {
            throw settled(e);
        }
    }

    /** Leaves nothing under way that reads our buffers, and gives captures and buckets up where memory is short. */
    private ExecutionFailure settled(ExecutionFailure failure) {
        if (failure.kind() == ExecutionFailure.Kind.FATAL) {
            broken = true;
            return failure;
        }
        try {
            accelerator.synchronize();
            if (failure.kind() == ExecutionFailure.Kind.OUT_OF_MEMORY) {
                captures.dropAll().forEach(graph::releaseCapture);
                steps.releaseBuckets();
            }
            return failure;
        } catch (ExecutionFailure second) {
            broken = second.kind() == ExecutionFailure.Kind.FATAL;
            second.addSuppressed(failure);
            return second;
        }
    }

    private Logits decode(ForwardStep step, DecodeBucket bucket) {
        if (!steps.prepare(bucket)) {
            return steps.run(step);
        }
        OptionalInt captured = captures.find(bucket);
        if (captured.isPresent()) {
            return guarded(step, bucket, captured.getAsInt());
        }
        if (!captures.mayCapture(bucket) || !gate.tryCapture()) {
            return steps.run(step, bucket, StepGraph.NO_CAPTURE);
        }
        try {
            captures.makeRoom().forEach(graph::releaseCapture);
            return guarded(step, bucket, captures.add(bucket));
        } finally {
            gate.endCapture();
        }
    }

    /**
     * Runs a step that is captured or replayed. Where that fails and the device is not lost, the bucket runs without from now
     * on: the same step may succeed so.
     */
    private Logits guarded(ForwardStep step, DecodeBucket bucket, int capture) {
        try {
            return steps.run(step, bucket, capture);
        } catch (ExecutionFailure e) {
            captures.drop(bucket);
            if (DeviceFailures.isLoss(e)) {
                throw e;
            }
            graph.releaseCapture(capture);
            if (e.kind() != ExecutionFailure.Kind.FATAL) {
                throw e;
            }
            captures.refuse(bucket);
            throw new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "a captured step failed: " + e.getMessage(), e);
        }
    }

    /** Frees everything, but for a device that failed: its runtime ends the process over handles that it lost. */
    @Override
    public void close() {
        thread.call(() -> {
            if (!broken) {
                captures.dropAll().forEach(graph::releaseCapture);
                steps.close();
                graph.close();
                kv.close();
                accelerator.close();
            }
            return true;
        });
        thread.close();
    }
}
