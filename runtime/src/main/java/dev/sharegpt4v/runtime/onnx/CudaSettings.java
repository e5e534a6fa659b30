package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.util.Map;
import java.util.TreeMap;

/** Settings of ONNX Runtime's CUDA provider in a text, for comparisons such as {@code sdpa_kernel=1}. */
final class CudaSettings {

    private CudaSettings() {}

    /**
     * Reads {@code KEY=VALUE} pairs between commas.
     *
     * @throws ExecutionFailure when a pair is none
     */
    static Map<String, String> parse(String text) {
        Map<String, String> settings = new TreeMap<>();
        for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int at = pair.indexOf('=');
            if (at < 1 || at == pair.length() - 1) {
                throw new ExecutionFailure(
                        ExecutionFailure.Kind.FATAL,
                        "sharegpt4v.cuda.options has '" + pair + "' where it should have KEY=VALUE");
            }
            settings.put(pair.substring(0, at).strip(), pair.substring(at + 1).strip());
        }
        return settings;
    }
}
