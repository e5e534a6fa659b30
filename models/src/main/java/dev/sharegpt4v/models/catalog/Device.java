package dev.sharegpt4v.models.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a package's graphs are written for; a graph for one device does not run on another. */
public enum Device {
    /** Attention is our own operator, and values between operators are fp32. */
    CPU,
    /** Attention is ONNX Runtime's {@code PagedAttention}, and values between operators are fp16 or bf16. */
    CUDA;

    /** The name on the command line and in {@code model.json}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The device of a wire name. */
    public static Optional<Device> of(String wireName) {
        return Arrays.stream(values())
                .filter(device -> device.wireName().equals(wireName))
                .findFirst();
    }
}
