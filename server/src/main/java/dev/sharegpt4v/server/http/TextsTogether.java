package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Several texts of one stream, told at one time as they come. */
final class TextsTogether {

    private TextsTogether() {}

    /** Sends one text to its end. */
    interface Teller {
        void tell(int index, TextGeneration text) throws InterruptedException;
    }

    /**
     * Sends all texts to their ends.
     *
     * @throws ApiException when one of them fails; the others are closed then, and nothing more of them is sent
     */
    static void tell(List<TextGeneration> texts, EventStream events, Teller teller) throws InterruptedException {
        if (texts.size() == 1) {
            teller.tell(0, texts.getFirst());
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Integer> told = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < texts.size(); i++) {
                int index = i;
                told.submit(() -> {
                    teller.tell(index, texts.get(index));
                    return index;
                });
            }
            try {
                for (int i = 0; i < texts.size(); i++) {
                    told.take().get();
                }
            } catch (ExecutionException e) {
                // The others go on until they are closed, and what they say of their ends then is not true.
                events.end();
                throw failure(e.getCause());
            } finally {
                texts.forEach(TextGeneration::close);
            }
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case RuntimeException e -> e;
            case InterruptedException _ -> throw new InterruptedException("a text was interrupted");
            case null, default -> new IllegalStateException("a text failed unexpectedly. This is a bug.", cause);
        };
    }
}
