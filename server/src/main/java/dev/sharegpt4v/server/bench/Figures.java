package dev.sharegpt4v.server.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a measurement found; rates count answered requests only.
 *
 * @param requests that were sent
 * @param answered of them
 * @param failures of the others, by kind
 * @param seconds from the first request to the last end
 * @param promptTokens of answered requests
 * @param outputTokens of answered requests
 * @param images of answered requests
 * @param tokensCounted whether the server counted the tokens of every answer; else chunks with text were counted
 * @param latencies by what they measure, in the order of {@link Latency}, in milliseconds
 */
public record Figures(
        int requests,
        int answered,
        Map<String, Failures> failures,
        double seconds,
        long promptTokens,
        long outputTokens,
        int images,
        boolean tokensCounted,
        Map<Latency, Distribution> latencies) {

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

    /**
     * Adds up.
     *
     * @param imagesEach of one request
     * @param nanos from the first request to the last end
     */
    static Figures of(List<Outcome> outcomes, int imagesEach, long nanos) {
        List<Outcome.Answered> answers = outcomes.stream()
                .filter(Outcome.Answered.class::isInstance)
                .map(Outcome.Answered.class::cast)
                .toList();
        Map<Latency, Distribution> latencies = new TreeMap<>();
        for (Latency latency : Latency.values()) {
            distribution(answers, latency).ifPresent(found -> latencies.put(latency, found));
        }
        return new Figures(
                outcomes.size(),
                answers.size(),
                failures(outcomes),
                nanos / SECOND,
                sum(answers, answer -> answer.tokens().prompt()),
                sum(answers, answer -> answer.tokens().output()),
                answers.size() * imagesEach,
                answers.stream().allMatch(answer -> answer.tokens().counted()),
                latencies);
    }

    private static long sum(List<Outcome.Answered> answers, ToDoubleFunction<Outcome.Answered> part) {
        return (long) answers.stream().mapToDouble(part).sum();
    }

    private static Optional<Distribution> distribution(List<Outcome.Answered> answers, Latency latency) {
        return Distribution.of(answers.stream()
                .flatMapToDouble(answer -> nanos(answer, latency))
                .map(nanos -> nanos / MILLISECOND)
                .toArray());
    }

    private static DoubleStream nanos(Outcome.Answered answer, Latency latency) {
        return switch (latency) {
            case TTFT -> DoubleStream.of((double) answer.firstTokenNanos());
            case TPOT ->
                answer.tokens().output() < 2
                        ? DoubleStream.empty()
                        : DoubleStream.of((double) (answer.totalNanos() - answer.firstTokenNanos())
                                / (answer.tokens().output() - 1));
            case ITL ->
                IntStream.range(1, answer.chunks().size())
                        .mapToDouble(
                                i -> answer.chunks().get(i) - answer.chunks().get(i - 1));
            case E2E -> DoubleStream.of((double) answer.totalNanos());
        };
    }

    private static Map<String, Failures> failures(List<Outcome> outcomes) {
        Map<String, Failures> kinds = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Failed(String kind, String message)) {
                kinds.merge(
                        kind, new Failures(1, message), (first, _) -> new Failures(first.count() + 1, first.example()));
            }
        }
        return kinds;
    }

    public double requestsPerSecond() {
        return answered / seconds;
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
}
