package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * ONNX Runtime's shared libraries, unpacked once per version from its jar: the runtime, and where the jar is the one for GPUs,
 * the CUDA provider.
 *
 * <p>{@code -Dsharegpt4v.natives=DIR} names a folder that already holds them, for machines where nothing may be written and
 * for images; then no jar of ONNX Runtime is needed.
 */
final class NativeLibrary {

    private static final String VERSION = "1.29.0";
    private static final String NO_REPORTS = "ORT_DISABLE_TELEMETRY";
    private static final String RUNTIME = "onnxruntime";
    private static final String CUDA_PROVIDER = "onnxruntime_providers_cuda";
    private static final List<String> NAMES = List.of(RUNTIME, "onnxruntime_providers_shared", CUDA_PROVIDER);

    private NativeLibrary() {}

    static SymbolLookup load() {
        keepFromReporting();
        Path library = folder().resolve(System.mapLibraryName(RUNTIME));
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw failure("the library " + library + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * Says in the process' environment that ONNX Runtime is not to report to its maker, unless something is said there; its
     * builds do so otherwise. It reads the variable when it is loaded.
     */
    private static void keepFromReporting() {
        Optional<MethodHandle> setenv =
                CLibrary.find("setenv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        if (setenv.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) setenv.get().invokeExact(arena.allocateFrom(NO_REPORTS), arena.allocateFrom("1"), 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    /** The folder that holds the libraries; unpacks them where that was not done yet. */
    static synchronized Path folder() {
        String given = System.getProperty("sharegpt4v.natives");
        return given == null ? unpacked() : Path.of(given);
    }

    /** Whether a folder holds the CUDA provider, and so the build for GPUs. */
    static boolean hasCuda(Path folder) {
        return Files.isRegularFile(folder.resolve(System.mapLibraryName(CUDA_PROVIDER)));
    }

    private static Path unpacked() {
        try {
            List<PackedLibrary> libraries = new ArrayList<>();
            for (String name : NAMES) {
                PackedLibrary.of(
                                NativeLibrary.class,
                                "/ai/onnxruntime/native/" + platform() + "/",
                                System.mapLibraryName(name))
                        .ifPresent(libraries::add);
            }
            if (libraries.isEmpty()) {
                throw new ExecutionFailure(
                        ExecutionFailure.Kind.FATAL, "ONNX Runtime has no library for " + platform());
            }
            return Natives.unpack(writableFolder().resolve(folderName(libraries)), libraries);
        } catch (IOException e) {
            throw failure("the libraries of ONNX Runtime cannot be unpacked: " + e.getMessage(), e);
        }
    }

    /** Builds of one version differ in their sizes. */
    private static String folderName(List<PackedLibrary> libraries) {
        long bytes = libraries.stream().mapToLong(PackedLibrary::bytes).sum();
        return "onnxruntime-" + VERSION + "-" + platform() + "-" + bytes;
    }

    private static Path writableFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        try {
            return Files.createDirectories(home.resolve("sharegpt4v"));
        } catch (IOException e) {
            return Path.of(System.getProperty("java.io.tmpdir"), "sharegpt4v");
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String os = system.startsWith("mac") ? "osx" : system.startsWith("windows") ? "win" : "linux";
        String machine = System.getProperty("os.arch");
        return os + (machine.equals("aarch64") || machine.equals("arm64") ? "-aarch64" : "-x64");
    }

    private static ExecutionFailure failure(String message, Throwable cause) {
        return new ExecutionFailure(ExecutionFailure.Kind.FATAL, message, cause);
    }
}
