package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.List;
import java.util.Optional;

/** The caller's handle of one generation. Events are read by one thread; {@link #cancel()} may come from any. */
public interface Generation extends AutoCloseable {

    /** The request's id. */
    String id();

    /**
     * Blocks for the next event. After {@code Finished} or {@code Failed} there is no further event.
     *
     * @throws InterruptedException when the waiting thread is interrupted; the generation goes on
     * @throws IllegalStateException after the end was read
     */
    GenerationEvent next() throws InterruptedException;

    /** The next event if there is one already; empty otherwise, and after the end. */
    Optional<GenerationEvent> poll();

    /** Positions of the prompt whose keys and values were already there; right as soon as the first token was read. */
    int cachedTokens();

    /**
     * How likely each position of the prompt was after those before it; there as soon as the first token was read, where
     * the request asked. Empty for the first position and for those of images.
     */
    List<Optional<TokenLogprobs>> promptLogprobs();

    /** Ends the generation before the engine's next step; its blocks return at once. Harmless after the end. */
    void cancel();

    /** Cancels what still runs. */
    @Override
    void close();
}
