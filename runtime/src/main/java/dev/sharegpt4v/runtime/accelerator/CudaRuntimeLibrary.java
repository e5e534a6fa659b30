package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** Finds CUDA's runtime library where the system's loader looks. */
final class CudaRuntimeLibrary {

    /** The one that the provider was built against, then newer ones: their streams and memory are the driver's. */
    private static final List<String> NAMES = List.of("libcudart.so.12", "libcudart.so.13");

    private CudaRuntimeLibrary() {}

    /**
     * Finds it.
     *
     * @throws ExecutionFailure when it is not there, with its name
     */
    static SymbolLookup find() {
        for (String name : NAMES) {
            try {
                return SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException e) {
                // The next one may be there.
            }
        }
        throw new ExecutionFailure(
                ExecutionFailure.Kind.FATAL,
                "the library " + NAMES.getFirst()
                        + " is missing: install CUDA's runtime libraries, or name their folder in LD_LIBRARY_PATH");
    }
}
