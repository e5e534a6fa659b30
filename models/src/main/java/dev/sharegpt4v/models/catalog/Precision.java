package dev.sharegpt4v.models.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Type of the values between a graph's operators, and on CUDA of keys and values too. */
public enum Precision {
    /** Single precision; the CPU's. */
    FP32,
    /** Half precision: 11 bits of mantissa, up to 65504. */
    FP16,
    /** The upper half of single precision: 8 bits of mantissa, its whole range. */
    BF16;

    /** The name in {@code model.json}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
