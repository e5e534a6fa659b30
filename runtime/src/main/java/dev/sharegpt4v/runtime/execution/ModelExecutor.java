package dev.sharegpt4v.runtime.execution;

/** Runs decoder steps on a device that holds the KV cache. All calls come from one thread. */
public interface ModelExecutor extends AutoCloseable {

    /** The decoder's sizes. */
    ModelShape shape();

    /** How the KV cache of this executor is cut. */
    KvGeometry geometry();

    /**
     * Runs one step: copies the blocks to copy, writes the keys and values of every token to its slot and returns the logits asked for.
     *
     * <p>A row's logits do not depend on which other slices share the step. A failed step may have written slots, which
     * is harmless, since a slot is always written again before it is read.
     *
     * @throws ExecutionFailure when the device fails
     */
    Logits forward(ForwardStep step);

    @Override
    void close();
}
