package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.Device;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the weights of matrices are stored. */
public enum WeightFormat {
    /** Exact for every published checkpoint; four bytes a weight. */
    FP32(32),
    /** Two bytes a weight; the CPU widens them when it loads the package. */
    FP16(16),
    /** The same with the range of fp32 and fewer digits; for CUDA alone. */
    BF16(16),
    /** Blocks of eight bits with a scale each. */
    INT8(8),
    /** Blocks of four bits with a scale and, unless symmetric, a zero point each. */
    INT4(4);

    private final int bits;

    WeightFormat(int bits) {
        this.bits = bits;
    }

    /** Bits of one weight, scales apart. */
    public int bits() {
        return bits;
    }

    /** Whether weights are rounded block by block. */
    public boolean isQuantised() {
        return this == INT8 || this == INT4;
    }

    /** Whether the decoder of a package for a device can have it. */
    public boolean runsOn(Device device) {
        return switch (device) {
            case CPU -> this != BF16;
            case CUDA -> this == FP16 || this == BF16 || this == INT4;
        };
    }

    /** The name on the command line and in {@code model.json}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of a wire name. */
    public static Optional<WeightFormat> of(String wireName) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(wireName))
                .findFirst();
    }
}
