package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Choices of one request's random numbers. */
record Draw(SplittableRandom random) {

    /** Whether one of so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** From the first to the last, both included. */
    int between(int first, int last) {
        return random.nextInt(first, last + 1);
    }

    double between(double first, double last) {
        return random.nextDouble(first, last);
    }

    <T> T from(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    @SafeVarargs
    final <T> T of(T... all) {
        return all[random.nextInt(all.length)];
    }

    /** What one of some says; the others are not asked. */
    @SafeVarargs
    final JsonNode made(Supplier<JsonNode>... all) {
        return all[random.nextInt(all.length)].get();
    }
}
