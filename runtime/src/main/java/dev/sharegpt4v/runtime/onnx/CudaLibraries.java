package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Loads what the CUDA provider needs before ONNX Runtime does, since its own message names the first missing library only.
 * What is loaded stays, and the system's loader then finds it by its name, wherever it lies.
 */
final class CudaLibraries {

    private CudaLibraries() {}

    /** Loads all; tells which are missing and what brings each. */
    static Optional<String> load(Path natives) {
        return missing(library -> load(natives, library.fileName()));
    }

    /** @param loads loads a library, or says that it cannot */
    static Optional<String> missing(Predicate<CudaLibrary> loads) {
        List<CudaLibrary> missing = Arrays.stream(CudaLibrary.values())
                .filter(library -> !loads.test(library))
                .toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(message(missing));
    }

    private static String message(List<CudaLibrary> missing) {
        String which = missing.stream().map(CudaLibrary::advice).collect(Collectors.joining(". "));
        boolean toolkit = missing.stream().anyMatch(library -> library != CudaLibrary.DRIVER);
        return (missing.size() == 1
                        ? "a library that CUDA needs is missing. "
                        : "libraries that CUDA needs are missing. ")
                + which
                + "."
                + (toolkit ? " " + CudaLibrary.SEARCHED : "");
    }

    private static boolean load(Path natives, String name) {
        Path beside = natives.resolve(name);
        try {
            if (Files.isRegularFile(beside)) {
                SymbolLookup.libraryLookup(beside, Arena.global());
            } else {
                SymbolLookup.libraryLookup(name, Arena.global());
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
