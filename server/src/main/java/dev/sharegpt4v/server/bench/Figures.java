package dev.sharegpt4v.server.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * What a measurement found; rates count answered requests only.
 *
 * @param requests that were sent
 * @param answered of them
 * @param good answered requests within the limits, where there are some
 * @param failures of the others, by kind
 * @param seconds from the begin to the last end
 * @param promptTokens of answered requests
 * @param outputTokens of answered requests
 * @param images of answered requests
 * @param tokensCounted whether the server counted the tokens of every answer; else chunks with text were counted
 * @param latencies by what they measure, in the order of {@link Latency}, in milliseconds
 * @param queueing how long requests waited at the client, in milliseconds, where concurrency had a cap
 * @param peaks the busiest moments
 */
public record Figures(
        int requests,
        int answered,
        OptionalInt good,
        Map<String, Failures> failures,
        double seconds,
        long promptTokens,
        long outputTokens,
        int images,
        boolean tokensCounted,
        Map<Latency, Distribution> latencies,
        Optional<Distribution> queueing,
        Peaks peaks) {

    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;

    /**
     * Failures of one kind.
     *
     * @param count of them
     * @param example what the first one said
     */
    public record Failures(int count, String example) {}

    public Figures {
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        latencies = Collections.unmodifiableMap(new TreeMap<>(latencies));
    }

    /** Adds up. */
    public static Figures of(Run run, Optional<Goodput> goodput) {
        List<Outcome.Answered> answers = run.answers();
        Map<Latency, Distribution> latencies = new TreeMap<>();
        for (Latency latency : Latency.values()) {
            Distribution.of(answers.stream()
                            .flatMapToDouble(latency::nanos)
                            .map(nanos -> nanos / MILLISECOND)
                            .toArray())
                    .ifPresent(found -> latencies.put(latency, found));
        }
        return new Figures(
                run.attempts().size(),
                answers.size(),
                goodput.map(limits -> OptionalInt.of(
                                (int) answers.stream().filter(limits::isGood).count()))
                        .orElse(OptionalInt.empty()),
                failures(run.attempts()),
                run.nanos() / SECOND,
                sum(answers, answer -> answer.tokens().prompt()),
                sum(answers, answer -> answer.tokens().output()),
                images(run),
                answers.stream().allMatch(answer -> answer.tokens().counted()),
                latencies,
                queueing(run),
                Peaks.of(answers));
    }

    private static long sum(List<Outcome.Answered> answers, ToLongFunction<Outcome.Answered> part) {
        return answers.stream().mapToLong(part).sum();
    }

    private static int images(Run run) {
        return IntStream.range(0, run.attempts().size())
                .filter(i -> run.attempts().get(i).outcome() instanceof Outcome.Answered)
                .map(i -> run.pictures().get(i))
                .sum();
    }

    private static Optional<Distribution> queueing(Run run) {
        if (run.load().maxConcurrency().isEmpty()
                || Double.isInfinite(run.load().rate())) {
            return Optional.empty();
        }
        return Distribution.of(run.attempts().stream()
                .filter(attempt -> attempt.outcome() instanceof Outcome.Answered)
                .mapToDouble(attempt -> attempt.queuedNanos() / MILLISECOND)
                .toArray());
    }

    private static Map<String, Failures> failures(List<Attempt> attempts) {
        Map<String, Failures> kinds = new TreeMap<>();
        for (Attempt attempt : attempts) {
            if (attempt.outcome() instanceof Outcome.Failed failed) {
                kinds.merge(
                        failed.kind(),
                        new Failures(1, failed.message()),
                        (first, _) -> new Failures(first.count() + 1, first.example()));
            }
        }
        return kinds;
    }

    public double requestsPerSecond() {
        return answered / seconds;
    }

    /** Answers within the limits a second, where there are limits. */
    public OptionalDouble goodPerSecond() {
        return good.isPresent() ? OptionalDouble.of(good.getAsInt() / seconds) : OptionalDouble.empty();
    }

    public double outputTokensPerSecond() {
        return outputTokens / seconds;
    }

    public double totalTokensPerSecond() {
        return (promptTokens + outputTokens) / seconds;
    }

    public double imagesPerSecond() {
        return images / seconds;
    }

    /** A value of a latency in milliseconds; not a number where no answer tells. */
    public double of(Latency latency, ToDoubleFunction<Distribution> value) {
        Distribution found = latencies.get(latency);
        return found == null ? Double.NaN : value.applyAsDouble(found);
    }
}
