package dev.sharegpt4v.server.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The busiest moments of a measurement.
 *
 * @param tokensPerSecond chunks with a token in the fullest second
 * @param requestsPerSecond answered requests that were under way in the same second, not necessarily at once
 * @param concurrent answered requests that were under way at once
 */
public record Peaks(int tokensPerSecond, int requestsPerSecond, int concurrent) {

    private static final long SECOND = 1_000_000_000L;

    /** Seconds count from the first request that was answered, as {@code vllm bench serve} counts them. */
    static Peaks of(List<Outcome.Answered> answers) {
        if (answers.isEmpty()) {
            return new Peaks(0, 0, 0);
        }
        long first = answers.stream().mapToLong(Outcome.Answered::sent).min().orElseThrow();
        long last = answers.stream().mapToLong(Outcome.Answered::ended).max().orElseThrow();
        int[] tokens = new int[(int) ((last - first) / SECOND) + 1];
        int[] requests = new int[tokens.length];
        for (Outcome.Answered answer : answers) {
            for (long chunk : answer.chunks()) {
                tokens[(int) ((chunk - first) / SECOND)]++;
            }
            for (long s = (answer.sent() - first) / SECOND; s <= (answer.ended() - first) / SECOND; s++) {
                requests[(int) s]++;
            }
        }
        return new Peaks(max(tokens), max(requests), concurrent(answers));
    }

    private static int max(int[] values) {
        int max = 0;
        for (int value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    private static int concurrent(List<Outcome.Answered> answers) {
        record Edge(long time, int change) {}
        List<Edge> edges = new ArrayList<>();
        for (Outcome.Answered answer : answers) {
            edges.add(new Edge(answer.sent(), 1));
            edges.add(new Edge(answer.ended(), -1));
        }
        edges.sort(Comparator.comparingLong(Edge::time).thenComparingInt(Edge::change));
        int now = 0;
        int most = 0;
        for (Edge edge : edges) {
            now += edge.change();
            most = Math.max(most, now);
        }
        return most;
    }
}
