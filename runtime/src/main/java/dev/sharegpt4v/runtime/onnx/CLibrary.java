package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Functions of the C library that the JVM runs with. */
final class CLibrary {

    private static final Linker LINKER = Linker.nativeLinker();

    private CLibrary() {}

    /** A function that only some C libraries have. */
    static Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
        return LINKER.defaultLookup().find(name).map(function -> LINKER.downcallHandle(function, descriptor));
    }

    /**
     * A function that each has.
     *
     * @throws java.util.NoSuchElementException where one lacks it
     */
    static MethodHandle require(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
