package dev.sharegpt4v.server.bench.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A server's metrics at one moment.
 *
 * @param nanos when they were read
 * @param values by name; samples with labels are added up
 */
record Gauges(long nanos, Map<String, Double> values) {

    private static final String BYTES = "_bytes";
    private static final String LIMIT = "_limit_bytes";

    /** Bytes that something keeps, and its limit. */
    record Cache(double bytes, double limit) {}

    Gauges {
        values = Map.copyOf(values);
    }

    /** Reads Prometheus' text. */
    static Gauges parse(long nanos, String text) {
        Map<String, Double> values = new HashMap<>();
        text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            int name = line.indexOf('{') < 0 ? end : line.indexOf('{');
            double value = number(line.substring(end + 1));
            if (name > 0 && !Double.isNaN(value)) {
                values.merge(line.substring(0, name), value, Double::sum);
            }
        });
        return new Gauges(nanos, values);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.replace("Inf", "Infinity"));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    OptionalDouble value(String name) {
        Double value = values.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Everything that has a gauge of its bytes and one of its limit, by name. */
    Map<String, Cache> caches() {
        Map<String, Cache> caches = new TreeMap<>();
        values.forEach((name, limit) -> {
            if (name.endsWith(LIMIT)) {
                String cache = name.substring(0, name.length() - LIMIT.length());
                value(cache + BYTES).ifPresent(bytes -> caches.put(cache, new Cache(bytes, limit)));
            }
        });
        return caches;
    }
}
