package dev.sharegpt4v.server.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * What is asked, of what, how often and when.
 *
 * @param question of each request
 * @param pictures by the number of a request; those of the warm-up come after the measured ones
 * @param requests that are measured
 * @param load when they are sent
 */
public record Workload(Question question, Pictures pictures, int requests, Load load) {

    /** Sends a few requests that are not measured. */
    public List<Outcome> warmUp(ChatClient client, int count) throws InterruptedException {
        return load.run(count, i -> client.ask(body(requests + i)));
    }

    /**
     * Sends the measured requests.
     *
     * @param ended hears how many have ended, on many threads
     */
    public Figures measure(ChatClient client, IntConsumer ended) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        long started = System.nanoTime();
        List<Outcome> outcomes = load.run(requests, i -> {
            Outcome outcome = client.ask(body(i));
            ended.accept(count.incrementAndGet());
            return outcome;
        });
        return Figures.of(outcomes, pictures.isEmpty() ? 0 : 1, System.nanoTime() - started);
    }

    private byte[] body(int request) {
        return question.body(pictures.of(request));
    }
}
