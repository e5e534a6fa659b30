package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import java.util.List;

/** Where a graph's keys and values live. */
public interface KvStore extends AutoCloseable {

    /** The graph's inputs that hold them; none where the graph's kernels know them by themselves. */
    List<BoundTensor> tensors();

    /** Queues the copy of a block's keys and values of all layers. */
    void copy(BlockCopy copy);

    @Override
    void close();
}
