package dev.sharegpt4v.server.http;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * In which order the texts of one streamed answer begin: each behind the one before it; and none ends before all have begun.
 * OpenAI's SDK for Java relies on it when it adds chunks up: for it an answer is over once all choices seen so far have ended.
 */
final class Beginnings {

    private final List<CountDownLatch> begun;

    Beginnings(int texts) {
        this.begun = Stream.generate(() -> new CountDownLatch(1)).limit(texts).toList();
    }

    /** Waits until the text before this one has begun. */
    void awaitTurn(int index) throws InterruptedException {
        if (index > 0) {
            begun.get(index - 1).await();
        }
    }

    /** The text has begun, or never will. */
    void begun(int index) {
        begun.get(index).countDown();
    }

    /** Waits until all texts have begun. */
    void awaitAll() throws InterruptedException {
        for (CountDownLatch each : begun) {
            each.await();
        }
    }
}
