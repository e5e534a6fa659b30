package dev.sharegpt4v.runtime.onnx;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An NVIDIA GPU that this process may use.
 *
 * @param index from 0, as {@code CUDA_VISIBLE_DEVICES} leaves and orders them
 * @param name as NVIDIA sells it
 * @param major of its compute capability
 * @param minor of its compute capability
 * @param bytes of its memory
 * @param driver the newest CUDA version that the driver serves: 1000 × major + 10 × minor
 */
public record CudaGpu(int index, String name, int major, int minor, long bytes, int driver) {

    /** CUDA 12's libraries run on any driver for CUDA 12 and later. */
    static final int OLDEST_DRIVER = 12_000;

    private record Capability(int major, int minor) {}

    /** What ONNX Runtime 1.29's provider holds machine code for; it holds no PTX, so nothing else runs. */
    private static final List<Capability> COMPILED = List.of(
            new Capability(6, 0),
            new Capability(7, 0),
            new Capability(7, 5),
            new Capability(8, 0),
            new Capability(8, 6),
            new Capability(8, 9),
            new Capability(9, 0),
            new Capability(12, 0));

    /** Machine code runs on GPUs of the same major and no smaller minor capability. */
    boolean isSupported() {
        return COMPILED.stream().anyMatch(code -> code.major() == major && code.minor() <= minor);
    }

    static String supported() {
        return COMPILED.stream().map(code -> code.major() + "." + code.minor()).collect(Collectors.joining(", "));
    }

    /** For the log and the health page. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s (GPU %d, compute capability %d.%d, %d GB, driver for CUDA %d.%d)",
                name,
                index,
                major,
                minor,
                Math.round(bytes / 1e9),
                driver / 1000,
                driver % 1000 / 10);
    }
}
