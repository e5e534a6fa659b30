package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;

/** Who listens to one answer. What the listener throws is told to itself, as LangChain4j asks, and stops nothing. */
final class Told implements StreamingHandle {

    private static final System.Logger LOG = System.getLogger(Told.class.getName());

    private final StreamingChatResponseHandler handler;
    private volatile Runnable onCancel = () -> {};
    private volatile boolean cancelled;

    Told(StreamingChatResponseHandler handler) {
        this.handler = handler;
    }

    /** What a cancel does; set before anything is told, so that nobody can cancel before. */
    void onCancel(Runnable action) {
        onCancel = action;
    }

    void part(String text) {
        run(() -> handler.onPartialResponse(new PartialResponse(text), new PartialResponseContext(this)));
    }

    void end(ChatResponse response) {
        run(() -> handler.onCompleteResponse(response));
    }

    void error(RuntimeException failure) {
        try {
            handler.onError(failure);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a handler of errors failed itself", e);
        }
    }

    private void run(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            error(e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        onCancel.run();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }
}
