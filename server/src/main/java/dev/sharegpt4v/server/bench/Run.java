package dev.sharegpt4v.server.bench;

import java.util.List;

/**
 * One measurement as it went.
 *
 * @param load when requests were sent
 * @param attempts all requests, in order
 * @param pictures how many each of them had
 * @param started when it began, in nanoseconds
 * @param nanos from the begin to the last end
 */
public record Run(Load load, List<Attempt> attempts, List<Integer> pictures, long started, long nanos) {

    public Run {
        attempts = List.copyOf(attempts);
        pictures = List.copyOf(pictures);
    }

    public List<Outcome.Answered> answers() {
        return attempts.stream()
                .map(Attempt::outcome)
                .filter(Outcome.Answered.class::isInstance)
                .map(Outcome.Answered.class::cast)
                .toList();
    }
}
