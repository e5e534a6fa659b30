package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.PlainNumber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was seen, judged: pure functions of samples and counts. */
final class Findings {

    private static final double MEBI = 1 << 20;

    private Findings() {}

    /**
     * The most that each cache held over all samples, and its limit then.
     *
     * @return by name, in order
     */
    static Map<String, Gauges.Cache> fullest(List<Gauges> samples) {
        Map<String, Gauges.Cache> fullest = new LinkedHashMap<>();
        for (Gauges sample : samples) {
            sample.caches()
                    .forEach((name, cache) ->
                            fullest.merge(name, cache, (one, other) -> share(other) > share(one) ? other : one));
        }
        return fullest;
    }

    private static double share(Gauges.Cache cache) {
        return cache.limit() > 0 ? cache.bytes() / cache.limit() : cache.bytes();
    }

    static Check caches(List<Gauges> samples) {
        Map<String, Gauges.Cache> fullest = fullest(samples);
        List<String> over = new ArrayList<>();
        fullest.forEach((name, cache) -> {
            if (cache.bytes() > cache.limit()) {
                over.add("%s held %s of %s bytes".formatted(name, number(cache.bytes()), number(cache.limit())));
            }
        });
        boolean holds = over.isEmpty() && !fullest.isEmpty();
        String found = fullest.isEmpty()
                ? "the server shows none"
                : fullest.size() + " of them, seen " + samples.size() + " times";
        return new Check("every cache stays within its limit", holds, found, over);
    }

    static Check answers(Tally tally) {
        int sent = tally.rows().values().stream().mapToInt(Tally.Row::sent).sum();
        int wrong = tally.rows().values().stream().mapToInt(Tally.Row::wrong).sum();
        return new Check(
                "every answer is whole or a typed error",
                wrong == 0 && sent > 0,
                wrong + " of " + sent + " are not",
                tally.wrong());
    }

    static Check twins(Tally tally) {
        return new Check(
                "equal questions have equal answers",
                tally.different() == 0,
                tally.different() + " of " + tally.compared() + " differ",
                tally.unequal());
    }

    /** A load that does not do what it should proves nothing. */
    static Check load(Tally tally, int shown, ChaosPlan plan) {
        Map<Manner, Tally.Row> rows = tally.rows();
        List<String> lacking = new ArrayList<>();
        for (Manner manner : Manner.values()) {
            boolean wanted = manner != Manner.BURSTS || plan.burst() > 0;
            if (wanted && !rows.containsKey(manner)) {
                lacking.add("nobody " + manner.label());
            }
        }
        boolean crowded = rows.values().stream().mapToInt(Tally.Row::busy).sum() > 0;
        if (plan.burst() > 0 && !crowded) {
            lacking.add("no burst was above the admission limit");
        }
        if (shown < plan.pictures()) {
            lacking.add("too few pictures were shown in this time");
        }
        return new Check(
                "the load was what it should be",
                lacking.isEmpty(),
                shown + " of " + plan.pictures() + " pictures were shown",
                lacking);
    }

    static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEBI);
    }

    static String number(double value) {
        return Double.isFinite(value) ? PlainNumber.of(value) : "unknown";
    }
}
