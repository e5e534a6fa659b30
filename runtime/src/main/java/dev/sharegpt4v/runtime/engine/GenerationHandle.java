package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Hands one request's events from the engine to its caller. The queue is bounded by the request's token limit. */
final class GenerationHandle implements Generation {

    private final String id;
    private final long arrival;
    private final Consumer<GenerationHandle> onCancel;
    private final LinkedBlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    private volatile boolean ended;
    private volatile int cachedTokens;
    private volatile List<Optional<TokenLogprobs>> promptLogprobs = List.of();
    private boolean endRead;

    GenerationHandle(String id, long arrival, Consumer<GenerationHandle> onCancel) {
        this.id = id;
        this.arrival = arrival;
        this.onCancel = onCancel;
    }

    @Override
    public String id() {
        return id;
    }

    /** Rises with every submission. */
    long arrival() {
        return arrival;
    }

    @Override
    public GenerationEvent next() throws InterruptedException {
        if (endRead) {
            throw new IllegalStateException("generation " + id + " has ended and was read to its end");
        }
        return read(events.take());
    }

    @Override
    public Optional<GenerationEvent> poll() {
        return Optional.ofNullable(events.poll()).map(this::read);
    }

    private GenerationEvent read(GenerationEvent event) {
        endRead = !(event instanceof GenerationEvent.Token);
        return event;
    }

    @Override
    public int cachedTokens() {
        return cachedTokens;
    }

    /** Called by the engine only, before the first token. */
    void found(int tokens) {
        cachedTokens = tokens;
    }

    @Override
    public List<Optional<TokenLogprobs>> promptLogprobs() {
        return promptLogprobs;
    }

    /** Called by the engine only, before the first token. */
    void scored(List<Optional<TokenLogprobs>> prompt) {
        promptLogprobs = prompt;
    }

    @Override
    public void cancel() {
        if (!ended) {
            onCancel.accept(this);
        }
    }

    @Override
    public void close() {
        cancel();
    }

    /** Events that were published and not read. */
    List<GenerationEvent> published() {
        return List.copyOf(events);
    }

    /** Called by the engine only; nothing follows an end. */
    void publish(GenerationEvent event) {
        if (ended) {
            throw new IllegalStateException("generation " + id + " has ended already. This is a bug.");
        }
        ended = !(event instanceof GenerationEvent.Token);
        events.add(event);
    }
}
