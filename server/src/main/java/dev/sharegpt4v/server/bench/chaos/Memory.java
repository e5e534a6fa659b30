package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.Distribution;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Whether resident memory stays flat once a server is warm. */
final class Memory {

    static final String NAME = "process_resident_memory_bytes";
    /** Caches fill and the heap grows to what collections need; at fifteen requests a second that takes minutes. */
    private static final double WARM_UP = 0.5;

    private static final String HEAP = "jvm_memory_committed_bytes";
    private static final double MOST_GROWTH = 0.03;
    private static final double MEBI = 1 << 20;

    private Memory() {}

    /**
     * Compares the last fifth of the load with the fifth that follows the warm-up, each by its median: single samples jump
     * with collections and bursts.
     *
     * @param load samples of the load, in order
     */
    static Check flat(List<Gauges> load) {
        double[] bytes = load.stream()
                .flatMapToDouble(sample -> sample.value(NAME).stream())
                .toArray();
        int window = Math.max(1, bytes.length / 5);
        int warm = (int) (bytes.length * WARM_UP);
        if (bytes.length < warm + 2 * window || bytes.length < 5) {
            return Check.of("resident memory is flat", false, bytes.length + " samples are too few to say");
        }
        double first = median(bytes, warm, warm + window);
        double last = median(bytes, bytes.length - window, bytes.length);
        double growth = last / first - 1;
        double heap = load.get(warm).value(HEAP).orElse(0);
        double heapAtEnd = load.getLast().value(HEAP).orElse(0);
        return Check.of(
                "resident memory is flat",
                growth <= MOST_GROWTH,
                String.format(
                        Locale.ROOT,
                        "%+.1f %%: %.0f MB after the warm-up, %.0f MB at the end, %.0f MB at most; Java's part went from %.0f"
                                + " to %.0f MB",
                        100 * growth,
                        first / MEBI,
                        last / MEBI,
                        Arrays.stream(bytes).max().orElse(0) / MEBI,
                        heap / MEBI,
                        heapAtEnd / MEBI));
    }

    private static double median(double[] values, int from, int to) {
        return Distribution.of(Arrays.copyOfRange(values, from, to))
                .orElseThrow()
                .median();
    }
}
