package dev.sharegpt4v.runtime.onnx;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What messages of ONNX Runtime's CUDA provider mean for who runs the server.
 *
 * <p>Sources: provider_bridge_ort.cc, cuda_call.cc and inference_session.cc of 1.29, and CUDA's list of errors.
 */
final class CudaMessages {

    static final String CPU_BUILD =
            "this build of sharegpt4v holds ONNX Runtime for the CPU only. Build it with ./mvnw -Pcuda -DskipTests package,"
                    + " or start it with SHAREGPT4V_PROFILE=cuda ./sharegpt4v, or make the image: docker build --target cuda .";

    static final String NO_DEVICE =
            "CUDA sees no NVIDIA GPU here. Does nvidia-smi list one? In a container: docker run --gpus all, or the resource"
                    + " nvidia.com/gpu. Is CUDA_VISIBLE_DEVICES set to something else?";

    static final String OLD_DRIVER = "NVIDIA's driver is older than CUDA 12 needs: 525 or later";

    private static final Pattern MISSING = Pattern.compile("with error: (\\S+): cannot open shared object file");
    private static final Pattern NOT_LOADED = Pattern.compile("Failed to load library (\\S+) with error: ([^\\n]+)");
    private static final Pattern CODE = Pattern.compile("CUDA (?:failure|error) (\\d{1,5}): ([^;\\n]*)");
    private static final Pattern NAMED = Pattern.compile("CUDA error (cudaError\\w+): ?([^;\\n]*)");

    private CudaMessages() {}

    /** What to do, in a sentence or two, where the message is one that we know. */
    static Optional<String> explain(String message) {
        Matcher missing = MISSING.matcher(message);
        if (missing.find()) {
            return Optional.of(missing(missing.group(1)));
        }
        Matcher unloadable = NOT_LOADED.matcher(message);
        if (unloadable.find()) {
            return Optional.of("ONNX Runtime's CUDA provider cannot be loaded: "
                    + unloadable.group(2).strip()
                    + ". It was built with CUDA 12.8 for glibc 2.28 and later; an older library may be found first. "
                    + CudaLibrary.SEARCHED);
        }
        Matcher code = CODE.matcher(message);
        if (code.find()) {
            return ofCode(Integer.parseInt(code.group(1)), code.group(2).strip());
        }
        Matcher named = NAMED.matcher(message);
        if (named.find()) {
            return ofName(named.group(1), named.group(2).strip());
        }
        return ofText(message);
    }

    private static String missing(String library) {
        return CudaLibrary.named(library)
                .map(known -> "a library that CUDA needs is missing. " + known.advice() + ". " + CudaLibrary.SEARCHED)
                .orElseGet(() -> "a library that ONNX Runtime's CUDA provider needs is missing: " + library + ". "
                        + CudaLibrary.SEARCHED);
    }

    private static Optional<String> ofCode(int code, String text) {
        return switch (code) {
            case 2 -> Optional.of("the GPU has too little free memory");
            case 35 -> Optional.of(OLD_DRIVER + " (" + text + ")");
            case 38, 100 -> Optional.of(NO_DEVICE);
            case 10, 101 -> Optional.of("there is no GPU of that number: --gpu counts from 0");
            case 46 -> Optional.of("the GPU is taken by another process or not available (" + text + ")");
            case 98, 209 -> Optional.of(noKernels());
            case 802 ->
                Optional.of("the GPUs of this machine are not ready: NVIDIA's fabric manager must run (" + text + ")");
            case 803, 804 -> Optional.of("NVIDIA's driver and its libraries are of different versions (" + text + ")");
            default -> Optional.of("CUDA failed: " + text + " (" + code + ")");
        };
    }

    private static Optional<String> ofName(String name, String text) {
        return switch (name) {
            case "cudaErrorMemoryAllocation" -> ofCode(2, text);
            case "cudaErrorInsufficientDriver" -> ofCode(35, text);
            case "cudaErrorNoDevice" -> ofCode(100, text);
            case "cudaErrorInvalidDevice" -> ofCode(101, text);
            case "cudaErrorNoKernelImageForDevice" -> ofCode(209, text);
            default -> Optional.of("CUDA failed: " + text + " (" + name + ")");
        };
    }

    private static String noKernels() {
        return "ONNX Runtime holds no code for this GPU: it was built for compute capability " + CudaGpu.supported();
    }

    private static Optional<String> ofText(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("cuda execution provider is not enabled in this build")) {
            return Optional.of(CPU_BUILD);
        }
        if (text.contains("fallback to cpu ep has been explicitly disabled")) {
            return Optional.of(
                    "the CUDA provider does not run every node of this graph, and running some on the CPU without"
                            + " a word would be slow. Is it a package for CUDA of this version? Make one: sharegpt4v convert"
                            + " CHECKPOINT PACKAGE --device cuda");
        }
        if (text.contains("could not find an implementation for pagedattention")) {
            return Optional.of(
                    "this ONNX Runtime has no kernel for com.microsoft.PagedAttention, which a package for CUDA needs");
        }
        return Optional.empty();
    }
}
