package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The texts of one answer as chunks, each text's as they come; the chunks say by their index whose they are. */
final class ChoiceStream {

    private final EventStream events;
    private final WireWriter writer;
    private final boolean withUsage;

    ChoiceStream(EventStream events, WireWriter writer, boolean withUsage) {
        this.events = events;
        this.writer = writer;
        this.withUsage = withUsage;
    }

    /**
     * Sends all texts to their ends.
     *
     * @throws ApiException when one of them fails; the others are closed then, and nothing more of them is sent
     */
    void tell(List<TextGeneration> texts) throws InterruptedException {
        if (texts.size() == 1) {
            tell(0, texts.getFirst());
        } else {
            tellTogether(texts);
        }
    }

    private void tell(int index, TextGeneration text) throws InterruptedException {
        // The role waits for the first real text: a client that times its arrival measures the truth.
        Optional<String> part = text.next();
        if (part.isPresent()) {
            events.send(writer.roleChunk(index, withUsage), writer.textChunk(index, part.get(), withUsage));
            for (part = text.next(); part.isPresent(); part = text.next()) {
                events.send(writer.textChunk(index, part.get(), withUsage));
            }
            events.send(writer.endChunk(index, text.finishReason(), withUsage));
        } else {
            events.send(writer.roleChunk(index, withUsage), writer.endChunk(index, text.finishReason(), withUsage));
        }
    }

    private void tellTogether(List<TextGeneration> texts) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Integer> told = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < texts.size(); i++) {
                int index = i;
                told.submit(() -> {
                    tell(index, texts.get(index));
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
