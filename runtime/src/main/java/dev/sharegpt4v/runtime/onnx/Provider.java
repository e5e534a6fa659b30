package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What runs a graph's operators. */
sealed interface Provider permits CpuProvider, CudaProvider {

    /** Sets the options of a session that is about to be opened. */
    void configure(Arena arena, MemorySegment options);
}
