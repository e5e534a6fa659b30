package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.Distribution;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Whether the memory that a server holds stays flat once it is warm: what is resident outside of the JVM's pools, and what a
 * collection leaves in the heap. How large the heap itself is follows from how much is allocated, and moves by hundreds of
 * megabytes in both directions below its limit.
 */
final class Memory {

    static final String NAME = "process_resident_memory_bytes";
    static final String POOLS = "jvm_memory_committed_bytes";
    static final String LIVE = "jvm_gc_live_data_size_bytes";

    /** Caches fill and code is compiled; at fifteen requests a second that takes minutes. */
    private static final double WARM_UP = 0.5;

    private static final double MOST_GROWTH = 0.03;
    private static final double MEBI = 1 << 20;

    /** Megabytes of some time. */
    private record Held(double outside, double live) {

        double total() {
            return outside + live;
        }
    }

    private Memory() {}

    /**
     * Compares the last fifth of the load with the fifth that follows the warm-up. Outside of the pools each is judged by its
     * median, for single samples jump with bursts; in the heap by its least, for not every collection looks at all of it.
     * Servers that tell nothing of a heap are judged by what is resident.
     *
     * @param load samples of the load, in order
     */
    static Check flat(List<Gauges> load) {
        List<Gauges> samples =
                load.stream().filter(sample -> sample.value(NAME).isPresent()).toList();
        int count = samples.size();
        int window = Math.max(1, count / 5);
        int warm = (int) (count * WARM_UP);
        if (count < warm + 2 * window || count < 5) {
            return Check.of("memory is flat", false, count + " samples are too few to say");
        }
        Held first = held(samples.subList(warm, warm + window));
        Held last = held(samples.subList(count - window, count));
        double growth = last.total() / first.total() - 1;
        return Check.of(
                "memory is flat",
                growth <= MOST_GROWTH,
                String.format(
                        Locale.ROOT,
                        "%+.1f %%: %.0f MB outside of the JVM's pools and %.0f MB live in the heap after the warm-up, %.0f and"
                                + " %.0f MB at the end; resident with all that collections leave free: %.0f MB at most",
                        100 * growth,
                        first.outside(),
                        first.live(),
                        last.outside(),
                        last.live(),
                        samples.stream()
                                .mapToDouble(sample -> megabytes(sample, NAME))
                                .max()
                                .orElse(0)));
    }

    private static Held held(List<Gauges> window) {
        double[] outside = window.stream()
                .mapToDouble(sample -> megabytes(sample, NAME) - megabytes(sample, POOLS))
                .toArray();
        OptionalDouble live =
                window.stream().mapToDouble(sample -> megabytes(sample, LIVE)).min();
        return new Held(Distribution.of(outside).orElseThrow().median(), live.orElse(0));
    }

    private static double megabytes(Gauges sample, String name) {
        return sample.value(name).orElse(0) / MEBI;
    }
}
