package dev.sharegpt4v.server.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a request must keep to count as good.
 *
 * <p>Source: {@code --goodput} of {@code vllm bench serve}; DistServe, arXiv:2401.09670. An answer of one token has a TPOT of 0.
 *
 * @param limits milliseconds that are not exceeded; not of {@link Latency#ITL}, of which a request has many
 */
public record Goodput(Map<Latency, Double> limits) {

    private static final double MILLISECOND = 1e6;

    public Goodput {
        limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    }

    /**
     * Reads limits such as {@code ttft:2000}, {@code tpot:200} and {@code e2el:10000}.
     *
     * @throws IllegalArgumentException when one is none
     */
    public static Goodput parse(List<String> texts) {
        Map<Latency, Double> limits = new TreeMap<>();
        for (String text : texts) {
            String[] parts = text.split(":", -1);
            Latency latency = latency(parts[0], text);
            try {
                double limit = Double.parseDouble(parts.length == 2 ? parts[1] : "");
                if (!(limit >= 0)) {
                    throw new NumberFormatException();
                }
                limits.put(latency, limit);
            } catch (NumberFormatException e) {
                throw wrong(text);
            }
        }
        return new Goodput(limits);
    }

    private static Latency latency(String name, String text) {
        for (Latency latency : Latency.values()) {
            if (latency != Latency.ITL && latency.key().equals(name)) {
                return latency;
            }
        }
        throw wrong(text);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no limit in milliseconds such as ttft:2000, tpot:200 or e2el:10000");
    }

    public boolean isGood(Outcome.Answered answer) {
        return limits.entrySet().stream().allMatch(limit -> milliseconds(answer, limit.getKey()) <= limit.getValue());
    }

    private static double milliseconds(Outcome.Answered answer, Latency latency) {
        return latency.nanos(answer).max().orElse(0) / MILLISECOND;
    }

    @Override
    public String toString() {
        return limits.entrySet().stream()
                .map(limit -> limit.getKey() + " ≤ " + limit.getValue() + " ms")
                .collect(Collectors.joining(", "));
    }
}
