package dev.sharegpt4v.server.bench.mix;

import java.util.random.RandomGenerator;

/**
 * Whole numbers, all equally likely.
 *
 * @param least not negative
 * @param most included
 */
public record Range(int least, int most) {

    public Range {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException("from " + least + " to " + most);
        }
    }

    /**
     * Reads {@code 128} or {@code 64-256}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Range parse(String text) {
        int dash = text.indexOf('-');
        try {
            return dash < 0
                    ? new Range(Integer.parseInt(text), Integer.parseInt(text))
                    : new Range(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no length such as 128 or 64-256", e);
        }
    }

    /**
     * Both ends moved apart, as {@code --random-range-ratio} of {@code vllm bench serve} does.
     *
     * @param ratio 0 to 1
     */
    public Range widened(double ratio) {
        return new Range((int) Math.floor(least * (1 - ratio)), (int) Math.ceil(most * (1 + ratio)));
    }

    public int pick(RandomGenerator random) {
        return random.nextInt(least, most + 1);
    }

    @Override
    public String toString() {
        return least == most ? String.valueOf(least) : least + "-" + most;
    }
}
