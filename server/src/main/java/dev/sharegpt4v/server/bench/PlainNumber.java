package dev.sharegpt4v.server.bench;

import java.math.BigDecimal;

/** Numbers as people write them. */
public final class PlainNumber {

    private PlainNumber() {}

    /** {@code 99} and {@code 99.9}. */
    public static String of(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
