package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.storage.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's shared library, unpacked once per version from its jar.
 *
 * <p>{@code -Dsharegpt4v.natives=DIR} names a folder that already holds it, for machines where nothing may be written.
 */
final class NativeLibrary {

    private static final String VERSION = "1.29.0";

    private NativeLibrary() {}

    static SymbolLookup load() {
        String given = System.getProperty("sharegpt4v.natives");
        Path library = given == null ? unpacked() : Path.of(given).resolve(fileName());
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw failure("the library " + library + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static Path unpacked() {
        String resource = "/ai/onnxruntime/native/" + platform() + "/" + fileName();
        try (InputStream packed = NativeLibrary.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw failure("ONNX Runtime has no library for " + platform(), null);
            }
            byte[] library = packed.readAllBytes();
            String folder = "onnxruntime-" + VERSION + "-" + platform() + "-" + library.length;
            return unpack(writableFolder().resolve(folder), library);
        } catch (IOException e) {
            throw failure("the library of ONNX Runtime cannot be unpacked: " + e.getMessage(), e);
        }
    }

    /** The library in a folder, written there unless it is there already; a killed process leaves nothing half done. */
    static Path unpack(Path folder, byte[] library) throws IOException {
        Path target = folder.resolve(fileName());
        Files.createDirectories(folder);
        if (isWhole(target, library)) {
            AtomicFile.tidy(target);
            return target;
        }
        try (AtomicFile file = AtomicFile.start(target)) {
            // Another process may have written it meanwhile.
            if (!isWhole(target, library)) {
                file.write(library);
            }
        }
        return target;
    }

    private static boolean isWhole(Path target, byte[] library) throws IOException {
        return Files.isRegularFile(target) && Files.size(target) == library.length;
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

    private static String fileName() {
        return System.mapLibraryName("onnxruntime");
    }

    private static ExecutionFailure failure(String message, @Nullable Throwable cause) {
        return cause == null
                ? new ExecutionFailure(ExecutionFailure.Kind.FATAL, message)
                : new ExecutionFailure(ExecutionFailure.Kind.FATAL, message, cause);
    }
}
