package dev.sharegpt4v.server.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * What is asked, how and when.
 *
 * @param form what all requests have in common
 * @param questions of the requests, in order
 * @param load when they are sent
 */
public record Workload(RequestForm form, List<Question> questions, Load load) {

    public Workload {
        questions = List.copyOf(questions);
    }

    /**
     * Sends the requests.
     *
     * @param ended hears how many have ended, on many threads
     */
    public Run measure(ChatClient client, IntConsumer ended) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        long started = System.nanoTime();
        List<Attempt> attempts = load.run(questions.size(), i -> {
            Outcome outcome = client.ask(form.body(questions.get(i)));
            ended.accept(count.incrementAndGet());
            return outcome;
        });
        return new Run(
                load,
                attempts,
                questions.stream().map(question -> question.pictures().size()).toList(),
                started,
                System.nanoTime() - started);
    }
}
